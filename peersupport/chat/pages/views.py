"""The room's page: whole without a script, live with one."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from peersupport.accounts.models import User
from peersupport.accounts.whose_form import made_for
from peersupport.chat import marking, private_words
from peersupport.chat.access import Standing, line_of, room_of, standing_for
from peersupport.chat.hub import unconnected
from peersupport.chat.meeting import arriving, attendance, whereabouts
from peersupport.chat.meeting.checking_in import MOST
from peersupport.chat.meeting.meetings import meeting_on
from peersupport.chat.models import Whereabouts
from peersupport.chat.pages import writing
from peersupport.chat.pages.around import line_at_the_door
from peersupport.chat.pages.arrival_form import ArrivalForm
from peersupport.chat.pages.forms import PrivateWordsForm
from peersupport.chat.pages.imports import imported_by
from peersupport.chat.pages.page import config, room_page
from peersupport.chat.pages.wording import WORDS
from peersupport.chat.pages.writing import Draft
from peersupport.groups import agreeing
from peersupport.groups.access import membership_for, or_her_places
from peersupport.groups.models import Meeting

STYLES = tuple(
    f"chat/{name}.css" for name in ("room", "head", "letter", "phase", "composer", "course", "around")
)
MODULES = imported_by("page.js")
# A page that renews itself keeps the sign-in alive: after twenty minutes it stops and asks.
FOLLOWS = 80


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


@require_safe
@login_required
@or_her_places("group__slug")
def of_group(request: HttpRequest, slug: str) -> HttpResponse:
    """The way from a group's page to its room."""
    room = room_of(membership_for(_person(request), slug))
    return HttpResponseRedirect(reverse("chat:room", args=[room.pk]))


@require_safe
@login_required
@or_her_places("group__slug")
def line_of_group(request: HttpRequest, slug: str) -> HttpResponse:
    """The way from the pages of a group to her private line in it, also before she has come in."""
    line = line_of(membership_for(_person(request), slug))
    return HttpResponseRedirect(f"{reverse('chat:room', args=[line.pk])}#newest")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def words(request: HttpRequest, slug: str) -> HttpResponse:
    """The words she wants to be warned about before she sends them. Hers alone, facilitators see none."""
    member = membership_for(_person(request), slug)
    given = request.POST if request.method == "POST" else None
    form = PrivateWordsForm(given, initial={"words": "\n".join(private_words.kept(member))})
    if form.is_valid():
        private_words.keep(member=member, words=form.cleaned_data["words"], by=member)
        messages.success(request, _("Kept. They count from the next time you open the room."))
        return redirect("chat:words", slug=slug)
    status = 400 if form.errors else 200
    context = {"form": form, "group": member.group, "kept": made_for(request)}
    return render(request, "chat/words.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@or_her_places("group__rooms")
def room(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """The room. POST is its one form without a script: the draft comes back with whatever was asked for."""
    standing = standing_for(_person(request), room_id)
    awaited = arriving.awaited_at(standing, now=timezone.now())
    if request.method != "POST":
        if awaited is not None:
            return redirect("chat:arrive", room_id)
        following = _following(request)
        if request.method == "GET" and not following:
            marking.mark_shown(standing)
        return _page(request, standing, writing.fresh(), following=following)
    if awaited is not None:
        # What she wrote comes along to the door, and back in.
        form = ArrivalForm.prefilled(_noted(standing), written=request.POST)
        return _door(request, standing, awaited, form, draft=writing.kept(request.POST))
    draft = writing.submitted(request.POST, standing=standing)
    here = reverse("chat:room", args=[room_id])
    if draft.sent:
        return redirect(f"{here}#newest")
    if draft.follow:
        return redirect(f"{here}?following={FOLLOWS}#newest")
    # The verb changed the room since it was read.
    standing = standing_for(_person(request), room_id)
    return _page(request, standing, draft, status=400 if draft.problem else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@or_her_places("group__rooms")
def arrive(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """The page before a meeting, once for each. Whoever need not arrive is sent on to the room."""
    standing = standing_for(_person(request), room_id)
    now = timezone.now()
    meeting = arriving.awaited_at(standing, now=now)
    if meeting is None:
        return _inside(request, room_id, writing.kept(request.POST))
    if request.method != "POST":
        return _door(request, standing, meeting, ArrivalForm.prefilled(_noted(standing)))
    form, draft = ArrivalForm(request.POST), writing.kept(request.POST)
    form.agreement = agreeing.version_of(standing.room.group)
    if not form.is_valid():
        return _door(request, standing, meeting, form, draft=draft, status=422)
    _let_in(standing, meeting, form.cleaned_data, now=now)
    return _inside(request, room_id, draft)


def _inside(request: HttpRequest, room_id: UUID, draft: Draft) -> HttpResponse:
    """The way on into the room, with what she was writing."""
    if draft.empty:
        return redirect("chat:room", room_id)
    return _page(request, standing_for(_person(request), room_id), draft)


def _let_in(standing: Standing, meeting: Meeting, given: dict[str, Any], *, now: datetime) -> None:
    member = standing.membership
    with transaction.atomic():
        if given["place"] or given["call"]:
            whereabouts.note(
                by=member,
                place=given["place"],
                call=given["call"],
                meeting=meeting,
                keep=given["keep"],
                now=now,
            )
        else:
            whereabouts.forget(by=member)
        arriving.arrive(by=member, meeting=meeting, quiet=given["quiet"], now=now)


def _noted(standing: Standing) -> Whereabouts | None:
    return Whereabouts.objects.filter(member=standing.membership).first()


def _door(
    request: HttpRequest,
    standing: Standing,
    meeting: Meeting,
    form: ArrivalForm,
    *,
    draft: Draft | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "group": standing.room.group,
        "meeting": meeting,
        "zone": ZoneInfo(standing.membership.user.time_zone),
        "form": form,
        "draft": draft,
        "kept": made_for(request),
        "arrive_path": reverse("chat:arrive", args=[standing.room.pk]),
        "own_lines": agreeing.lines_of(standing.room.group),
        "agreement": agreeing.version_of(standing.room.group),
        "line": line_at_the_door(standing, now=timezone.now()),
    }
    return render(request, "chat/arrival.html", context, status=status)


def _page(
    request: HttpRequest, standing: Standing, draft: Draft, *, following: int = 0, status: int = 200
) -> HttpResponse:
    now = timezone.now()
    unconnected.note_page(standing.membership, standing.room, now=now)
    page = room_page(standing, now=now, before=draft.before)
    meeting = meeting_on(standing.room, now=now)
    if meeting is not None:
        attendance.note_visit(standing.membership, meeting, now=now)
    context = {
        "page": page,
        "draft": writing.with_whom(draft, page.people),
        "kept": made_for(request),
        "config": config(standing, page),
        "styles": STYLES,
        "modules": MODULES,
        "following": following,
        "asked_words": WORDS["check_in_asked"],
        "scale": range(MOST + 1),
        "following_next": following - 1,
        "facilitates": standing.facilitates,
        "room_path": reverse("chat:room", args=[standing.room.pk]),
    }
    if following or request.method == "POST":
        # By a script she says herself what she has seen; these are the pages of one that has none.
        marking.mark_told(standing, page.told)
    return render(request, "chat/room.html", context, status=status)


def _following(request: HttpRequest) -> int:
    """How often the page still renews itself; 0 for a page to write on."""
    given = request.GET.get("following", "")
    return min(int(given), FOLLOWS) if given.isascii() and given.isdigit() and len(given) < 4 else 0
