"""Who may keep a copy of a page: nobody, unless the routes registry calls it public or an own copy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import patch_vary_headers

from peersupport.registries.routes import rule_for
from peersupport.shell.strangers import SAME_FOR_ALL

PUBLIC = "public, max-age=300"
PRIVATE = "no-store"
# One program keeps it for one person, and asks each time whether it still holds.
OWN_COPY = "private, no-cache"


class CachingMiddleware:
    """Sets Cache-Control on every answer of a view, whatever the view itself said."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if is_own_copy(request, response):
            response["Cache-Control"] = OWN_COPY
        else:
            response["Cache-Control"] = PUBLIC if is_public(request, response) else PRIVATE
        if isinstance(request, ASGIRequest) and is_for_strangers(request, response):
            cast(dict[str, Any], request.scope)[SAME_FOR_ALL] = True
        patch_vary_headers(response, ("Cookie",))
        return response


def is_public(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Whether this answer is the same for everyone: a public route, a success (or that what the reader has
    still holds), and no cookie set with it."""
    return response.status_code in {200, 304} and not response.cookies and _cache_of(request) == "public"


def is_for_strangers(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Whether the next stranger would be answered just so; whoever brings a cookie is none."""
    plain = response.status_code == 200 and not response.cookies and not request.COOKIES
    return plain and _cache_of(request) in {"public", "strangers"}


def is_own_copy(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Whether a program may keep this answer for whoever asked, such as a calendar: never a refusal."""
    return response.status_code in {200, 304} and _cache_of(request) == "own copy"


def _cache_of(request: HttpRequest) -> str:
    match = request.resolver_match
    rule = rule_for(match.view_name) if match else None
    return rule.cache if rule else "private"
