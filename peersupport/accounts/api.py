"""What every address of the API has in common: who asks, how often, in pages, and how it says no."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.pagination import PageNumberPagination
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle

from peersupport.accounts import partner_tokens
from peersupport.accounts.addresses import client_address, neighbourhood
from peersupport.accounts.limits import within_limit
from peersupport.accounts.models import ApiToken, User

if TYPE_CHECKING:
    # The views read their defaults, which stand here, while they are imported.
    from rest_framework.views import APIView

#: How many requests in a minute: of one network, of one person, of one partner.
A_MINUTE = {"network": 60, "person": 120, "partner": 600}
WINDOW = timedelta(minutes=1)
PAGE_MOST = 10_000
CODES = {
    status.HTTP_400_BAD_REQUEST: "invalid",
    status.HTTP_401_UNAUTHORIZED: "sign_in",
    status.HTTP_403_FORBIDDEN: "not_allowed",
    status.HTTP_404_NOT_FOUND: "not_found",
    status.HTTP_405_METHOD_NOT_ALLOWED: "method",
    status.HTTP_406_NOT_ACCEPTABLE: "not_acceptable",
    status.HTTP_409_CONFLICT: "conflict",
    status.HTTP_415_UNSUPPORTED_MEDIA_TYPE: "media_type",
    status.HTTP_422_UNPROCESSABLE_ENTITY: "impossible",
    status.HTTP_429_TOO_MANY_REQUESTS: "rate_limited",
}


class Impossible(exceptions.APIException):
    """Well formed, and yet it cannot be: an end before its beginning."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_code = "impossible"


class Conflict(exceptions.APIException):
    """What is there already stands against it."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"


class Partner:
    """Who asks with a token: an organisation, which is nobody's account and holds no role."""

    is_authenticated = True
    is_active = True
    is_staff = False

    def __init__(self, token: ApiToken) -> None:
        self.token = token
        self.pk: UUID = token.pk

    def may(self, scope: ApiToken.Scope) -> bool:
        """Whether its token was made for this."""
        return scope in self.token.scopes


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer …` with a partner's token. Unknown, expired and revoked ones are one 401."""

    def authenticate(self, request: Request) -> tuple[Partner, ApiToken] | None:
        """Who it is; None where no token was sent."""
        parts = get_authorization_header(request).split()
        if not parts:
            return None
        token = parts[1].decode("ascii", "replace") if len(parts) == 2 else ""
        found = partner_tokens.behind(token, now=timezone.now()) if parts[0].lower() == b"bearer" else None
        if found is None:
            raise exceptions.AuthenticationFailed(_("This token opens nothing."))
        return Partner(found), found

    def authenticate_header(self, request: Request) -> str:
        """What a 401 says is asked for."""
        return "Bearer"


class SignedIn(BasePermission):
    """People with an account; a partner's token is nobody's account, and finds nothing."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Raises Http404 for a partner; False, which is a 401, where nobody is signed in."""
        if isinstance(request.user, Partner):
            raise Http404
        return isinstance(request.user, User)


class Throttle(BaseThrottle):
    """So many requests a minute, counted for all processes together, in one statement."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Counts this one; False where there were too many."""
        kind, who = _who(request)
        return within_limit(
            what=f"api-{kind}", who=who, most=A_MINUTE[kind], during=WINDOW, now=timezone.now()
        )

    def wait(self) -> float:
        """Seconds after which it certainly works again."""
        return WINDOW.total_seconds()


def _who(request: Request) -> tuple[str, str]:
    if isinstance(request.user, Partner):
        return "partner", str(request.user.pk)
    if isinstance(request.user, User):
        return "person", str(request.user.pk)
    return "network", neighbourhood(client_address(request))


class Pages(PageNumberPagination):
    """Twenty to a page, at most a hundred with `size`. A number that is none is refused, not passed over."""

    page_size = 20
    page_size_query_param = "size"
    max_page_size = 100

    def get_page_size(self, request: Request) -> int:
        """What `size` asks for."""
        return _number(request, "size", default=self.page_size, most=self.max_page_size)

    def get_page_number(self, request: Request, paginator: Any) -> int:
        """What `page` asks for."""
        return _number(request, "page", default=1, most=PAGE_MOST)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """Both numbers with their bounds."""
        return [
            _described("page", _("Which page, from 1 on."), most=PAGE_MOST),
            _described("size", _("How many to a page; without it twenty."), most=self.max_page_size),
        ]


def _described(name: str, words: str, *, most: int) -> dict[str, Any]:
    schema = {"type": "integer", "minimum": 1, "maximum": most}
    return {"name": name, "in": "query", "required": False, "description": words, "schema": schema}


def _number(request: Request, name: str, *, default: int, most: int) -> int:
    given = request.query_params.get(name)
    if given is None:
        return default
    if not given.isascii() or not given.isdigit() or len(given) > 6 or not 1 <= int(given) <= most:
        words = _("A whole number from 1 to %(most)d.") % {"most": most}
        raise exceptions.ValidationError({name: [words]})
    return int(given)


def refused(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """Every refusal in one form: {"error": {"code", "message", "fields"?}}; nothing of the request in it.

    None where it is not a refusal but a mistake of ours: that is a 500, as anywhere.
    """
    if isinstance(error, Http404):
        error = exceptions.NotFound(_("There is nothing here."))
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied(_("This is not open to you."))
    if not isinstance(error, exceptions.APIException):
        return None
    body: dict[str, Any] = {"code": CODES.get(error.status_code, "error"), "message": _message(error)}
    if isinstance(error, exceptions.ValidationError):
        detail = error.detail
        body["fields"] = detail if isinstance(detail, dict) else {"all": detail}
    headers = {}
    if isinstance(error, exceptions.Throttled):
        headers["Retry-After"] = str(int(WINDOW.total_seconds()))
    if header := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = header
    return Response({"error": body}, status=error.status_code, headers=headers)


def _message(error: exceptions.APIException) -> str:
    if isinstance(error, exceptions.ValidationError):
        return _("Some of this cannot be taken in; see the fields.")
    if isinstance(error, exceptions.Throttled):
        return _("These are many requests in a minute. Please wait a little.")
    return str(error.detail)
