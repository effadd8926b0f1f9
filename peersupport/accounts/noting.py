"""Puts on record what the sign-in library did: who came in, which factors came and went."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.http import HttpRequest

from peersupport.accounts.models import User
from peersupport.accounts.second_factor import was_shown
from peersupport.audit.recording import record


def signed_in(sender: Any, request: HttpRequest, user: User, **_: Any) -> None:
    """Somebody signed in; with a second factor or without."""
    record(what="account.signed_in", by=user, about=user, second_factor=was_shown(request.session, user.pk))


def factor_added(sender: Any, user: User, authenticator: Authenticator, **_: Any) -> None:
    """A passkey, an app or recovery codes were set up."""
    record(what="account.factor_added", by=user, about=user, kind=str(authenticator.type))


def factor_removed(sender: Any, user: User, authenticator: Authenticator, **_: Any) -> None:
    """A passkey, an app or recovery codes are no longer used."""
    record(what="account.factor_removed", by=user, about=user, kind=str(authenticator.type))
