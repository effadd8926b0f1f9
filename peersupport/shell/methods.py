"""Only the methods that the routes registry lists: a library's view may answer more than we mean."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.utils.translation import gettext as _

from peersupport.registries.routes import rule_for


class ListedMethods:
    """Answers 405 to a method that is not listed for the address (HEAD goes with GET)."""

    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        rule = rule_for(request.resolver_match.view_name) if request.resolver_match else None
        method = "GET" if request.method == "HEAD" else request.method
        if rule is None or method in rule.methods:
            return None
        return _refused(request.path, sorted(rule.methods))


def _refused(path: str, listed: list[str]) -> HttpResponse:
    refused = HttpResponseNotAllowed(listed)
    if path.startswith("/api/"):
        error = {"code": "method", "message": _("This address does not take this method.")}
        refused.content = json.dumps({"error": error}).encode()
        refused["Content-Type"] = "application/json"
    return refused
