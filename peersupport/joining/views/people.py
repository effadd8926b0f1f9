"""Whom an application names, so that nobody meets whom she must not meet. Hashes go in, counts come out."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from peersupport.accounts.models import User
from peersupport.audit.recording import record
from peersupport.joining import desk
from peersupport.joining.access import application_for_desk, coordinator_only
from peersupport.joining.applying import NotPossibleNow
from peersupport.joining.conflicts import naming
from peersupport.joining.models import Application, Identifier
from peersupport.joining.people_forms import PeopleForm

Kind = Identifier.Kind


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("lines")
@coordinator_only
def people(request: HttpRequest, by: User, application_id: UUID) -> HttpResponse:
    """Names more people, or erases those of one kind. The form stands on the application's page, too."""
    found = application_for_desk(application_id)
    if request.POST.get("clear") in Kind.values:
        return _clear(request, found, Kind(request.POST["clear"]), by)
    form = PeopleForm(request.POST if request.method == "POST" else None, country=found.country)
    if request.method == "POST" and form.is_valid():
        return _keep(request, found, form, by)
    record(what="application.read", by=by, about=found)
    context = {"form": form, "application": found, "called": found.told.called, "named": desk.named(found)}
    return render(request, "joining/desk/people.html", context, status=400 if form.errors else 200)


def _keep(request: HttpRequest, found: Application, form: PeopleForm, by: User) -> HttpResponse:
    data = form.cleaned_data
    try:
        number = naming.name(application=found, kind=Kind(data["kind"]), lines=data["lines"], by=by)
    except NotPossibleNow:
        messages.warning(request, _("The application has moved on. Nothing was kept."))
    else:
        words = ngettext("%(number)d line is kept.", "%(number)d lines are kept.", number) % {
            "number": number
        }
        again = _("What was there already is not kept twice.") if number < len(data["lines"]) else ""
        messages.success(request, f"{words} {again}".strip())
    return redirect("joining:desk_application", application_id=found.pk)


def _clear(request: HttpRequest, found: Application, kind: Identifier.Kind, by: User) -> HttpResponse:
    try:
        naming.clear(application=found, kind=kind, by=by)
    except NotPossibleNow:
        messages.warning(request, _("The application has moved on. Nothing was erased."))
    else:
        messages.success(request, _("Erased. You can write them anew."))
    return redirect("joining:desk_application", application_id=found.pk)
