"""Home and the pages that say how the site treats its readers."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """One sentence of welcome and three doors; the same for everyone."""
    return render(request, "shell/home.html")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept, for how long and who may read it, with the periods of this installation."""
    days = {
        "room_text": settings.ROOM_TEXT_DAYS,
        "application": settings.APPLICATION_DAYS,
        "draft": settings.DRAFT_DAYS,
        "mail": settings.MAIL_DAYS,
        "audit": settings.AUDIT_DAYS,
        "sign_in": settings.SIGN_IN.days,
    }
    minutes = settings.SESSION_COOKIE_AGE // 60
    return render(request, "shell/privacy.html", {"days": days, "idle_minutes": minutes})


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """What the pages are built to do for every reader, and what is not proved yet."""
    return render(request, "shell/accessibility.html")


@require_safe
def about_leaving(request: HttpRequest) -> HttpResponse:
    """What "Leave this page" does, what it cannot do, and how to come back."""
    return render(request, "shell/about_leaving.html")
