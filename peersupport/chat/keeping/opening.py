"""Opens what is sealed in a room: the keys of its members, and texts at their place in the database."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from peersupport.chat.protocol.events import written_out
from peersupport.database.pool import Connection
from peersupport.vault import keys, sealing

logger = logging.getLogger("peersupport.chat")

MAKE_KEYS = """
INSERT INTO vault.data_key (subject, wrapped, made_at)
SELECT *, now() FROM unnest(%s::uuid[], %s::bytea[]) ON CONFLICT DO NOTHING
"""


def event_row(room_id: UUID, message_id: UUID) -> str:
    """How the associated data of a sealed event names its row."""
    return f"{written_out(room_id)}/{message_id}"


def open_text(
    cipher: AESGCM | None, sealed: bytes | None, column: str, room_id: UUID, message_id: UUID
) -> str | None:
    """The text of an event's column; None where it was erased, by row or by key."""
    if not sealed or cipher is None:
        return None
    return open_at(sealing.place("chat_event", column, event_row(room_id, message_id)), sealed, cipher=cipher)


def open_at(place: bytes, sealed: bytes, *, cipher: AESGCM) -> str | None:
    """The text that was sealed for a place; None where these bytes were not."""
    try:
        return sealing.unseal(bytes(sealed), key=cipher, at=place)
    except keys.WrongKey:
        # Fails closed: a swapped or damaged line shows nothing, and the rest of the room goes on.
        logger.error("a sealed line of a room does not open at its place")
        return None


async def opened_keys(
    connection: Connection, subjects: Iterable[UUID], *, make: bool = False
) -> dict[UUID, AESGCM]:
    """The keys of members, from this process's cache or with one statement; destroyed ones are missing.

    With `make`, keys of members who never wrote are made first, committed on their own: a key must be
    there for good before anything is sealed with it.
    """
    subjects = set(subjects)
    found = keys.cache.all_of(subjects)
    # In one order everywhere: two processes that make the same keys at once must not wait in a circle.
    missing = sorted(subject for subject in subjects if subject not in found)
    if not missing:
        return found
    if make:
        await connection.execute(MAKE_KEYS, [missing, [keys.wrap(subject) for subject in missing]])
    rows = await connection.execute(
        "SELECT subject, wrapped FROM vault.data_key WHERE subject = ANY(%s) AND wrapped IS NOT NULL",
        [missing],
    )
    for subject, wrapped in await rows.fetchall():
        found[subject] = keys.unwrap(subject, wrapped)
        keys.cache.put(subject, found[subject])
    return found
