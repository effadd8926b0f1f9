"""What stands beside the log and reaches only some: held messages, reports, decisions, presence rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from peersupport.chat import opening
from peersupport.chat.company import LiveRoom
from peersupport.chat.connections import Connection
from peersupport.chat.events import encode, person, timestamp
from peersupport.chat.log import Entry
from peersupport.database import pool
from peersupport.database.pool import Connection as DatabaseConnection
from peersupport.vault import sealing

MOST = 200
TOLD_FOR = timedelta(hours=24)

VERSION = "SELECT side_version FROM chat_room WHERE id = %(room)s"

HELD = """
SELECT h.id, h.message_id, h.member_id, m.pseudonym, m.role, h.body, h.note, h.reply_to, h.why, h.held_at,
       h.decision, h.reason
FROM chat_heldmessage h JOIN groups_membership m ON m.id = h.member_id
WHERE h.room_id = %(room)s
  AND (h.decision = 'waiting' OR (h.decision = 'declined' AND h.decided_at > %(since)s))
ORDER BY h.held_at LIMIT %(most)s
"""

REPORTS = """
SELECT r.id, r.member_id, m.pseudonym, m.role, r.target, r.reason, r.reported_at
FROM chat_report r JOIN groups_membership m ON m.id = r.member_id
WHERE r.room_id = %(room)s AND r.answered_at IS NULL
ORDER BY r.reported_at LIMIT %(most)s
"""

SIGNALS = """
SELECT s.id, s.member_id, m.pseudonym, m.role, s.message_id, s.kind, s.level, s.at
FROM chat_signal s JOIN groups_membership m ON m.id = s.member_id
WHERE s.room_id = %(room)s AND s.answered_at IS NULL
ORDER BY s.level = 'urgent' DESC, s.at LIMIT %(most)s
"""

MUTES = """
SELECT x.member_id, m.pseudonym, m.role, max(x.until)
FROM chat_mute x JOIN groups_membership m ON m.id = x.member_id
JOIN chat_room r ON r.group_id = m.group_id
WHERE r.id = %(room)s AND x.lifted_at IS NULL AND x.until > %(now)s
GROUP BY 1, 2, 3 LIMIT %(most)s
"""

# A room that is locked by somebody slow is not waited for: the poll notes the attendance two seconds later.
ARRIVE = """
WITH attended AS (
    UPDATE chat_room SET attended_at = %(now)s
    WHERE id IN (SELECT id FROM chat_room WHERE id = %(room)s AND %(facilitates)s
                 FOR NO KEY UPDATE SKIP LOCKED)
)
INSERT INTO chat_presence (room_id, member_id, process, hand_up, seen_at)
VALUES (%(room)s, %(member)s, %(process)s, false, %(now)s)
ON CONFLICT (room_id, member_id, process) DO UPDATE SET seen_at = excluded.seen_at
"""


@dataclass(frozen=True, slots=True)
class Side:
    """Held messages, decisions and reports of a room, with whom each concerns.

    `version` is that of the room before it was read: what is shown is at least as new.
    """

    version: int
    held: list[tuple[UUID, dict[str, Any]]]
    outcomes: list[tuple[UUID, dict[str, Any]]]
    reports: list[dict[str, Any]]
    signals: list[dict[str, Any]]
    mutes: list[tuple[UUID, dict[str, Any]]]

    def frames_for(self, entry: Entry, *, told: set[str] | None = None) -> list[str]:
        """What one member may know: a facilitator everything that waits, a parent only her own.

        Decisions of which `told` knows are left out; new ones are added to it.
        """
        own = [item for member, item in self.held if entry.facilitates or member == entry.member_id]
        muted = [item for member, item in self.mutes if entry.facilitates or member == entry.member_id]
        frames = [encode({"push": "held", "items": own}), encode({"push": "muted", "members": muted})]
        told = set() if told is None else told
        for member, word in self.outcomes:
            if member == entry.member_id and word["target"] not in told:
                told.add(word["target"])
                frames.append(encode(word))
        if entry.facilitates:
            frames.append(encode({"push": "alert", "reports": self.reports, "signals": self.signals}))
        return frames


async def push_all(room: LiveRoom) -> None:
    """Sends the state beside the log to everyone it concerns."""
    async with pool.connection() as connection:
        side = await read(connection, room.id)
    for one in list(room.connections):
        _push(side, one)


async def push_to(connection: Connection) -> None:
    """Sends it to one socket, when it has just come."""
    async with pool.connection() as database:
        side = await read(database, connection.entry.room_id)
    _push(side, connection)


def _push(side: Side, connection: Connection) -> None:
    # Two readings may overtake each other: an older one must not be shown after a newer one.
    if side.version < connection.side_version:
        return
    connection.side_version = side.version
    for frame in side.frames_for(connection.entry, told=connection.told):
        connection.push(frame)


async def read(connection: DatabaseConnection, room_id: UUID) -> Side:
    """Everything beside a room's log that still matters."""
    now = timezone.now()
    given = {"room": room_id, "most": MOST, "since": now - TOLD_FOR, "now": now}
    async with connection.pipeline():
        asked = [await connection.execute(each, given) for each in (VERSION, HELD, REPORTS, SIGNALS, MUTES)]
        found, held, reports, signals, mutes = [await each.fetchall() for each in asked]
    ciphers = await opening.opened_keys(connection, {row[2] for row in held} | {row[1] for row in reports})

    def opened(table: str, column: str, row: UUID, member: UUID, sealed: bytes | None) -> str | None:
        if not sealed or member not in ciphers:
            return None
        place = sealing.place(table, column, row)
        return opening.open_at(place, sealed, cipher=ciphers[member])

    side = Side(version=found[0][0] if found else 0, held=[], outcomes=[], reports=[], signals=[], mutes=[])
    for row, member, name, role, message, kind, level, at in signals:
        signal = {"id": str(row), "by": person(member, name, role), "target": str(message)}
        side.signals.append(signal | {"kind": kind, "level": level, "at": timestamp(at)})
    for member, name, role, until in mutes:
        side.mutes.append((member, {**person(member, name, role), "until": timestamp(until)}))
    for row, message, member, name, role, body, note, reply_to, why, at, decision, reason in held:
        if decision == "declined":
            words = opened("chat_heldmessage", "reason", row, member, reason)
            word = {"push": "outcome", "target": str(message), "decision": decision, "reason": words or ""}
            side.outcomes.append((member, word))
            continue
        item = {
            "id": str(message),
            "by": person(member, name, role),
            "body": opened("chat_heldmessage", "body", row, member, body),
            "note": opened("chat_heldmessage", "note", row, member, note),
            "reply_to": str(reply_to) if reply_to else None,
            "why": why,
            "at": timestamp(at),
        }
        side.held.append((member, item))
    for row, member, name, role, target, reason, at in reports:
        words = opened("chat_report", "reason", row, member, reason)
        side.reports.append(
            {
                "id": str(row),
                "by": person(member, name, role),
                "target": str(target),
                "reason": words or "",
                "at": timestamp(at),
            }
        )
    return side


async def arrive(connection: DatabaseConnection, process: UUID, entry: Entry) -> None:
    """Notes that a member is connected; a facilitator's coming counts for the room at once."""
    await connection.execute(
        ARRIVE,
        {
            "now": timezone.now(),
            "room": entry.room_id,
            "member": entry.member_id,
            "process": process,
            "facilitates": entry.facilitates,
        },
    )


async def depart(process: UUID, entry: Entry) -> None:
    """Takes the note away, when the last socket of hers here has gone."""
    async with pool.connection() as connection:
        await connection.execute(
            "DELETE FROM chat_presence WHERE room_id = %s AND member_id = %s AND process = %s",
            [entry.room_id, entry.member_id, process],
        )
