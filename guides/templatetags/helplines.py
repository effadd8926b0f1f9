"""The help-now strip and the ways to chapters of the guides, for any template of the site."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language

from guides.helplines import strip_for
from guides.shelf import published_chapter

register = template.Library()


@register.inclusion_tag("guides/help_lines.html")
def help_lines(country: str = "") -> dict[str, Any]:
    """The same lines as in the strip, standing open: for a page whose reader needs them now."""
    return {"strip": strip_for(country or settings.COUNTRY, timezone.localdate())}


@register.simple_tag
def chapter_path(chapter: str) -> str:
    """The address of a chapter, "guide/chapter", in the reader's language or in English; "" where it is
    published in neither."""
    return published_chapter(chapter, language=get_language() or "en")


@register.inclusion_tag("guides/help_now.html")
def help_now_strip(country: str = "") -> dict[str, Any]:
    """The strip for a country, or for the organisation's own. Needs no request and no script."""
    return {"strip": strip_for(country or settings.COUNTRY, timezone.localdate())}
