"""What a member sees of her group."""

from __future__ import annotations

from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from peersupport.accounts.models import User
from peersupport.accounts.whose_form import made_for
from peersupport.groups.access import membership_for, memberships_of, or_her_places, paused_of
from peersupport.groups.calendar import CONTENT_TYPE, FILE_NAME, calendar_file
from peersupport.groups.forms import AskForm
from peersupport.groups.models import Membership
from peersupport.groups.page import group_page
from peersupport.groups.tasks import SaidEnough, ask_to_be_heard


def person(request: HttpRequest) -> User:
    """Whoever is signed in; only for views behind login_required."""
    assert isinstance(request.user, User)
    return request.user


def room_path(slug: str) -> str:
    """The address that leads to a group's room; by name, for the rooms are built upon the groups."""
    return reverse("chat:of_group", args=[slug])


def line_path(slug: str) -> str:
    """The address that leads to a parent's private line; by name, as the room's."""
    return reverse("chat:line_of_group", args=[slug])


def words_path(slug: str) -> str:
    """The address where a member keeps the words she wants to be warned about; by name, as the room's."""
    return reverse("chat:words", args=[slug])


@require_safe
@login_required
def mine(request: HttpRequest) -> HttpResponse | HttpResponseRedirect:
    """Her groups; with only one, the way leads there."""
    return _mine(request)


def _mine(request: HttpRequest, *, wrong: dict[UUID, AskForm] | None = None) -> HttpResponse:
    """The page; `wrong` are forms that could not be taken in, by the place they are about."""
    memberships = list(memberships_of(person(request)).order_by("-group__starts_on")[:50])
    paused = list(paused_of(person(request))[:10])
    if len(memberships) == 1 and not paused:
        return redirect("groups:group", slug=memberships[0].group.slug)
    wrong = wrong or {}
    context = {
        "memberships": memberships,
        "paused": [(place, wrong.get(place.pk) or _asking(place)) for place in paused],
        "kept": made_for(request),
    }
    return render(request, "groups/mine.html", context, status=422 if wrong else 200)


def _asking(place: Membership, given: QueryDict | None = None) -> AskForm:
    return AskForm(given, auto_id=f"{place.pk}-%s")


@require_POST
@login_required
def ask(request: HttpRequest, slug: str) -> HttpResponse:
    """Somebody whose place is suspended asks to be heard: the coordinators have it as a task."""
    membership = paused_of(person(request)).filter(group__slug=slug).first()
    if membership is None:
        raise Http404
    form = _asking(membership, request.POST)
    if form.is_valid():
        try:
            ask_to_be_heard(member=membership, words=form.cleaned_data["words"], now=timezone.now())
        except SaidEnough:
            words = _(
                "The coordinators have much from you already. They answer first; please keep this until then."
            )
            form.add_error("words", words)
    if form.errors:
        return _mine(request, wrong={membership.pk: form})
    messages.success(request, _("The coordinators have it. They answer in the way you marked as safe."))
    return redirect("groups:mine")


@require_safe
@login_required
@or_her_places("group__slug")
def group(request: HttpRequest, slug: str) -> HttpResponse:
    """My group: the next meeting, the plan, the others, the agreement."""
    membership = membership_for(person(request), slug)
    zone = ZoneInfo(membership.user.time_zone)
    page = group_page(membership, zone=zone, now=timezone.now())
    return render(
        request,
        "groups/group.html",
        {
            "page": page,
            "room_path": room_path(slug),
            "line_path": "" if membership.is_facilitator else line_path(slug),
            "words_path": words_path(slug),
        },
    )


@require_safe
@login_required
def calendar(request: HttpRequest, slug: str) -> HttpResponse:
    """The meetings as a calendar file with a neutral name and title."""
    membership = membership_for(person(request), slug)
    meetings = membership.group.meetings.order_by("number")[:60]
    response = HttpResponse(calendar_file(meetings, now=timezone.now()), content_type=CONTENT_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{FILE_NAME}"'
    return response
