"""Today: the facilitator's first page, and the note that a meeting was talked over."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from facilitators.access import facilitator, meeting_of
from facilitators.debriefing import note_debrief, take_back_debrief
from facilitators.today_reading import today_of


@require_safe
@login_required
def today(request: HttpRequest) -> HttpResponse:
    """Her meetings of today and the next ones, and what waits for her."""
    page = today_of(facilitator(request), now=timezone.now())
    return render(request, "facilitators/today.html", {"page": page})


@require_POST
@login_required
def debrief(request: HttpRequest, meeting_id: UUID) -> HttpResponse:
    """Notes that a meeting was talked over; with `undo` takes the note back."""
    user = facilitator(request)
    meeting = meeting_of(user, meeting_id)
    if "undo" in request.POST:
        take_back_debrief(meeting=meeting, by=user)
        messages.success(request, _("The note is taken back."))
    else:
        note_debrief(meeting=meeting, by=user, now=timezone.now())
        messages.success(request, _("Noted. Thank you for taking the time for each other."))
    return redirect("facilitators:today")
