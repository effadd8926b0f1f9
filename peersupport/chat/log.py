"""The room log: append and read after. The SQL of a message's path stands in this file, but for keys
and for how its writer stands (keeping/standings.py).

A room's events are numbered 1, 2, 3 … in commit order: the number is taken from the room's row under its
lock, in the transaction that stores the event. A reader that resumes by number can therefore never miss a
late committer, which a sequence or an identity column would allow.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from peersupport.chat.keeping import arrays, opening, standings
from peersupport.chat.keeping.deciding import Decisions, Draft, LockedRoom, Outcome
from peersupport.chat.protocol.events import PAGE, LogLine
from peersupport.database.pool import Connection
from peersupport.vault import sealing

LOCK = """
SELECT id, state, mode, hold_first, head, attended_at, kind, round, slow_seconds FROM chat_room
WHERE id = ANY(%s::uuid[]) ORDER BY id FOR NO KEY UPDATE
"""
LOCK_FREE = LOCK + " SKIP LOCKED"
# Whoever waits for a room waits longer than anything may hold it, and less than a client does.
WAIT_LONGER = "SET LOCAL statement_timeout = '12s'"

PUBLISH = """
WITH added AS (
    INSERT INTO chat_event (room_id, seq, at, kind, member_id, message_id, reply_to, body, note,
                            body_hash, facts)
    SELECT room, seq, %(now)s, 'message', member, message, reply, body, note, hash, '{}'::jsonb
    FROM unnest(%(rooms)s::uuid[], %(seqs)s::bigint[], %(members)s::uuid[], %(messages)s::uuid[],
                %(replies)s::uuid[], %(bodies)s::bytea[], %(notes)s::bytea[], %(hashes)s::bytea[])
         AS i(room, seq, member, message, reply, body, note, hash)
)
UPDATE chat_room r SET head = v.head, side_version = r.side_version + v.side
FROM unnest(%(changed)s::uuid[], %(heads)s::bigint[], %(sides)s::bigint[]) AS v(id, head, side)
WHERE r.id = v.id
"""

HOLD = """
INSERT INTO chat_heldmessage (id, room_id, message_id, member_id, body, note, body_hash, reply_to, why,
                              held_at, decision, template, reason)
SELECT *, %(now)s, 'waiting', '', ''::bytea
FROM unnest(%(ids)s::uuid[], %(rooms)s::uuid[], %(messages)s::uuid[],
    %(members)s::uuid[], %(bodies)s::bytea[], %(notes)s::bytea[], %(hashes)s::bytea[], %(replies)s::uuid[],
    %(whys)s::text[])
"""

SIGNAL = """
INSERT INTO chat_signal (id, room_id, member_id, message_id, kind, level, at)
SELECT gen_random_uuid(), *, %(now)s FROM unnest(%(rooms)s::uuid[], %(members)s::uuid[], %(messages)s::uuid[],
    %(kinds)s::text[], %(levels)s::text[])
"""

READ = """
SELECT i.room, r.head, r.side_version, e.seq, e.at, e.kind, e.member_id, m.pseudonym, m.role,
       e.message_id, e.reply_to, e.target, e.body, e.note, e.facts
FROM unnest(%(rooms)s::uuid[], %(afters)s::bigint[]) AS i(room, after)
JOIN chat_room r ON r.id = i.room
LEFT JOIN LATERAL (SELECT * FROM chat_event x WHERE x.room_id = i.room AND x.seq > i.after
                   ORDER BY x.seq LIMIT %(most)s) e ON true
