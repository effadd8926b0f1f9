"""Helplines by country."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from guides.helplines import countries, for_country


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """The lines of the country asked for (``?country=fi``), of the organisation's own without one.

    A country that is not in the file gets the lines that work in several countries, and is told so."""
    asked = request.GET.get("country", "")[:20].lower()
    today = timezone.localdate()
    country = for_country(asked or settings.COUNTRY, today)
    known = country is not None
    context = {
        "country": country or for_country("international", today),
        "known": known,
        "countries": countries(),
        "everywhere": for_country("international", today) if known and asked != "international" else None,
    }
    return render(request, "guides/help_page.html", context)
