"""Leave this page: end the session, forget the cookies, go somewhere that says nothing."""

from __future__ import annotations

import logging
from collections.abc import Callable
from importlib import import_module

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe

logger = logging.getLogger(__name__)

COOKIES = (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME)


@require_safe
def leave(request: HttpRequest) -> HttpResponse:
    """End the session, delete our cookies and lead to the neutral page of the LEAVE_URL setting.

    A link and not a form: it must work without script, and browsers apply the policy's form-action to
    where a form redirects. No `Clear-Site-Data`: browsers hold the answer back until everything is cleared,
    and there is nothing to clear: private pages are `no-store`, and nothing is kept in browser storage.
    """
    try:
        _end(request.COOKIES.get(settings.SESSION_COOKIE_NAME, ""))
    except DatabaseError:
        # Whoever leaves must get away: without its cookie the browser has lost the session.
        logger.warning("A session could not be ended in the database; its cookie was deleted.")
    response = HttpResponse(status=303, headers={"Location": settings.LEAVE_URL, "Cache-Control": "no-store"})
    for name in COOKIES:
        response.delete_cookie(name, samesite="Lax")
    return response


def _end(session: str) -> None:
    """One statement: nobody's account is looked up on the way out."""
    if session:
        import_module(settings.SESSION_ENGINE).SessionStore(session).delete()


class LeaveFirstMiddleware:
    """Lets whoever leaves go before anything asks the database, which takes seconds while it is away."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info == reverse("shell:leave"):
            return leave(request)
        return self.get_response(request)
