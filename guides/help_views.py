"""The page of helplines: by country, need and language."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from guides.helplines import Country, countries, for_country, narrowed, spoken
from guides.needs import NEEDS


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """The lines of the country asked for (``?country=fi``), of the organisation's own without one;
    for one need (``need``) and in one language (``language``) where these are asked for and known.

    A page in another language than the reader's own carries it along (``in``).

    A country that is not in the file gets the lines that work in several countries, and is told so."""
    if request.GET.get("in") in dict(settings.LANGUAGES):
        translation.activate(request.GET["in"])
    asked = request.GET.get("country", "")[:20].lower()
    now = timezone.now()
    country, known, everywhere = _countries(asked or settings.COUNTRY, now)
    languages = spoken(country, everywhere)
    chosen = {"need": request.GET.get("need", ""), "language": request.GET.get("language", "")}
    need = chosen["need"] if chosen["need"] in NEEDS else ""
    language = chosen["language"] if chosen["language"] in dict(languages) else ""
    lines = narrowed(country, need=need, language=language) if country else None
    context = {
        "here": lines,
        # Also for the strip at the top of the page.
        "country": country.code if country else "",
        "known": known,
        "countries": countries(),
        "everywhere": narrowed(everywhere, need=need, language=language) if everywhere else None,
        "needs": NEEDS.items(),
        "need": need,
        "languages": languages,
        "language": language,
        "found": lines is not None and any(group.need != "emergency" for group in lines.groups),
    }
    return render(request, "guides/help_page.html", context)


def _countries(code: str, now: datetime) -> tuple[Country | None, bool, Country | None]:
    """The country or, for one that we know nothing of, the lines for many; whether it is known; and the lines
    for many where they come in addition."""
    today = timezone.localdate(now)
    country, many = for_country(code, today, now=now), for_country("international", today, now=now)
    if country is None:
        return many, False, None
    return country, True, many if code != "international" else None
