"""Staff reach nothing before they have shown a second factor in this session."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol
from uuid import UUID

from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY as METHODS_OF,
)
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY as METHODS
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest

__all__ = ["METHODS", "METHODS_OF", "NEEDED_TO_SHOW_IT", "is_satisfied", "note_set_up", "was_shown"]

# What staff need to show or set up a factor, and to go.
NEEDED_TO_SHOW_IT = frozenset(
    {
        "account_logout",
        "account_reauthenticate",
        "mfa_index",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_list_webauthn",
        "mfa_view_recovery_codes",
    }
)


class SessionData(Protocol):
    """A request's session, or the plain data of one."""

    def get(self, key: str, default: Any = None, /) -> Any: ...


class Person(Protocol):
    """A user, as far as the second factor asks."""

    @property
    def pk(self) -> Any: ...

    @property
    def is_staff(self) -> bool: ...


def is_satisfied(session: SessionData | Mapping[str, Any], user: Person) -> bool:
    """Whether this person may go on with this session: pages, API and sockets all ask here.

    Only staff need a second factor, and in the demonstration nobody does.
    """
    return settings.DEMO or not user.is_staff or was_shown(session, user.pk)


def was_shown(session: SessionData | Mapping[str, Any], user_id: UUID) -> bool:
    """Whether the sign-in library recorded a second factor of this very person in the session."""
    records = session.get(METHODS)
    if session.get(METHODS_OF) != str(user_id) or not isinstance(records, list):
        return False
    return any(record.get("method") == "mfa" for record in records)


def note_set_up(
    sender: Any, request: HttpRequest, user: AbstractBaseUser, authenticator: Authenticator, **_: Any
) -> None:
    """Setting up a factor needs a code from the app or an answer of the key: it was shown with that."""
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)
