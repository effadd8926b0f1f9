"""What the library's pages need to know of our settings."""

from __future__ import annotations

from django import template
from django.conf import settings

register = template.Library()


@register.simple_tag
def idle_minutes() -> int:
    """After how many minutes without any action a sign-in ends."""
    return int(settings.SESSION_COOKIE_AGE) // 60
