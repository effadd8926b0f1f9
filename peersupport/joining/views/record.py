"""The record of a talk at the desk: begun, kept, finished, put right."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from peersupport.accounts.models import User
from peersupport.audit.recording import record
from peersupport.joining import interviewing
from peersupport.joining.access import application_for_desk, coordinator_only
from peersupport.joining.applying import NotPossibleNow
from peersupport.joining.models import Application, Interview
from peersupport.joining.record_form import FindingsForm, RecordForm, first_values, form_for


@require_http_methods(["GET", "HEAD", "POST"])
@coordinator_only
def interview(request: HttpRequest, by: User, application_id: UUID) -> HttpResponse:
    """Records the talk and what came of it, or keeps what was entered so far. Reading it is recorded."""
    found = application_for_desk(application_id)
    posted = request.POST if request.method == "POST" else None
    kind = form_for(found)
    form = kind(posted, now=timezone.now(), initial=_initial(request, found, by))
    if posted is not None and "later" in posted:
        if form.is_short_enough():
            return _keep(request, form, found, by)
    elif posted is not None and form.is_valid():
        return _record(request, form, found, by)
    record(what="application.read", by=by, about=found)
    context = {
        "form": form,
        "application": found,
        "called": found.told.called,
        "correcting": kind is FindingsForm,
    }
    return render(request, "joining/desk/interview.html", context)


def _initial(request: HttpRequest, application: Application, by: User) -> dict[str, Any]:
    """What this coordinator has begun; else, to put the last record right, what stands in it."""
    begun = interviewing.begun_by(application, by)
    last = application.interviews.first()
    putting_right = "last" in request.GET or form_for(application) is FindingsForm
    if begun or last is None or not putting_right:
        return begun
    return first_values(last)


def _keep(request: HttpRequest, form: FindingsForm, application: Application, by: User) -> HttpResponse:
    try:
        interviewing.keep_begun(application=application, by=by, entered=form.entered(), now=timezone.now())
    except NotPossibleNow:
        messages.warning(request, _("Somebody else was quicker. Please look again."))
    else:
        messages.success(request, _("Kept as it is. Nothing is decided, and only you see it."))
    return redirect("joining:desk_application", application_id=application.pk)


def _record(request: HttpRequest, form: FindingsForm, application: Application, by: User) -> HttpResponse:
    now, data = timezone.now(), form.rest
    try:
        if isinstance(form, RecordForm):
            data["outcome"] = Interview.Outcome(data["outcome"])
            interviewing.record(application=application, by=by, now=now, findings=form.found, **data)
            said = _("The talk is recorded. Your words can be read at the return code.")
        else:
            interviewing.correct(application=application, by=by, now=now, findings=form.found, **data)
            said = _("The record is put right. The one before stays to be read.")
    except NotPossibleNow:
        messages.warning(request, _("Somebody else was quicker. Please look again."))
    else:
        messages.success(request, said)
    return redirect("joining:desk_application", application_id=application.pk)
