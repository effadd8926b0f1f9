"""What happens to every request of somebody who is signed in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from peersupport.accounts.models import User
from peersupport.accounts.second_factor import NEEDED_TO_SHOW_IT, is_satisfied

Answer = Callable[[HttpRequest], HttpResponseBase]


class SecondFactorMiddleware:
    """Staff without a second factor reach nothing but public pages, its set-up and the way out.

    What is public, the routes registry says; an address that it does not list is not.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, options: Any
    ) -> HttpResponseBase | None:
        match = request.resolver_match
        name = match.view_name if match else ""
        if not _has_session(request) or name in settings.PUBLIC_ROUTES or name in NEEDED_TO_SHOW_IT:
            return None
        user = request.user
        if not user.is_authenticated or is_satisfied(request.session, user):
            return None
        return _refuse(request)


class OwnClockMiddleware:
    """Pages of a signed-in person come in her language and show the time of her clock."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        user = _signed_in(request)
        if user is None:
            return self.get_response(request)
        if user.language in dict(settings.LANGUAGES):
            translation.activate(user.language)
            request.LANGUAGE_CODE = user.language
        try:
            zone = ZoneInfo(user.time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            return self.get_response(request)
        with timezone.override(zone):
            return self.get_response(request)


def _refuse(request: HttpRequest) -> HttpResponse:
    if request.path.startswith("/api/") or request.method not in {"GET", "HEAD"}:
        message = _("Your work here needs a second step when you sign in.")
        return JsonResponse({"error": {"code": "second_factor", "message": message}}, status=403)
    return redirect("mfa_index")


def _has_session(request: HttpRequest) -> bool:
    return settings.SESSION_COOKIE_NAME in request.COOKIES


def _signed_in(request: HttpRequest) -> User | None:
    if not _has_session(request):
        return None
    try:
        return request.user if request.user.is_authenticated else None
    except DatabaseError:
        # Leaving and public pages answer while the database is away.
        return None
