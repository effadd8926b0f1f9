"""Where sessions are kept: in the database, and of no use to someone who reads it.

The cookie's value is stored as its SHA-256 only, and the data is sealed under a key derived from the master
key for that one session. So a dump signs nobody in, and the secret of a second factor that is just being set
up (the sign-in library keeps it in the session) is not readable in it.
"""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.db import transaction
from django.utils import timezone

from peersupport.accounts.models import Session
from peersupport.vault import master, sealing
from peersupport.vault.keys import WrongKey

# In a session's data: when the sign-in ends whatever is done meanwhile, in seconds since 1970.
ENDS_AT = "ends_at"
# The stored key of the session that it was before its key changed.
WENT_ON_FROM = "went_on_from"


def stored_key(cookie: str) -> str:
    """What stands in the database for a cookie's value."""
    return hashlib.sha256(cookie.encode("utf-8", "surrogatepass")).hexdigest()


def opened(sealed: str, *, key: str) -> dict[str, Any]:
    """The data of the session with this stored key. Empty where it was not sealed for it."""
    try:
        text = sealing.unseal(base64.b64decode(sealed), key=_cipher(), at=_place(key))
    except (WrongKey, ValueError):
        return {}
    data: dict[str, Any] = json.loads(text)
    return data


def _sealed(data: dict[str, Any], *, key: str) -> str:
    text = json.dumps(data, separators=(",", ":"))
    return base64.b64encode(sealing.seal(text, key=_cipher(), at=_place(key))).decode("ascii")


def _end(data: dict[str, Any]) -> datetime | None:
    moment = data.get(ENDS_AT)
    return None if moment is None else datetime.fromtimestamp(moment, UTC)


def _cipher() -> AESGCM:
    return AESGCM(master.derived("sessions"))


def _place(key: str) -> bytes:
    return sealing.place("accounts_session", "session_data", key)


class SessionStore(db.SessionStore):
    """Django's database sessions over our own table, which also knows whose session it is."""

    @classmethod
    def get_model_class(cls) -> Any:
        return Session

    def load(self) -> dict[str, Any]:
        """The session's data; empty, and without a key, where it is unknown or timed out."""
        key = stored_key(self.session_key or "")
        row = Session.objects.filter(session_key=key, expire_date__gt=timezone.now()).first()
        if row is None:
            self._session_key = None
            return {}
        return opened(row.session_data, key=key)

    def cycle_key(self) -> None:
        """Goes on under a new key. Sockets know the old one: at no moment may this look like a sign-out."""
        data, before = self._session, self.session_key  # type: ignore[attr-defined]  # not in the stubs
        if before:
            data[WENT_ON_FROM] = stored_key(before)
        with transaction.atomic():
            # Django would leave the new one empty, and nobody's, until the answer is written.
            self.create()
            self._session_cache = data
            self.save()
            if before:
                self.delete(before)

    def exists(self, session_key: str) -> bool:
        return Session.objects.filter(session_key=stored_key(session_key)).exists()

    def create_model_instance(self, data: dict[str, Any]) -> Session:  # type: ignore[override]  # own table
        key = stored_key(self._get_or_create_session_key())  # type: ignore[attr-defined]  # not in the stubs
        user, ends_at = data.get(SESSION_KEY), _end(data)
        idle_end: datetime = self.get_expiry_date()
        return Session(
            session_key=key,
            session_data=_sealed(data, key=key),
            expire_date=min(idle_end, ends_at) if ends_at else idle_end,
            ends_at=ends_at,
            user_id=UUID(user) if user else None,
            went_on_from=data.get(WENT_ON_FROM, ""),
        )

    def delete(self, session_key: str | None = None) -> None:
        cookie = session_key or self.session_key
        if cookie:
            Session.objects.filter(session_key=stored_key(cookie)).delete()

    @classmethod
    def clear_expired(cls) -> None:
        Session.objects.filter(expire_date__lt=timezone.now()).delete()

    async def aload(self) -> dict[str, Any]:
        return await sync_to_async(self.load)()

    async def aexists(self, session_key: str) -> bool:
        return await sync_to_async(self.exists)(session_key)

    async def asave(self, must_create: bool = False) -> None:
        await sync_to_async(self.save)(must_create=must_create)

    async def adelete(self, session_key: str | None = None) -> None:
        await sync_to_async(self.delete)(session_key)

    @classmethod
    async def aclear_expired(cls) -> None:
        await sync_to_async(cls.clear_expired)()
