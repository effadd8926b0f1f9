"""Data keys: made, opened, destroyed. A destroyed key makes every copy of what it sealed unreadable."""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import transaction
from django.utils import timezone

from peersupport.vault import master
from peersupport.vault.models import DataKey

NONCE_BYTES = 12  # NIST SP 800-38D: 96 bits for random nonces
KEY_BYTES = 32


# As an opened key is kept: since when, and the key.
NOT_KEPT: tuple[float, AESGCM | None] = (0.0, None)


class KeyDestroyed(Exception):
    """The subject was erased: nothing of it can be read or written any more."""


class WrongKey(Exception):
    """The bytes were not sealed with this key for this place."""


class KeyCache:
    """Opened keys of this process, at most `size`, none older than `seconds`.

    The age bounds how long another process can go on reading after a key was destroyed here.
    """

    def __init__(self, *, size: int = 10_000, seconds: float = 60.0) -> None:
        self._size, self._seconds = size, seconds
        self._kept: OrderedDict[UUID, tuple[float, AESGCM]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, subject: UUID) -> AESGCM | None:
        return self.all_of([subject]).get(subject)

    def all_of(self, subjects: Iterable[UUID]) -> dict[UUID, AESGCM]:
        """Those that are there."""
        found: dict[UUID, AESGCM] = {}
        with self._lock:
            oldest = time.monotonic() - self._seconds
            for subject in subjects:
                at, key = self._kept.get(subject, NOT_KEPT)
                if key is not None and at >= oldest:
                    self._kept.move_to_end(subject)
                    found[subject] = key
                else:
                    self._kept.pop(subject, None)
        return found

    def put(self, subject: UUID, key: AESGCM) -> None:
        with self._lock:
            self._kept[subject] = (time.monotonic(), key)
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)

    def drop(self, subject: UUID) -> None:
        with self._lock:
            self._kept.pop(subject, None)

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()


cache = KeyCache()


class _Uncommitted(threading.local):
    """Subjects whose key this thread made in a transaction that may still roll back."""

    def __init__(self) -> None:
        self.subjects: set[UUID] = set()


_uncommitted = _Uncommitted()


def wrap(subject: UUID) -> bytes:
    """A fresh data key, wrapped for storage under the master key and bound to its subject."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + master.wrapping_key().encrypt(nonce, secrets.token_bytes(KEY_BYTES), subject.bytes)


def unwrap(subject: UUID, wrapped: bytes | memoryview | None) -> AESGCM:
    """The key as a cipher. KeyDestroyed where there is none any more, WrongKey for a foreign master key."""
    if wrapped is None:
        raise KeyDestroyed
    data = bytes(wrapped)
    try:
        raw = master.wrapping_key().decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], subject.bytes)
    except InvalidTag as error:
        raise WrongKey from error
    return AESGCM(raw)


def key_for(subject: UUID) -> AESGCM:
    """The key of a subject, made at its first use. Raises KeyDestroyed after an erasure."""
    found = cache.get(subject)
    if found is not None:
        return found
    # One look: a row without a key was destroyed, no row is a first use. Two looks would mistake a key that
    # another writer makes in between for a destroyed one.
    rows = list(DataKey.objects.filter(subject=subject).values_list("wrapped", flat=True))
    key = unwrap(subject, rows[0] if rows else _make(subject))
    _remember(subject, key)
    return key


def load(subjects: Iterable[UUID]) -> None:
    """Opens the keys of many subjects with one statement, for pages that list sealed rows."""
    wanted = {subject for subject in subjects if cache.get(subject) is None}
    for subject, wrapped in DataKey.objects.filter(subject__in=wanted, wrapped__isnull=False).values_list(
        "subject", "wrapped"
    ):
        _remember(subject, unwrap(subject, wrapped))


def destroy(*, subject: UUID) -> None:
    """Erases a subject: its key is gone with this transaction. The caller audits who asked for it and why."""
    DataKey.objects.update_or_create(
        subject=subject, defaults={"wrapped": None, "destroyed_at": timezone.now()}
    )
    cache.drop(subject)
    transaction.on_commit(lambda: cache.drop(subject))


def _make(subject: UUID) -> bytes | memoryview | None:
    DataKey.objects.bulk_create([DataKey(subject=subject, wrapped=wrap(subject))], ignore_conflicts=True)
    _uncommitted.subjects.add(subject)
    transaction.on_commit(lambda: _uncommitted.subjects.discard(subject))
    # Read back: another process may have been first.
    return DataKey.objects.values_list("wrapped", flat=True).get(subject=subject)


def _remember(subject: UUID, key: AESGCM) -> None:
    # A key whose row may still roll back must not be kept: what it sealed later could never be opened.
    if subject not in _uncommitted.subjects:
        cache.put(subject, key)
