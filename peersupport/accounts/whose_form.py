"""Whose form it is: which session and which person a page was made for, under a keyed hash.

What somebody wrote into a form that could not be taken in is shown to her alone. It comes back to her where
the request still has the cookie of that session, be it an ended one, or where that person is signed in.
Whoever has left has neither, nor has whoever sits there after her.
"""

from __future__ import annotations

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from peersupport.vault.hashing import keyed_hash

#: The field of a form that carries it.
FIELD = "kept"


def made_for(request: HttpRequest) -> str:
    """What a form carries in FIELD: for which session and which person it was made."""
    return f"{_mark(session=_cookie(request))}.{_mark(person=str(request.user.pk))}"


def is_hers(request: HttpRequest, kept: str) -> bool:
    """Whether a form was made for whoever sends it."""
    session, _dot, person = kept.partition(".")
    cookie = _cookie(request)
    if cookie and constant_time_compare(session, _mark(session=cookie)):
        return True
    return signed_in(request) and constant_time_compare(person, _mark(person=str(request.user.pk)))


def signed_in(request: HttpRequest) -> bool:
    """Whether somebody is signed in, as far as can be found out just now."""
    try:
        return bool(request.user.is_authenticated)
    except (AttributeError, DatabaseError):
        return False


def _cookie(request: HttpRequest) -> str:
    return request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")


def _mark(**whose: str) -> str:
    ((purpose, value),) = whose.items()
    return keyed_hash(value, purpose=f"kept words: {purpose}").hex()[:32]
