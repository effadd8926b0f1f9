"""The cache of the site: one small table that every process shares, so that limits hold for all of them.

Values are JSON (Django's own database cache unpickles what it finds: whoever can write a row could run code).
Keys are kept as keyed hashes, since they name network addresses and sign-in names.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import connection
from django.utils import timezone

from peersupport.accounts.models import ShortMemory
from peersupport.vault.hashing import keyed_hash

FOREVER = datetime(9999, 1, 1, tzinfo=UTC)


class SharedMemory(BaseCache):
    """Django's cache interface, as far as counting and remembering need it."""

    def __init__(self, _location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        row = ShortMemory.objects.filter(key=self._key(key, version), until__gt=timezone.now()).first()
        return default if row is None else row.value

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        self._write(key, value, timeout, version, only_if_free=False)

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Remembers the value unless something is remembered already; of two at once, one is told True."""
        return self._write(key, value, timeout, version, only_if_free=True)

    def delete(self, key: str, version: int | None = None) -> bool:
        deleted, _ = ShortMemory.objects.filter(key=self._key(key, version)).delete()
        return bool(deleted)

    def clear(self) -> None:
        ShortMemory.objects.all().delete()

    def _write(self, key: str, value: Any, timeout: Any, version: int | None, *, only_if_free: bool) -> bool:
        now = timezone.now()
        seconds = self.get_backend_timeout(timeout)
        until = FOREVER if seconds is None else max(datetime.fromtimestamp(seconds, UTC), now)
        with connection.cursor() as cursor:
            cursor.execute(
                """
                INSERT INTO accounts_shortmemory AS m (key, value, until) VALUES (%s, %s, %s)
                ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value, until = EXCLUDED.until
                WHERE NOT %s OR m.until <= %s
                """,
                [self._key(key, version), json.dumps(value), until, only_if_free, now],
            )
            return bool(cursor.rowcount == 1)

    def _key(self, key: str, version: int | None) -> bytes:
        return keyed_hash(self.make_key(key, version=version), purpose="short memory")


def forget_old(now: datetime) -> None:
    """Deletes what is no longer remembered."""
    ShortMemory.objects.filter(until__lte=now).delete()
