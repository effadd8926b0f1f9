"""Times to talk at the desk: offered, called off; who is asked to choose one, and how urgent it is."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from peersupport.accounts.models import User
from peersupport.audit.recording import record
from peersupport.joining import offering, talking, timetable
from peersupport.joining.access import application_for_desk, coordinator_only
from peersupport.joining.applying import NotPossibleNow
from peersupport.joining.models import TalkTime
from peersupport.joining.talk_forms import NeedsForm, TimesForm

PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@coordinator_only
def talks(request: HttpRequest, by: User) -> HttpResponse:
    """The times that lie ahead and who has chosen which, and the form that offers more."""
    now = timezone.now()
    form = TimesForm(request.POST if request.method == "POST" else None, now=now)
    if request.method == "POST" and form.is_valid() and _offer(request, form, by):
        return redirect("joining:desk_talks")
    page = Paginator(timetable.ahead(now), PAGE).get_page(request.GET.get("page"))
    listed = list(page.object_list)
    record(what="talks.read", by=by, about="joining.talktime", count=len(listed))
    context = {"form": form, "page": page, "lines": timetable.lines(listed, by)}
    return render(request, "joining/desk/talks.html", context)


@require_POST
@coordinator_only
def call_off(request: HttpRequest, by: User, talk_id: UUID) -> HttpResponse:
    """Takes a time back; whoever had chosen it is told."""
    talk = timetable.talk_for_desk(talk_id)
    try:
        offering.call_off(talk=talk, by=by, now=timezone.now())
    except NotPossibleNow:
        messages.warning(request, _("It has just changed. Please look again."))
    else:
        told = _("It is called off. Whoever had chosen it reads so and can choose another time.")
        messages.success(request, told if talk.application_id else _("The time is taken back."))
    return redirect("joining:desk_talks")


@require_POST
@coordinator_only
def invite(request: HttpRequest, by: User, application_id: UUID) -> HttpResponse:
    """Asks an applicant to choose a time to talk."""
    found = application_for_desk(application_id)
    now = timezone.now()
    try:
        offering.invite(application=found, by=by, now=now)
    except NotPossibleNow:
        messages.warning(request, _("The application has moved on. Please look again."))
    else:
        messages.success(request, _("From now on a time to talk can be chosen at the return code."))
        if not talking.free_times(now).exists():
            messages.warning(request, _("But no time is free. Please offer some."))
            return redirect("joining:desk_talks")
    return redirect("joining:desk_application", application_id=found.pk)


@require_POST
@coordinator_only
def needs(request: HttpRequest, by: User, application_id: UUID) -> HttpResponse:
    """Keeps what makes the talk with this applicant urgent."""
    found = application_for_desk(application_id)
    form = NeedsForm(request.POST)
    if not form.is_valid():
        messages.warning(request, _("Nothing was kept: one of the ticks is not known here."))
        return redirect("joining:desk_application", application_id=found.pk)
    try:
        offering.say_needs(application=found, by=by, codes=form.cleaned_data["needs"])
    except NotPossibleNow:
        messages.warning(request, _("The application has moved on. Please look again."))
    else:
        messages.success(request, _("Kept. The queue follows it."))
    return redirect("joining:desk_application", application_id=found.pk)


def _offer(request: HttpRequest, form: TimesForm, by: User) -> bool:
    data = form.cleaned_data
    data["how"] = TalkTime.How(data["how"])
    try:
        new = offering.offer(by=by, now=timezone.now(), **data)
    except offering.Overlaps as found:
        when = date_format(timezone.localtime(found.args[0]), "j F, H:i")
        form.add_error("times", _("You have another talk then: %(when)s") % {"when": when})
    except offering.TooMany:
        form.add_error("weeks", _("These are too many at once."))
    else:
        if new:
            said = ngettext("%(number)d time is offered.", "%(number)d times are offered.", len(new))
            messages.success(request, said % {"number": len(new)})
            return True
        form.add_error("times", _("These times are over for today."))
    return False
