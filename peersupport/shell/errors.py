"""Error pages. They need no database and no session, and say the same for the same error every time."""

from __future__ import annotations

import logging
import sys
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

logger = logging.getLogger(__name__)


class Problem(NamedTuple):
    """One kind of error: its status, its template under errors/, its code and words for the API."""

    status: int
    template: str
    code: str
    message: str | Promise


INVALID = Problem(400, "400", "invalid", _("The request could not be understood."))
NOT_ALLOWED = Problem(403, "403", "not_allowed", _("This is not open to you."))
FORM_TOO_OLD = Problem(403, "form_too_old", "form_too_old", _("The page was open for too long."))
NOT_FOUND = Problem(404, "404", "not_found", _("There is nothing here."))
TOO_LONG = Problem(413, "413", "too_long", _("This is more than a form can hold."))
INTERNAL = Problem(500, "500", "internal", _("Something went wrong on our side."))
UNAVAILABLE = Problem(503, "503", "unavailable", _("The records cannot be reached just now."))

# A constant, in English: it stands in for a page that could not be drawn, perhaps for want of a catalogue.
LAST_RESORT = (
    "<!doctype html><title>Error</title><p>Something went wrong on our side. Please try again later."
)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler400; a form longer than DATA_UPLOAD_MAX_MEMORY_SIZE is a 413 instead."""
    return answer(request.path, TOO_LONG if isinstance(exception, RequestDataTooBig) else INVALID)


def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler403."""
    return answer(request.path, NOT_ALLOWED)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler404: foreign and missing alike, to the byte."""
    return answer(request.path, NOT_FOUND)


def form_too_old(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF_FAILURE_VIEW."""
    return answer(request.path, FORM_TOO_OLD)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500; a database that is away, wherever that was noticed, is a 503 instead."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        response = answer(request.path, UNAVAILABLE)
        response["Retry-After"] = "30"
        return response
    return answer(request.path, INTERNAL)


def answer(path: str, problem: Problem) -> HttpResponse:
    """The problem as JSON under /api/, as a page anywhere else. Nothing of the request is repeated."""
    if path.startswith("/api/"):
        body = {"error": {"code": problem.code, "message": problem.message}}
        return JsonResponse(body, status=problem.status)
    return HttpResponse(page(problem, get_language() or "en"), status=problem.status)


def page(problem: Problem, language: str) -> str:
    """The error page, or a bare sentence if even that cannot be drawn."""
    try:
        return _drawn(problem.template, language, timezone.localdate())
    except Exception:
        logger.exception("The error page %s could not be drawn.", problem.template)
        return LAST_RESORT


# By day: the help lines on the page say how long ago they were confirmed.
@lru_cache(maxsize=64)
def _drawn(template: str, language: str, today: date) -> str:
    return render_to_string(f"errors/{template}.html")
