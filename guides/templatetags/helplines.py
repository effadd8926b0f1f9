"""The help-now strip, for any template of the site."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.utils import timezone

from guides.helplines import strip_for

register = template.Library()


@register.inclusion_tag("guides/help_lines.html")
def help_lines(country: str = "") -> dict[str, Any]:
    """The same lines as in the strip, standing open: for a page whose reader needs them now."""
    return {"strip": strip_for(country or settings.COUNTRY, timezone.localdate())}


@register.inclusion_tag("guides/help_now.html")
def help_now_strip(country: str = "") -> dict[str, Any]:
    """The strip for a country, or for the organisation's own. Needs no request and no script."""
    return {"strip": strip_for(country or settings.COUNTRY, timezone.localdate())}
