"""Signing in, by e-mail address or sign-in name: known and unknown cost the same."""

from __future__ import annotations

import re
from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.hashers import make_password
from django.db.models import Q
from django.http import HttpRequest

from peersupport.accounts.models import User


def as_login(typed: str) -> str:
    """What somebody typed, in the form logins are kept: "Quiet Lantern 4820 " → "quiet-lantern-4820"."""
    login = typed.strip().lower()
    return login if "@" in login else re.sub(r"[\s_–—-]+", "-", login)


def login_of(user: User) -> str:
    """What a phone shows beside a passkey or a code: what she signs in with, and nothing else."""
    return user.login


class PersonBackend(AuthenticationBackend):  # type: ignore[misc]  # the library is untyped
    """One statement and one password hash per attempt, whoever is named in it."""

    def _authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        login = as_login(credentials.get("email") or credentials.get("username") or "")
        password = credentials["password"]
        # A sign-in name never holds an @, so one login never means two people.
        user = User.objects.filter(Q(email=login) | Q(sign_in_name=login)).first() if login else None
        # The library would hash once more where no password was checked.
        self._did_check_password = True
        if user is None:
            make_password(password)
            return None
        # A deactivated person is told what a wrong password is told.
        return user if user.check_password(password) and user.is_active else None
