"""The coordinator's desk for people: who waits, the talk, the place."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from peersupport.accounts.models import User
from peersupport.audit.recording import record
from peersupport.joining import choices, desk, health, interviewing, placing, returning, talking, todo
from peersupport.joining.access import application_for_desk, coordinator_only
from peersupport.joining.applying import NotPossibleNow
from peersupport.joining.conflicts import checking
from peersupport.joining.desk_forms import OfferForm, WordsForm
from peersupport.joining.models import Application, Placement
from peersupport.joining.people_forms import PeopleForm
from peersupport.joining.standing import told_rows
from peersupport.joining.talk_forms import NeedsForm
from peersupport.vault import keys

State = Application.State
NOT_HERE = gettext_lazy("There is a match in this group: not here. Nothing was offered.")
LOOK_FIRST = gettext_lazy(
    "There may be a match in this group. Nothing was offered: look into it, and say what you have found out."
)


@require_safe
@coordinator_only
def queue(request: HttpRequest, by: User) -> HttpResponse:
    """What needs doing today, and the applications by filter, order and page."""
    now = timezone.now()
    asked = {name: request.GET.get(name, "")[:20] for name in ("state", "language", "order")}
    pages = Paginator(desk.queue(**asked, now=now), desk.PAGE)
    page = pages.get_page(request.GET.get("page"))
    listed = list(page.object_list)
    # One statement for all keys, whatever the page's length.
    keys.load(application.pk for application in listed)
    record(what="queue.read", by=by, about="joining.application", count=len(listed))
    today = desk.today(by, now)
    context = {
        "today": today,
        "to_do": todo.to_do(today, now),
        "page": page,
        "rows": desk.shown(listed, now),
        "asked": asked,
        "filters": desk.FILTERS,
        "languages": choices.languages(),
    }
    return render(request, "joining/desk/queue.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@coordinator_only
def application(request: HttpRequest, by: User, application_id: UUID) -> HttpResponse:
    """One application in full, and words for her to read. Reading it is recorded."""
    found = application_for_desk(application_id)
    form = WordsForm(request.POST if request.method == "POST" else None, initial={"words": found.note})
    if request.method == "POST" and form.is_valid():
        return _write(request, found, by, form.cleaned_data["words"])
    record(what="application.read", by=by, about=found)
    now = timezone.now()
    context = {
        "form": form,
        "application": found,
        "called": found.told.called,
        "rows": told_rows(found),
        "named": desk.named(found),
        "people_form": PeopleForm(country=found.country),
        "clashing": checking.where_she_is(found) if found.state in {State.OFFERED, State.PLACED} else [],
        "needs": NeedsForm(initial={"needs": found.needs.split()}),
        "talk": talking.talk_of(found, now),
        "talks": [desk.Record(one) for one in found.interviews.all()[:20]],
        "begun": found.records_begun.filter(by=by.pk).first(),
        "referral": found.referrals.first(),
        "code_word_agreed": bool(returning.code_word(found)),
        "placements": list(found.placements.select_related("group").order_by("-offered_at")[:20]),
        "may_talk": found.state in interviewing.BEFORE,
        "may_correct": found.state in interviewing.WITH_A_PLACE,
        "may_write": found.state != State.PLACED,
    }
    return render(request, "joining/desk/application.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@coordinator_only
def place(request: HttpRequest, by: User, application_id: UUID) -> HttpResponse:
    """Groups with a free seat, and why each fits or not; offers a place in one."""
    found = application_for_desk(application_id)
    if request.method == "POST":
        return _offer(request, found, by)
    record(what="application.read", by=by, about=found)
    fits = desk.fits(found, timezone.now()) if found.state == State.WAITING else []
    last = found.interviews.first()
    context = {
        "case_open": last is not None and last.findings.case_may_be_open,
        "application": found,
        "called": found.told.called,
        "rows": [row for row in told_rows(found) if row.question in {"course", "language", "clock", "times"}],
        "fits": [(fit, OfferForm.of(fit.group, fit.clash)) for fit in fits],
    }
    return render(request, "joining/desk/place.html", context)


@require_POST
@coordinator_only
def take_back(request: HttpRequest, by: User, placement_id: UUID) -> HttpResponse:
    """Takes back an offer that was not answered."""
    placement = Placement.objects.select_related("application").filter(pk=placement_id).first()
    if placement is None:
        raise Http404
    application_for_desk(placement.application_id)
    try:
        placing.take_back(placement=placement, by=by, now=timezone.now())
    except NotPossibleNow:
        messages.warning(request, _("This offer was answered already."))
    else:
        messages.success(request, _("The offer is taken back and the seat is free."))
    return redirect("joining:desk_application", application_id=placement.application_id)


@require_safe
@coordinator_only
def places(request: HttpRequest, by: User) -> HttpResponse:
    """The groups that are coming or under way, and how full they are."""
    now = timezone.now()
    page = Paginator(desk.places(now), desk.PAGE).get_page(request.GET.get("page"))
    groups = list(page.object_list)
    together = checking.within(groups)
    doing = health.health_of(groups, now)
    rows = [
        (group, desk.takes_somebody_in(group, now), together.get(group.pk), doing[group.pk])
        for group in groups
    ]
    return render(request, "joining/desk/places.html", {"page": page, "rows": rows})


def _write(request: HttpRequest, found: Application, by: User, words: str) -> HttpResponse:
    try:
        interviewing.write_to(application=found, by=by, words=words, now=timezone.now())
    except NotPossibleNow:
        messages.warning(request, _("The application has moved on. Nothing was written."))
    else:
        messages.success(request, _("The note can be read at the return code."))
    return redirect("joining:desk_application", application_id=found.pk)


def _offer(request: HttpRequest, found: Application, by: User) -> HttpResponse:
    form = OfferForm(request.POST)
    group = form.chosen()
    try:
        placing.offer(
            application=found,
            group=group,
            by=by,
            now=timezone.now(),
            looked_into=form.cleaned_data["looked_into"],
            seen=form.cleaned_data["seen"],
        )
    except placing.NoSeat:
        messages.warning(request, _("The last seat of this group has just been taken. Nothing was offered."))
    except placing.Conflict as conflict:
        messages.warning(request, NOT_HERE if conflict.clash.is_sure else LOOK_FIRST)
    except placing.GroupClosed:
        messages.warning(request, _("This group takes nobody in any more. Nothing was offered."))
    except NotPossibleNow:
        messages.warning(request, _("The application has moved on. Nothing was offered."))
    else:
        messages.success(request, _("The place is offered. They are being told in safe words."))
        return redirect("joining:desk_application", application_id=found.pk)
    return redirect("joining:desk_place", application_id=found.pk)
