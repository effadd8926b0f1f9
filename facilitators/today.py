"""Today: the facilitator's first page."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from facilitators.access import facilitator
from facilitators.today_reading import today_of


@require_safe
@login_required
def today(request: HttpRequest) -> HttpResponse:
    """Her meetings of today and the next ones, and what waits for her."""
    page = today_of(facilitator(request), now=timezone.now())
    return render(request, "facilitators/today.html", {"page": page})