LEFT JOIN groups_membership m ON m.id = e.member_id
ORDER BY i.room, e.seq
"""


async def append(connection: Connection, drafts: Sequence[Draft], *, now: datetime) -> list[Outcome]:
    """Takes messages of any rooms into their logs in one transaction and says what became of each.

    Rooms are locked in id order, so that two processes never wait for one another in a circle. Nothing is
    acknowledged before this returns: by then the transaction has committed.
    """
    ciphers = await _keys_of(connection, drafts)
    async with connection.transaction():
        await connection.execute(WAIT_LONGER)
        found = await _append(connection, drafts, ciphers, now=now, lock=LOCK)
    return [outcome for outcome in found if outcome is not None]


async def append_free(
    connection: Connection, drafts: Sequence[Draft], *, now: datetime
) -> list[Outcome | None]:
    """The same, but waits for no room: None for messages of rooms that somebody else has locked."""
    ciphers = await _keys_of(connection, drafts)
    # What goes through a pipeline until it is synced is one transaction ("Pipeline Mode" in the manual of
    # PostgreSQL): to begin it and to commit it takes no statements.
    return await _append(connection, drafts, ciphers, now=now, lock=LOCK_FREE)


async def _keys_of(connection: Connection, drafts: Sequence[Draft]) -> dict[UUID, AESGCM]:
    return await opening.opened_keys(connection, {draft.member_id for draft in drafts}, make=True)


async def _append(
    connection: Connection,
    drafts: Sequence[Draft],
    ciphers: dict[UUID, AESGCM],
    *,
    now: datetime,
    lock: str,
) -> list[Outcome | None]:
    # Two journeys to the database, lock and ask, store; a third where a writer has to be asked for anew.
    async with connection.pipeline():
        # Both are under way before either is answered; the second begins when the rooms are locked.
        columns = standings.columns_since(drafts, now)
        locked = await connection.execute(lock, [columns["distinct_rooms"]])
        since = await connection.execute(standings.SINCE, columns)
        rooms = {row[0]: LockedRoom(*row[1:]) for row in await locked.fetchall()}
        found = await standings.of(connection, drafts, rooms, await since.fetchall(), now=now)
        decisions = Decisions(rooms, writers=set(ciphers), now=now)
        outcomes = [
            decisions.decide(draft, standing) if lock is LOCK or draft.room_id in rooms else None
            for draft, standing in zip(drafts, found, strict=True)
        ]
        # Everything is made before the first of it is sent: what fails in between must leave nothing behind.
        # Mostly everything comes into the log, in the order in which it was asked for.
        same = columns if len(decisions.published) == len(drafts) else {}
        for statement, stored in list(_to_store(decisions, ciphers, now, same)):
            await connection.execute(statement, stored)
    return outcomes


def _to_store(
    decisions: Decisions, ciphers: dict[UUID, AESGCM], now: datetime, same: dict[str, Any]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """The statements that store what was decided, with what they are given.

    `same`: columns put together before that serve for what is published as they are.
    """
    grown = {draft.room_id for draft, _seq, _hash in decisions.published}
    changed = [(key, room) for key, room in decisions.rooms.items() if key in grown or room.side]
    if changed:
        yield PUBLISH, {**_columns_published(decisions, changed, ciphers, same), "now": now}
    if decisions.held:
        yield HOLD, _columns_held(decisions, ciphers, now)
    if decisions.signals:
        yield SIGNAL, _columns_signalled(decisions, now)


def _columns_published(
    decisions: Decisions,
    changed: list[tuple[UUID, LockedRoom]],
    ciphers: dict[UUID, AESGCM],
    same: dict[str, Any],
) -> dict[str, Any]:
    drafts = [draft for draft, _seq, _hash in decisions.published]

    def sealed(column: str, draft: Draft, text: str) -> bytes | None:
        place = sealing.place("chat_event", column, opening.event_row(draft.room_id, draft.message_id))
        return sealing.seal(text, key=ciphers[draft.member_id], at=place) if text else None

    return {
        "rooms": same.get("rooms") or arrays.uuids(draft.room_id for draft in drafts),
        "seqs": arrays.numbers(seq for _draft, seq, _hash in decisions.published),
        "members": arrays.uuids(draft.member_id for draft in drafts),
        "messages": same.get("messages") or arrays.uuids(draft.message_id for draft in drafts),
        "replies": arrays.uuids(draft.reply_to for draft in drafts),
        "bodies": arrays.octets(sealed("body", draft, draft.body) for draft in drafts),
        "notes": arrays.octets(sealed("note", draft, draft.note) for draft in drafts),
        "hashes": arrays.octets(fingerprint for _draft, _seq, fingerprint in decisions.published),
        "changed": arrays.uuids(room_id for room_id, _room in changed),
        "heads": arrays.numbers(room.head for _room_id, room in changed),
        "sides": arrays.numbers(room.side for _room_id, room in changed),
    }


def _columns_held(decisions: Decisions, ciphers: dict[UUID, AESGCM], now: datetime) -> dict[str, Any]:
    drafts = [draft for draft, _why, _hash in decisions.held]
    ids = [uuid4() for _draft in drafts]

    def sealed(column: str, row: UUID, draft: Draft, text: str) -> bytes:
        place = sealing.place("chat_heldmessage", column, row)
        return sealing.seal(text, key=ciphers[draft.member_id], at=place) if text else b""

    return {
        "now": now,
        "ids": ids,
        "rooms": [draft.room_id for draft in drafts],
        "messages": [draft.message_id for draft in drafts],
        "members": [draft.member_id for draft in drafts],
        "bodies": [sealed("body", row, draft, draft.body) for row, draft in zip(ids, drafts, strict=True)],
        "notes": [sealed("note", row, draft, draft.note) for row, draft in zip(ids, drafts, strict=True)],
        "hashes": [fingerprint for _draft, _why, fingerprint in decisions.held],
        "replies": [draft.reply_to for draft in drafts],
        "whys": [why for _draft, why, _hash in decisions.held],
    }


def _columns_signalled(decisions: Decisions, now: datetime) -> dict[str, Any]:
    return {
        "now": now,
        "rooms": [draft.room_id for draft, _signal in decisions.signals],
        "members": [draft.member_id for draft, _signal in decisions.signals],
        "messages": [draft.message_id for draft, _signal in decisions.signals],
        "kinds": [signal.kind for _draft, signal in decisions.signals],
        "levels": [signal.level for _draft, signal in decisions.signals],
    }


@dataclass(slots=True)
class News:
    """What a room has that the reader has not: its head, the state beside the log, and new events."""

    head: int
    side_version: int
    lines: list[LogLine] = field(default_factory=list)


async def read_after(
    connection: Connection, wanted: dict[UUID, int], *, most: int = PAGE
) -> dict[UUID, News]:
    """For each room that exists at most `most` events after the given number, one statement for all."""
    found = await connection.execute(
        READ, {"rooms": list(wanted), "afters": list(wanted.values()), "most": most}
    )
    rows = await found.fetchall()
    ciphers = await opening.opened_keys(connection, {row[6] for row in rows if row[12] or row[13]})
    read: dict[UUID, News] = {}
    for room_id, head, side, *event in rows:
        news = read.setdefault(room_id, News(head, side))
        if event[0] is not None:
            news.lines.append(_line(room_id, event, ciphers))
    return read


def _line(room: UUID, event: Sequence[Any], ciphers: dict[UUID, AESGCM]) -> LogLine:
    seq, at, kind, member, name, role, message, reply_to, target, body, note, facts = event
    cipher = ciphers.get(member)
    return LogLine(
        seq=seq,
        at=at,
        kind=kind,
        member_id=member,
        name=name,
        role=role,
        message_id=message,
        reply_to=reply_to,
        target=target,
        body=opening.open_text(cipher, body, "body", room, message),
        note=opening.open_text(cipher, note, "note", room, message),
        facts=facts or {},
    )
