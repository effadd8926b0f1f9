"""Leave this page: end the session, forget the cookies, go somewhere that says nothing."""

from __future__ import annotations

import logging

from django.conf import settings
from django.contrib.auth import logout
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
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
        logout(request)
    except DatabaseError:
        # Whoever leaves must get away, even while the database is down: without its cookie
        # the browser has lost the session. Without a session object nothing tries to save it.
        logger.warning("A session could not be ended in the database; its cookie was deleted.")
        del request.session
    response = HttpResponse(status=303, headers={"Location": settings.LEAVE_URL, "Cache-Control": "no-store"})
    for name in COOKIES:
        response.delete_cookie(name, samesite="Lax")
    return response
