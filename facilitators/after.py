"""After a meeting: who was there, her part of talking it over, what was promised, and closing it."""

from __future__ import annotations

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from facilitators import debriefing, putting_right
from facilitators.access import facilitator, meeting_of
from facilitators.after_forms import AttendanceForm, DebriefForm, PromiseForm
from facilitators.fidelity import GENERAL
from facilitators.models import DebriefPart
from peersupport.accounts.models import User
from peersupport.groups import tasks
from peersupport.groups.access import led_by
from peersupport.groups.models import Meeting, Membership, Task


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def after(request: HttpRequest, meeting_id: UUID) -> HttpResponse:
    """How far it has come, what was promised. POST: "promise", "close", or "reopen"."""
    user = facilitator(request)
    meeting = _over(user, meeting_id)
    if "close" in request.POST:
        return _close(request, meeting, user)
    if "reopen" in request.POST:
        debriefing.reopen(meeting=meeting, by=user)
        messages.success(request, _("It is open again."))
        return redirect("facilitators:after", meeting.pk)
    form = _promise_form(request, user, meeting)
    if request.method == "POST" and form.is_valid():
        return _promise(request, meeting, user, form)
    state = debriefing.state_of(meeting, now=timezone.now())
    context = {
        "meeting": meeting,
        "state": state,
        "hers": next((part for part in state.parts if part.member.user_id == user.pk), None),
        "promised": _promised(meeting),
        "form": form,
    }
    return render(request, "facilitators/after.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def attendance(request: HttpRequest, meeting_id: UUID) -> HttpResponse:
    """Who was there, as the room measured it and as she says."""
    user = facilitator(request)
    meeting = _over(user, meeting_id)
    form = AttendanceForm(putting_right.lines_of(meeting), request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        changed = putting_right.put_right(meeting=meeting, said=form.said(), by=user, now=timezone.now())
        words = ngettext("%(number)d line was put right.", "%(number)d lines were put right.", changed)
        messages.success(request, words % {"number": changed} if changed else _("Noted: it is as it stands."))
        return redirect("facilitators:after", meeting.pk)
    return render(request, "facilitators/attendance.html", {"meeting": meeting, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def debrief(request: HttpRequest, meeting_id: UUID) -> HttpResponse:
    """Her own part: kept for later, or handed in."""
    user = facilitator(request)
    meeting = _over(user, meeting_id)
    part = debriefing.part_of(user, meeting)
    if part is not None and part.handed_in_at is not None:
        return redirect("facilitators:after", meeting.pk)
    form = DebriefForm(
        request.POST if request.method == "POST" else None,
        initial=_initial(part),
        ticks=[str(one) for one in GENERAL],
        alert=settings.STRAIN_ALERT,
    )
    if request.method == "POST" and form.is_valid():
        return _write(request, meeting, user, form)
    status = 400 if form.errors else 200
    return render(request, "facilitators/debrief.html", {"meeting": meeting, "form": form}, status=status)


def _over(user: User, meeting_id: UUID) -> Meeting:
    """A meeting of hers that has begun. Http404 alike for others, and for one that is off or to come."""
    meeting = meeting_of(user, meeting_id)
    if meeting.state != Meeting.State.PLANNED or meeting.starts_at > timezone.now():
        raise Http404
    return meeting


def _seat(user: User, meeting: Meeting) -> Membership:
    return led_by(user).get(group=meeting.group_id)


def _initial(part: DebriefPart | None) -> dict[str, Any]:
    if part is None:
        return {}
    names = ("went_well", "hard", "incident", "strain", "ticked")
    return {name: getattr(part, name) for name in names}


def _write(request: HttpRequest, meeting: Meeting, user: User, form: DebriefForm) -> HttpResponse:
    try:
        debriefing.write(
            meeting=meeting,
            member=_seat(user, meeting),
            written=form.written(),
            hand_in=form.hands_in,
            now=timezone.now(),
        )
    except debriefing.HandedIn:
        messages.warning(request, _("Your part was handed in already; it stays as it was."))
    else:
        thanks = _("Handed in. Thank you for taking the time for each other.")
        messages.success(request, thanks if form.hands_in else _("Kept. You can go on whenever you like."))
    return redirect("facilitators:after", meeting.pk)


def _close(request: HttpRequest, meeting: Meeting, user: User) -> HttpResponse:
    try:
        debriefing.close(meeting=meeting, by=user, now=timezone.now())
    except debriefing.NotYet:
        messages.warning(request, _("Something is still missing; it is marked below."))
        return redirect("facilitators:after", meeting.pk)
    messages.success(request, _("The meeting is closed. Have a quiet evening."))
    return redirect("facilitators:today")


def _promise_form(request: HttpRequest, user: User, meeting: Meeting) -> PromiseForm:
    seats = list(
        Membership.objects.filter(group=meeting.group_id, state=Membership.State.ACTIVE)
        .select_related("user")
        .order_by("pseudonym")[:50]
    )
    leaders = [one for one in seats if one.is_facilitator]
    leaders.sort(key=lambda one: one.user_id != user.pk)
    parents = [one for one in seats if not one.is_facilitator]
    sent = request.POST if "promise" in request.POST else None
    return PromiseForm(parents, leaders, timezone.localdate(timezone=ZoneInfo(user.time_zone)), sent)


def _promise(request: HttpRequest, meeting: Meeting, user: User, form: PromiseForm) -> HttpResponse:
    owner = form.by_whom
    tasks.promise(
        about=form.to_whom or _seat(user, meeting),
        words=form.cleaned_data["words"],
        owner=owner.user if owner else None,
        until=form.until_when(ZoneInfo(user.time_zone)),
        by=user,
        now=timezone.now(),
    )
    messages.success(request, _("Noted. It stands in the list of today until it is done."))
    return redirect("facilitators:after", meeting.pk)


def _promised(meeting: Meeting) -> list[tuple[Task, str]]:
    """What the group was promised and is not done yet, with the name of who sees to it or ""."""
    leaders = Membership.objects.filter(group=meeting.group_id, role=Membership.Role.FACILITATOR)
    names = dict(leaders.values_list("user", "pseudonym")[:50])
    found = tasks.promised_in(meeting.group_id)
    return [(task, names.get(task.owner, "") if task.owner else "") for task in found]
