"""What the library's pages need to know of our settings."""

from __future__ import annotations

from django import template
from django.conf import settings

from peersupport.accounts import hours

register = template.Library()


@register.filter
def in_fours(letters: str) -> str:
    """ "ABCDEFGH" → "ABCD EFGH": easier to copy by hand."""
    return " ".join(letters[start : start + 4] for start in range(0, len(letters), 4))


@register.filter
def on_the_hour(hour: int) -> str:
    """17 → "17:00" as the reader's language writes it."""
    return hours.on_the_hour(hour)


@register.simple_tag
def idle_minutes() -> int:
    """After how many minutes without any action a sign-in ends."""
    return int(settings.SESSION_COOKIE_AGE) // 60
