"""Dates at the desk: a new group's, shown before they are kept; moved; called off; groups made one."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from peersupport.accounts.models import User
from peersupport.groups import cancelling, forming, rearranging, schedule
from peersupport.groups.cancelling import Said
from peersupport.groups.models import Change, Meeting, SupportGroup
from peersupport.groups.rearranging import NotPossible
from peersupport.joining import calling_off, dates_desk, merging
from peersupport.joining.access import coordinator_only
from peersupport.joining.date_forms import CancelForm, GroupForm, LaterForm, MergeForm, MoveForm

PAGE = ["GET", "HEAD", "POST"]
WHY = {
    "begun": gettext_lazy("Its time has come. Nothing was changed."),
    "state": gettext_lazy("It stands otherwise by now. Nothing was changed."),
    "order": gettext_lazy(
        "The meetings would not follow one another any more. Choose a day between its neighbours."
    ),
    "elsewhere": gettext_lazy("A facilitator is needed in another group at that time. Nothing was changed."),
    "same": gettext_lazy("This is when it takes place already. Nothing was changed."),
    "follows": gettext_lazy(
        "A parent has been offered another place or has gone on since. It cannot be taken back."
    ),
    "differs": gettext_lazy("These two groups have another programme or language."),
    "nobody": gettext_lazy("None of the parents has named that time."),
    "room": gettext_lazy("There is no room for all of them by now."),
    "member": gettext_lazy("A parent belongs to both groups already."),
}


@require_http_methods(PAGE)
@coordinator_only
def new(request: HttpRequest, by: User) -> HttpResponse:
    """A new group: its dates are shown first, and kept as they were shown."""
    now = timezone.now()
    form = GroupForm(request.POST if request.method == "POST" else None, today=timezone.localdate(now))
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        shown = dates_desk.preview(form.cleaned_data, now=now)
        context |= {"preview": shown, "zone": form.cleaned_data["time_zone"]}
        if "keep" in request.POST:
            if request.POST.get("seen") != shown.seen:
                messages.warning(request, _("The dates are others now. Please look at them again."))
            elif (group := _formed(request, form.cleaned_data, by, now)) is not None:
                return redirect("joining:desk_group", slug=group.slug)
    return render(request, "joining/desk/new_group.html", context, status=400 if form.errors else 200)


def _formed(request: HttpRequest, asked: dict[str, Any], by: User, now: datetime) -> SupportGroup | None:
    given = ("programme", "name", "starts_on", "meets_at", "time_zone", "language", "countries")
    try:
        with transaction.atomic():
            group = forming.form(
                **{name: asked[name] for name in given},
                facilitators=list(asked["facilitators"]),
                skip=dates_desk.skipped_days(asked),
                by=by,
                now=now,
            )
    except IntegrityError:
        messages.warning(request, WHY["elsewhere"])
        return None
    messages.success(request, _("The group is formed. Places can be offered in it."))
    return group


@require_http_methods(PAGE)
@coordinator_only
def move(request: HttpRequest, by: User, slug: str, meeting_id: UUID) -> HttpResponse:
    """Moves a meeting, or this and all following ones: what that means is shown first."""
    now, meeting = timezone.now(), _meeting(slug, meeting_id)
    starts = schedule.local(meeting, ZoneInfo(meeting.group.time_zone))[0]
    form = MoveForm(
        request.POST if request.method == "POST" else None,
        initial={"day": starts.date(), "at": starts.time()},
        group=meeting.group,
        now=now,
    )
    context: dict[str, Any] = {"form": form, "meeting": meeting, "group": meeting.group}
    context["can_change"] = _can_change(meeting, now)
    if request.method == "POST" and form.is_valid():
        asked = {"day": form.cleaned_data["day"], "at": form.cleaned_data["at"]}
        asked["following"] = form.cleaned_data["which"] == "following"
        times = rearranging.rearranged(meeting, **asked)
        seen = dates_desk.fingerprint([start for start, _end in times.values()])
        why = rearranging.refusal(meeting, times, now=now)
        if why:
            messages.warning(request, WHY[why])
        elif request.POST.get("seen") == seen and "keep" in request.POST:
            reason = form.cleaned_data["reason"]
            if _done(request, rearranging.move, meeting=meeting, reason=reason, by=by, now=now, **asked):
                messages.success(
                    request, _("Moved. Everybody who can be written to is told that something changed.")
                )
                return redirect("joining:desk_group", slug=slug)
        else:
            warned = dates_desk.of_move(meeting, times, now=now)
            context |= {"times": sorted(times.values()), "foreseen": warned, "seen": seen}
    return render(request, "joining/desk/move.html", context, status=400 if form.errors else 200)


@require_http_methods(PAGE)
@coordinator_only
def cancel(request: HttpRequest, by: User, slug: str, meeting_id: UUID) -> HttpResponse:
    """One meeting does not take place."""
    now, meeting = timezone.now(), _meeting(slug, meeting_id)
    form = CancelForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if _done(request, cancelling.cancel, meeting=meeting, said=form.said(), by=by, now=now):
            messages.success(
                request, _("Called off. Everybody who can be written to is told that something changed.")
            )
        return redirect("joining:desk_group", slug=slug)
    context = {
        "form": form,
        "meeting": meeting,
        "group": meeting.group,
        "can_change": _can_change(meeting, now),
    }
    return render(request, "joining/desk/cancel.html", context, status=400 if form.errors else 200)


@require_http_methods(PAGE)
@coordinator_only
def cancel_group(request: HttpRequest, by: User, slug: str) -> HttpResponse:
    """A whole group does not take place: what happens to its parents is said before."""
    group = get_object_or_404(SupportGroup.objects.select_related("programme"), slug=slug)
    form = CancelForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if _done(request, calling_off.call_off, group=group, said=form.said(), by=by, now=timezone.now()):
            messages.success(
                request, _("Called off. Its parents wait again, and their waiting time counts on.")
            )
        return redirect("joining:desk_group", slug=slug)
    context = {"form": form, "group": group, "can_change": group.state in rearranging.OPEN}
    return render(request, "joining/desk/cancel.html", context, status=400 if form.errors else 200)


@require_POST
@coordinator_only
def take_back(request: HttpRequest, by: User, slug: str, change_id: UUID) -> HttpResponse:
    """What was called off takes place after all."""
    change = get_object_or_404(Change, pk=change_id, group__slug=slug)
    whole = change.what == Change.What.GROUP_CANCELLED
    verb = calling_off.take_back if whole else cancelling.take_back
    if _done(request, verb, change=change, by=by, now=timezone.now()):
        messages.success(request, _("It takes place after all. Everybody who can be written to is told."))
    return redirect("joining:desk_group", slug=slug)


@require_POST
@coordinator_only
def later(request: HttpRequest, by: User, slug: str) -> HttpResponse:
    """A group begins some weeks later, with everything that follows."""
    group = get_object_or_404(SupportGroup, slug=slug)
    form, now = LaterForm(request.POST), timezone.now()
    first = schedule.upcoming(group.meetings.all(), now)[:1]
    if not (form.is_valid() and first and group.state == SupportGroup.State.FORMING):
        messages.warning(request, WHY["state"])
        return redirect("joining:desk_group", slug=slug)
    starts = schedule.local(first[0], ZoneInfo(group.time_zone))[0]
    day = starts.date() + timedelta(weeks=form.cleaned_data["weeks"])
    asked = {"meeting": first[0], "day": day, "at": starts.time(), "following": True}
    if _done(request, rearranging.move, **asked, by=by, now=now):
        messages.success(request, _("The group begins later. Everybody who can be written to is told."))
    return redirect("joining:desk_group", slug=slug)


@require_POST
@coordinator_only
def merge(request: HttpRequest, by: User, slug: str) -> HttpResponse:
    """A group that is too small joins another one."""
    group = get_object_or_404(SupportGroup, slug=slug)
    form = MergeForm(request.POST)
    into = SupportGroup.objects.filter(pk=form.cleaned_data["into"]).first() if form.is_valid() else None
    if into is None:
        messages.warning(request, WHY["state"])
        return redirect("joining:desk_group", slug=slug)
    said = Said(reason="", words=Change.Words.SORRY)
    try:
        merged = merging.merge(group=group, into=into, said=said, by=by, now=timezone.now())
    except NotPossible as refused:
        messages.warning(request, WHY[str(refused)])
        return redirect("joining:desk_group", slug=slug)
    words = ngettext("%(n)s parent has gone over.", "%(n)s parents have gone over.", merged.joined)
    messages.success(request, words % {"n": merged.joined})
    if merged.waiting:
        words = ngettext("%(n)s parent waits again.", "%(n)s parents wait again.", merged.waiting)
        messages.info(request, words % {"n": merged.waiting})
    return redirect("joining:desk_group", slug=into.slug)


def _meeting(slug: str, meeting_id: UUID) -> Meeting:
    found = Meeting.objects.select_related("group__programme").filter(pk=meeting_id, group__slug=slug).first()
    if found is None:
        raise Http404
    return found


def _can_change(meeting: Meeting, now: datetime) -> bool:
    is_open = meeting.group.state in rearranging.OPEN
    return is_open and meeting.state == Meeting.State.PLANNED and meeting.opens_at > now


def _done(request: HttpRequest, verb: Any, **given: Any) -> bool:
    try:
        verb(**given)
    except NotPossible as refused:
        messages.warning(request, WHY[str(refused)])
        return False
    return True
