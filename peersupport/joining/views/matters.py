"""What waits at the desk beside the people who apply. Works without a script."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from peersupport.accounts.models import User
from peersupport.audit.recording import record
from peersupport.chat.moderating import ejecting, kind_words, reports
from peersupport.chat.moderating.authority import name_of
from peersupport.chat.protocol.errors import Refused
from peersupport.groups import tasks
from peersupport.groups.task_page import task_page
from peersupport.joining import matters
from peersupport.joining.access import coordinator_only
from peersupport.joining.matter_forms import CONFIRM, AnswerForm, SuspensionForm


@require_safe
@coordinator_only
def waiting(request: HttpRequest, by: User) -> HttpResponse:
    """Open suspensions, unanswered reports and tasks, each with its age."""
    context = {"matters": matters.matters(by, now=timezone.now())}
    return render(request, "joining/desk/matters.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@coordinator_only
def suspension(request: HttpRequest, by: User, ejection_id: UUID) -> HttpResponse:
    """One suspension: confirm it or lift it, with a reason."""
    found = matters.suspension(ejection_id)
    form = SuspensionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        decide = ejecting.confirm_eject if form.cleaned_data["decision"] == CONFIRM else ejecting.undo_eject
        try:
            decide(found, by=by, word=form.cleaned_data["reason"])
        except Refused as refused:
            messages.warning(request, refused.wire()["message"])
        else:
            messages.success(request, _("Decided. The facilitators see it."))
        return redirect("joining:desk_matters")
    record(what="suspension.read", by=by, about=found)
    context = {
        "form": form,
        "ejection": found,
        "by": name_of(found.by, group_id=found.member.group_id),
        "why": kind_words.said("eject", template=found.template, words=found.reason),
    }
    return render(request, "joining/desk/suspension.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@coordinator_only
def report(request: HttpRequest, by: User, report_id: UUID) -> HttpResponse:
    """Answers one report or appeal."""
    found = matters.report(report_id)
    form = AnswerForm(found, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            reports.answer(found, by=by, **form.cleaned_data)
        except Refused as refused:
            messages.warning(request, refused.wire()["message"])
        else:
            messages.success(request, _("Answered. Your words can be read in the room."))
        return redirect("joining:desk_matters")
    record(what="report.read", by=by, about=found)
    context = {"form": form, "report": found, "reported": matters.as_reported(found, now=timezone.now())}
    return render(request, "joining/desk/report.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@coordinator_only
def task(request: HttpRequest, by: User, task_id: UUID) -> HttpResponse:
    """One task: opened first, then closed with what came of it."""
    found = tasks.task_for(by, task_id, now=timezone.now())
    return task_page(request, found, by=by, back="joining:desk_matters", template="joining/desk/task.html")
