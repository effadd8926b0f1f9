"""Who a session belongs to, and how long it lives: for pages, and in one statement for sockets."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from psycopg import AsyncConnection
from psycopg.rows import tuple_row

from peersupport.accounts import second_factor
from peersupport.accounts.models import Session, User
from peersupport.accounts.session_store import ENDS_AT, opened, stored_key

WRITE_EVERY = timedelta(minutes=1)
LAST_SEEN = "last_seen"
# A page's script sets it where nobody pressed anything.
BY_ITSELF = "X-By-Itself"


@dataclass(frozen=True)
class SignedIn:
    """Somebody behind a socket. `session` is the session's key as the database knows it, never the cookie."""

    user_id: UUID
    session: str
    access_version: int
    roles: frozenset[str]
    second_factor_ok: bool


async def signed_in_person(
    connection: AsyncConnection[Any], cookie: str, *, now: datetime
) -> SignedIn | None:
    """Who this cookie belongs to, or None: unknown, timed out, deactivated, or signed in under an
    old password.
    """
    return (await signed_in_people(connection, [cookie], now=now))[0]


async def signed_in_people(
    connection: AsyncConnection[Any], cookies: Sequence[str], *, now: datetime
) -> list[SignedIn | None]:
    """The same for several cookies, in their order, with one statement; the questions that Django asks of a
    request.
    """
    keys = [stored_key(cookie) for cookie in cookies]
    async with connection.cursor(row_factory=tuple_row) as cursor:
        await cursor.execute(
            """
            SELECT s.session_key, s.session_data, u.id, u.password, u.access_version,
                   ARRAY(SELECT r.role FROM accounts_staffrole r WHERE r.user_id = u.id)
              FROM accounts_session s JOIN accounts_user u ON u.id = s.user_id
             WHERE s.session_key = ANY(%s) AND s.expire_date > %s AND u.is_active
            """,
            [keys, now],
        )
        found = {row[0]: _signed_in(*row) for row in await cursor.fetchall()}
    return [found.get(key) for key in keys]


def _signed_in(
    key: str, sealed: str, user_id: UUID, password: str, access_version: int, roles: list[str]
) -> SignedIn | None:
    data = opened(sealed, key=key)
    person = User(id=user_id, password=password)
    if not _is_of(data, person):
        return None
    held = frozenset(roles)
    shown = settings.DEMO or not held or second_factor.was_shown(data, user_id)
    return SignedIn(user_id, key, access_version, held, shown)


async def still_valid(
    connection: AsyncConnection[Any], sessions: Iterable[str], *, now: datetime
) -> dict[str, int]:
    """The access version of each session that still stands, by its stored key.

    One that is missing has ended. One whose version changed is to be asked again with the cookie
    (`signed_in_person`): password, role or place may have changed.
    """
    async with connection.cursor(row_factory=tuple_row) as cursor:
        await cursor.execute(
            """
            SELECT s.session_key, u.access_version
              FROM accounts_session s JOIN accounts_user u ON u.id = s.user_id
             WHERE s.session_key = ANY(%s) AND s.expire_date > %s AND u.is_active
            """,
            [list(sessions), now],
        )
        return dict(await cursor.fetchall())


async def keep_awake(connection: AsyncConnection[Any], session: str, *, now: datetime) -> None:
    """Something was done over a socket: the idle time starts anew, up to the end of the sign-in.

    Writes at most once a minute.
    """
    until = now + timedelta(seconds=settings.SESSION_COOKIE_AGE)
    async with connection.cursor() as cursor:
        await cursor.execute(
            "UPDATE accounts_session SET expire_date = LEAST(%s, ends_at)"
            " WHERE session_key = %s AND expire_date > %s AND expire_date < LEAST(%s, ends_at)",
            [until, session, now, until - WRITE_EVERY],
        )


def _is_of(data: dict[str, Any], person: User) -> bool:
    if data.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return False
    known = data.get(HASH_SESSION_KEY, "")
    hashes = [person.get_session_auth_hash(), *person.get_session_auth_fallback_hash()]
    return any(constant_time_compare(known, one) for one in hashes)


def note_end(*, request: HttpRequest, user: User, **_signal: Any) -> None:
    """A sign-in has an end, whatever is done meanwhile (ASVS 5.0, 7.3.2); for staff a day's work."""
    request.session[ENDS_AT] = (timezone.now() + whole_time(user)).timestamp()


def whole_time(user: User) -> timedelta:
    """How long a sign-in of this person lasts at most."""
    whole: timedelta = settings.STAFF_SIGN_IN if user.is_staff else settings.SIGN_IN
    return whole


def forget_expired(now: datetime) -> None:
    """Deletes sessions whose time is over."""
    Session.objects.filter(expire_date__lt=now).delete()


class IdleMiddleware:
    """A session ends when nothing was done for a while, and the server decides it.

    What is done extends it, by one write a minute and not one a request. What a page fetches by itself (the
    API's reads, and what says so in a header) extends nothing: a forgotten tab must time out.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        is_api = request.path.startswith("/api/") or BY_ITSELF in request.headers
        by_itself = is_api and request.method in {"GET", "HEAD"}
        if settings.SESSION_COOKIE_NAME in request.COOKIES and not by_itself:
            # With the database away, leaving and public pages must still answer.
            with contextlib.suppress(DatabaseError):
                self._stay_awake(request)
        return self.get_response(request)

    def _stay_awake(self, request: HttpRequest) -> None:
        session = request.session
        now = timezone.now().timestamp()
        if session.is_empty() or not session.keys():
            return
        if now - session.get(LAST_SEEN, 0) >= WRITE_EVERY.total_seconds():
            session[LAST_SEEN] = int(now)
