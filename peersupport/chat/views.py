"""The room's page: whole without a script, live with one."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from peersupport.accounts.models import User
from peersupport.chat import writing
from peersupport.chat.access import Standing, room_of, standing_for
from peersupport.chat.page import config, room_page
from peersupport.chat.writing import Draft
from peersupport.groups.access import membership_for

STYLES = ("chat/room.css", "chat/letter.css", "chat/phase.css", "chat/composer.css")
# What page.js imports, all the way down: asked for at once instead of one after the other.
MODULES = tuple(
    f"chat/{name}.js"
    for name in (
        *("announcer", "company", "composer", "connection", "emitter", "ids", "keyboard", "letter", "log"),
        *("outbox", "phases", "polling", "reading", "room", "socket", "status", "view", "wording"),
    )
)
# A page that renews itself keeps the sign-in alive: after twenty minutes it stops and asks.
FOLLOWS = 80


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


@require_safe
@login_required
def of_group(request: HttpRequest, slug: str) -> HttpResponseRedirect:
    """The way from a group's page to its room."""
    room = room_of(membership_for(_person(request), slug))
    return HttpResponseRedirect(reverse("chat:room", args=[room.pk]))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def room(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """The room. POST is its one form without a script: the draft comes back with whatever was asked for."""
    standing = standing_for(_person(request), room_id)
    if request.method != "POST":
        return _page(request, standing, writing.fresh(), following=_following(request))
    draft = writing.submitted(request.POST, standing=standing)
    here = reverse("chat:room", args=[room_id])
    if draft.sent:
        return redirect(f"{here}#newest")
    if draft.follow:
        return redirect(f"{here}?following={FOLLOWS}#newest")
    # The verb changed the room since it was read.
    standing = standing_for(_person(request), room_id)
    return _page(request, standing, draft, status=400 if draft.problem else 200)


def _page(
    request: HttpRequest, standing: Standing, draft: Draft, *, following: int = 0, status: int = 200
) -> HttpResponse:
    page = room_page(standing, now=timezone.now())
    context = {
        "page": page,
        "draft": draft,
        "config": config(standing, page),
        "styles": STYLES,
        "modules": MODULES,
        "following": following,
        "following_next": following - 1,
        "room_path": request.path,
    }
    return render(request, "chat/room.html", context, status=status)


def _following(request: HttpRequest) -> int:
    """How often the page still renews itself; 0 for a page to write on."""
    given = request.GET.get("following", "")
    return min(int(given), FOLLOWS) if given.isascii() and given.isdigit() and len(given) < 4 else 0
