"""Proposals at the desk: asked for, looked at, changed, accepted. Works without a script."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from peersupport.accounts.models import User
from peersupport.audit.recording import record
from peersupport.groups import schedule
from peersupport.joining import proposals_desk, proposing
from peersupport.joining.access import coordinator_only
from peersupport.joining.models import PlacementRun
from peersupport.joining.placement.carrying import locks_in
from peersupport.joining.placement.facts import Locks
from peersupport.joining.proposal_forms import NameForm, StartForm, locks_from

# While it is worked out, the page looks again after so many seconds, in every browser.
LOOKS_AGAIN_AFTER = 4
CHANGED = {
    "gone": gettext_lazy("There is no such proposal any more."),
    "accepted": gettext_lazy("This was accepted before. Nothing was done twice."),
    "late": gettext_lazy("The day it would begin has passed. Nothing was done. Work it out again."),
    "name": gettext_lazy(
        "A group, or somebody who leads it, goes by this name. Nothing was done. Choose another."
    ),
    "group": gettext_lazy("The group or its programme is gone. Nothing was done. Work it out again."),
    "people": gettext_lazy("Too few of them still wait. Nothing was done. Work it out again."),
    "facilitators": gettext_lazy(
        "A facilitator cannot lead it any more. Nothing was done. Work it out again."
    ),
}


@require_http_methods(["GET", "HEAD", "POST"])
@coordinator_only
def proposals(request: HttpRequest, by: User) -> HttpResponse:
    """The newest proposals, and a way to ask for others. Reading them is recorded."""
    now = timezone.now()
    run, today = proposing.latest(), timezone.localdate(now)
    given = run.starts_on if run and run.starts_on > today else proposals_desk.first_possible(today)
    form = StartForm(
        request.POST if request.method == "POST" else None, initial={"starts_on": given}, today=today
    )
    if request.method == "POST" and form.is_valid():
        # What was locked stays locked until somebody takes it back.
        locks = locks_in(run.locks) if run else Locks()
        proposing.ask(starts_on=form.cleaned_data["starts_on"], locks=locks, by=by, now=now)
        return redirect("joining:desk_proposals")
    context = _context(run, form, by)
    response = render(request, "joining/desk/proposals.html", context, status=400 if form.errors else 200)
    if run is not None and run.is_under_way:
        # Nothing on the page can be lost: there is nothing to fill in until it is done.
        response["Refresh"] = str(LOOKS_AGAIN_AFTER)
    return response


@require_POST
@coordinator_only
def again(request: HttpRequest, by: User, run_id: UUID) -> HttpResponse:
    """Works it out again with what was locked, moved and excluded."""
    run = get_object_or_404(PlacementRun, pk=run_id)
    now = timezone.now()
    locks = locks_from(
        request.POST.dict(), proposing.proposals_of(run), locks_in(run.locks), accepted=run.accepted
    )
    starts_on = max(run.starts_on, timezone.localdate(now) + timedelta(days=1))
    proposing.ask(starts_on=starts_on, locks=locks, by=by, now=now)
    return redirect("joining:desk_proposals")


@require_POST
@coordinator_only
def accept(request: HttpRequest, by: User, run_id: UUID, number: int) -> HttpResponse:
    """Forms the group of one proposal, where it is new, and offers its seats."""
    run = get_object_or_404(PlacementRun, pk=run_id)
    found = proposing.proposals_of(run)[number : number + 1]
    form = NameForm(request.POST)
    if found and found[0].place.is_new and not form.is_valid():
        messages.warning(request, str(form.errors["name"][0]))
    else:
        name = form.cleaned_data.get("name", "") if form.is_valid() else ""
        _accept(request, run, number, name, by)
    return redirect("joining:desk_proposals")


def _accept(request: HttpRequest, run: PlacementRun, number: int, name: str, by: User) -> None:
    try:
        done = proposing.accept(run=run, number=number, name=name, by=by, now=timezone.now())
    except proposing.NoLongerSo as changed:
        messages.warning(request, CHANGED[str(changed)])
        return
    words = ngettext(
        "%(n)s seat in %(group)s is offered.", "%(n)s seats in %(group)s are offered.", done.offered
    )
    messages.success(request, words % {"n": done.offered, "group": done.group.name})
    if done.left_out:
        words = ngettext(
            "%(n)s of them does not wait any more, or found no seat, and was left out.",
            "%(n)s of them do not wait any more, or found no seat, and were left out.",
            done.left_out,
        )
        messages.warning(request, words % {"n": done.left_out})


def _context(run: PlacementRun | None, form: StartForm, by: User) -> dict[str, Any]:
    context: dict[str, Any] = {
        "run": run,
        "form": form,
        "city": schedule.city(ZoneInfo(settings.TIME_ZONE)),
        "seconds": settings.PLACEMENT_SECONDS,
    }
    if run is not None and not run.is_under_way and not run.has_failed:
        record(what="placement.read", by=by, about=run)
        context |= proposals_desk.shown(run)
    return context
