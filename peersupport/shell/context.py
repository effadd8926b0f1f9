"""What every page knows about the site, with or without a request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest


@dataclass(frozen=True)
class Site:
    """The installation as a page shows it: its neutral name, its country (ISO 3166-1), demo or not."""

    name: str
    country: str
    leave_url: str
    demo: bool


def site() -> Site:
    """The site as its settings describe it; read anew, so that a test may change a setting."""
    return Site(
        name=settings.SITE_NAME,
        country=settings.COUNTRY,
        leave_url=settings.LEAVE_URL,
        demo=settings.DEMO,
    )


def shell_context(request: HttpRequest | None = None) -> dict[str, Any]:
    """Context processor: the site for every template. Needs no request."""
    return {"site": site()}
