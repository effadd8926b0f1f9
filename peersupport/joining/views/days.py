"""Days on which nothing should be planned, for somebody who waits and has no account yet."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from peersupport.groups.days_page import days_page
from peersupport.joining.access import applicant_only
from peersupport.joining.models import Application

State = Application.State
WAITS = (State.SENT, State.WAITING, State.OFFERED, State.NOT_NOW)


@require_http_methods(["GET", "HEAD", "POST"])
@applicant_only
def days(request: HttpRequest, application: Application) -> HttpResponse:
    """Her days, kept with the application until she has a place; then they stand on the page of her group."""
    if application.state not in WAITS:
        return redirect("joining:application")
    return days_page(
        request,
        application.pk,
        by=None,
        today=timezone.localdate(timezone=ZoneInfo(application.time_zone)),
        template="joining/days.html",
        context={},
    )
