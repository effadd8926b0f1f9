"""Proposals of groups and seats at the desk: asked for, looked at, changed, accepted."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from peersupport.accounts.models import Mail, User
from peersupport.audit.recording import record
from peersupport.joining import proposals_desk, proposing
from peersupport.joining.access import coordinator_only
from peersupport.joining.models import PlacementRun
from peersupport.joining.placement.carrying import locks_in, proposals_in
from peersupport.joining.placement.facts import Locks
from peersupport.joining.proposal_forms import NameForm, StartForm, locks_from

CHANGED = {
    "accepted": gettext_lazy("This was accepted before."),
    "people": gettext_lazy("Too few of them are still waiting. Work it out again."),
    "facilitators": gettext_lazy("A facilitator is needed elsewhere by now. Work it out again."),
}


@require_http_methods(["GET", "HEAD", "POST"])
@coordinator_only
def proposals(request: HttpRequest, by: User) -> HttpResponse:
    """The newest proposals, and a way to ask for others. Reading names is recorded."""
    now = timezone.now()
    run = proposing.latest()
    today = timezone.localdate(now)
    first = {"starts_on": run.starts_on if run and run.starts_on > today else proposals_desk.first_day(today)}
    form = StartForm(request.POST if request.method == "POST" else None, initial=first, today=today)
    if request.method == "POST" and form.is_valid():
        proposing.ask(starts_on=form.cleaned_data["starts_on"], locks=Locks(), by=by, now=now)
        return redirect("joining:desk_proposals")
    return render(request, "joining/desk/proposals.html", _context(run, form, by), status=400 if form.errors else 200)


@require_POST
@coordinator_only
def again(request: HttpRequest, by: User, run_id: UUID) -> HttpResponse:
    """Works it out again with what was locked, moved and excluded."""
    run = get_object_or_404(PlacementRun, pk=run_id)
    shown = proposals_in(run.result) if run.result and "proposals" in run.result else []
    locks = locks_from(request.POST.dict(), shown, locks_in(run.locks))
    proposing.ask(starts_on=run.starts_on, locks=locks, by=by, now=timezone.now())
    return redirect("joining:desk_proposals")


@require_POST
@coordinator_only
def accept(request: HttpRequest, by: User, run_id: UUID, number: int) -> HttpResponse:
    """Forms the group and offers the seats of one proposal."""
    run = get_object_or_404(PlacementRun, pk=run_id)
    shown = proposals_in(run.result) if run.result and "proposals" in run.result else []
    if number >= len(shown):
        messages.warning(request, _("There is no such proposal any more."))
        return redirect("joining:desk_proposals")
    name = ""
    if shown[number].place.is_new:
        form = NameForm(request.POST)
        if not form.is_valid():
            messages.warning(request, str(form.errors["name"][0]))
            return redirect("joining:desk_proposals")
        name = form.cleaned_data["name"]
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
            "%(n)s of them could not be offered one any more.",
            "%(n)s of them could not be offered one any more.",
            done.left_out,
        )
        messages.warning(request, words % {"n": done.left_out})


def _context(run: PlacementRun | None, form: StartForm, by: User) -> dict[str, Any]:
    waits = run is not None and run.state in {Mail.State.DUE, Mail.State.DOING}
    context: dict[str, Any] = {"run": run, "form": form, "waits": waits}
    if run is not None and run.state == Mail.State.DONE:
        record(what="placement.read", by=by, about=run)
        context |= proposals_desk.shown(run)
    return context
