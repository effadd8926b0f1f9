"""Who may keep a copy of a page: nobody, unless the routes registry calls it public."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import patch_vary_headers

from peersupport.registries.routes import rule_for

PUBLIC = "public, max-age=300"
PRIVATE = "no-store"


class CachingMiddleware:
    """Sets Cache-Control on every answer of a view, whatever the view itself said."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response["Cache-Control"] = PUBLIC if is_public(request, response) else PRIVATE
        patch_vary_headers(response, ("Cookie",))
        return response


def is_public(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Whether this answer is the same for everyone: a public route, a success, and no cookie set with it."""
    match = request.resolver_match
    if match is None or response.status_code != 200 or response.cookies:
        return False
    rule = rule_for(match.view_name)
    return rule is not None and rule.cache == "public"
