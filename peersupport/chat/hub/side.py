"""What stands beside the log and reaches only some: held messages, reports, decisions, the course."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.utils import timezone

from peersupport.chat.door import Entry
from peersupport.chat.elsewhere import lines, nearby
from peersupport.chat.keeping import opening
from peersupport.chat.meeting.course import CHECK_INS, COURSE, EVENING, IN_ROUND, Course, course_of
from peersupport.chat.moderating import kind_words
from peersupport.chat.protocol.events import encode, person, timestamp
from peersupport.database.pool import Connection as DatabaseConnection
from peersupport.vault import sealing

Ciphers = dict[UUID, AESGCM]

MOST = 200
# A decision is told until its writer has seen it, and for so long afterwards, as seen.
TOLD_FOR = timedelta(days=7)

# What waits: distress first, then the longest wait.
HELD = """
SELECT h.id, h.message_id, h.member_id, m.pseudonym, m.role, h.body, h.note, h.reply_to, h.why, h.held_at,
       h.decision, h.template, h.reason, h.told_at, s.kind, s.level
FROM chat_heldmessage h JOIN groups_membership m ON m.id = h.member_id
LEFT JOIN chat_signal s ON s.room_id = h.room_id AND s.message_id = h.message_id AND s.answered_at IS NULL
WHERE h.room_id = %(room)s
  AND (h.decision = 'waiting' OR (h.decision = 'declined' AND coalesce(h.told_at > %(since)s, true)))
ORDER BY h.decision = 'waiting' DESC, coalesce(s.level = 'urgent', false) DESC, s.id IS NULL, h.held_at
LIMIT %(most)s
"""

# Elsewhere than in the group's room, and of a facilitator, coordinators alone hear what is reported; the
# answer goes to the member.
REPORTS = """
SELECT r.id, r.member_id, m.pseudonym, m.role, r.kind, r.target, r.reason, r.reported_at,
       r.answered_at, r.template, r.answer, r.told_at, r.decision, w.id, w.pseudonym, w.role
FROM chat_report r JOIN groups_membership m ON m.id = r.member_id JOIN chat_room o ON o.id = r.room_id
LEFT JOIN groups_membership w ON r.kind = 'person' AND w.id = r.target
WHERE r.room_id = %(room)s
  AND (r.answered_at IS NOT NULL OR (o.kind = 'group' AND NOT r.coordinators_alone))
  AND (r.answered_at IS NULL OR coalesce(r.told_at > %(since)s, true))
ORDER BY r.answered_at IS NOT NULL, r.reported_at LIMIT %(most)s
"""

# Those of lines and side rooms as well: who facilitates in the group's room is told of them there, also when
# nobody is left with the member.
SIGNALS = """
SELECT s.id, s.member_id, m.pseudonym, m.role, s.message_id, s.source, s.kind, s.level, s.at
FROM chat_signal s JOIN groups_membership m ON m.id = s.member_id
WHERE s.answered_at IS NULL AND s.room_id IN (
    SELECT %(room)s::uuid UNION ALL
    SELECT l.id FROM chat_room g JOIN chat_room l ON l.group_id = g.group_id AND l.kind IN ('line', 'side')
    WHERE g.id = %(room)s AND g.kind = 'group')
ORDER BY s.level = 'urgent' DESC, s.at LIMIT %(most)s
"""

# Of several the one that lasts longest.
MUTES = """
SELECT DISTINCT ON (x.member_id) x.member_id, m.pseudonym, m.role, x.until, x.id, x.template, x.reason
FROM chat_mute x JOIN groups_membership m ON m.id = x.member_id
JOIN chat_room r ON r.group_id = m.group_id
WHERE r.id = %(room)s AND r.kind = 'group' AND x.lifted_at IS NULL AND x.until > %(now)s
ORDER BY x.member_id, x.until DESC LIMIT %(most)s
"""

READ_FIRST = """
SELECT DISTINCT x.member_id, m.pseudonym, m.role
FROM chat_readfirst x JOIN groups_membership m ON m.id = x.member_id
JOIN chat_room r ON r.group_id = m.group_id
WHERE r.id = %(room)s AND x.lifted_at IS NULL AND x.until > %(now)s LIMIT %(most)s
"""

STATEMENTS = (
    *(COURSE, IN_ROUND, CHECK_INS, HELD, REPORTS, SIGNALS, MUTES, READ_FIRST),
    *(lines.WAITING, nearby.SIDE_ROOMS),
)


@dataclass(frozen=True, slots=True)
class Side:
    """Held messages, decisions and reports of a room, with whom each concerns.

    `version` is that of the room before it was read: what is shown is at least as new. `marks` say of a held
    message, by its id, what facilitators alone may know.
    """

    version: int
    held: list[tuple[UUID, dict[str, Any]]] = field(default_factory=list)
    outcomes: list[tuple[UUID, dict[str, Any]]] = field(default_factory=list)
    reports: list[dict[str, Any]] = field(default_factory=list)
    signals: list[dict[str, Any]] = field(default_factory=list)
    mutes: list[tuple[UUID, dict[str, Any]]] = field(default_factory=list)
    read_first: list[dict[str, Any]] = field(default_factory=list)
    marks: dict[str, dict[str, str]] = field(default_factory=dict)
    lines: list[dict[str, Any]] = field(default_factory=list)
    side_rooms: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    course: Course = field(default_factory=Course)

    def frames_for(self, entry: Entry, *, told: set[str] | None = None) -> list[str]:
        """What one member may know: a facilitator everything that waits, a parent only her own.

        Decisions of which `told` knows are left out; new ones are added to it.
        """
        muted = [item for member, item in self.mutes if entry.facilitates or member == entry.member_id]
        frames = [
            encode({"push": "held", "items": self._held_for(entry)}),
            encode({"push": "muted", "members": muted}),
        ]
        told = set() if told is None else told
        for member, word in self.outcomes:
            known = f"{word['decision']} {word['target']}"
            if member == entry.member_id and known not in told:
                told.add(known)
                frames.append(encode(word))
        frames += self.course.frames_for(entry)
        if entry.facilitates:
            alert = {
                "reports": self.reports,
                "signals": self.signals,
                "read_first": self.read_first,
                "lines": self.lines,
            }
            frames.append(encode({"push": "alert", **alert}))
        frames += nearby.side_room_frames(self.side_rooms, entry, told)
        return frames

    def _held_for(self, entry: Entry) -> list[dict[str, Any]]:
        if not entry.facilitates:
            # In her own order: what sorts the queue of facilitators is not for her to see.
            own = [item for member, item in self.held if member == entry.member_id]
            return sorted(own, key=lambda item: str(item["at"]))
        return [item | self.marks.get(item["id"], {}) for _member, item in self.held]


async def read(connection: DatabaseConnection, room_id: UUID) -> Side:
    """Everything beside a room's log that still matters."""
    now = timezone.now()
    given = {
        "room": room_id,
        "rooms": [room_id],
        "most": MOST,
        "since": now - TOLD_FOR,
        "evening": now - EVENING,
        "now": now,
    }
    async with connection.pipeline():
        asked = [await connection.execute(each, given) for each in STATEMENTS]
        answers = [await each.fetchall() for each in asked]
    room, people, check_ins, held, reports, signals, mutes, read_first, on_lines, side_rooms = answers
    writers = {row[2] for row in held} | {row[1] for row in reports}
    writers |= {row[0] for row in (*mutes, *check_ins)}
    ciphers = await opening.opened_keys(connection, writers)
    course = course_of(room[0] if room else None, people, check_ins, ciphers)
    side = Side(version=room[0][0] if room else 0, course=course)
    for row in held:
        _take_held(side, row, ciphers)
    for row in reports:
        _take_report(side, row, ciphers)
    for row in mutes:
        _take_mute(side, row, ciphers)
    side.lines.extend(nearby.waiting(row) for row in on_lines)
    side.side_rooms.update((room, person(*whose)) for room, *whose in side_rooms)
    for row_id, member, name, role, message, source, kind, level, at in signals:
        signal = {"id": str(row_id), "by": person(member, name, role), "target": str(message)}
        side.signals.append(signal | {"source": source, "kind": kind, "level": level, "at": timestamp(at)})
    side.read_first.extend(person(*row) for row in read_first)
    return side


def _opened(table: str, column: str, row_id: UUID, sealed: bytes | None, cipher: AESGCM | None) -> str | None:
    if not sealed or cipher is None:
        return None
    return opening.open_at(sealing.place(table, column, row_id), sealed, cipher=cipher)


def _take_held(side: Side, row: Sequence[Any], ciphers: Ciphers) -> None:
    row_id, message, member, name, role, body, note, reply_to, why, at, decision, template, *rest = row
    reason, told_at, *mark = rest
    cipher = ciphers.get(member)
    if decision == "declined":
        words = _opened("chat_heldmessage", "reason", row_id, reason, cipher)
        word = _outcome(message, decision, "decline", template, words)
        side.outcomes.append((member, word | {"at": timestamp(at), "seen": told_at is not None}))
        return
    item = {
        "id": str(message),
        "by": person(member, name, role),
        "body": _opened("chat_heldmessage", "body", row_id, body, cipher),
        "note": _opened("chat_heldmessage", "note", row_id, note, cipher),
        "reply_to": str(reply_to) if reply_to else None,
        "why": why,
        "at": timestamp(at),
    }
    side.held.append((member, item))
    kind, level = mark
    if kind:
        side.marks[str(message)] = {"signal": kind, "level": level}


def _outcome(target: UUID, decision: str, act: str, template: str, words: str | None) -> dict[str, Any]:
    """What is told to whom it concerns; `template` where it stands for the reason."""
    found = {"push": "outcome", "target": str(target), "decision": decision}
    if template and not words:
        found["template"] = template
    return found | {"reason": kind_words.said(act, template=template, words=words or "")}


def _take_report(side: Side, row: Sequence[Any], ciphers: Ciphers) -> None:
    row_id, member, name, role, kind, target, reason, at, answered_at, template, answer, told_at, *rest = row
    decision, *whom = rest
    about = {"whom": person(*whom)} if whom[0] else {"about": decision} if decision else {}
    cipher = ciphers.get(member)
    if answered_at is not None:
        words = _opened("chat_report", "answer", row_id, answer, cipher)
        if template or words:
            # Where it is no message of hers, her report itself stands for it.
            word = _outcome(row_id if about else target, "answered", "answer", template, words)
            side.outcomes.append((member, word | about | {"seen": told_at is not None}))
        return
    words = _opened("chat_report", "reason", row_id, reason, cipher)
    found = {"id": str(row_id), "by": person(member, name, role), "kind": kind, "target": str(target)}
    side.reports.append(found | about | {"reason": words or "", "at": timestamp(at)})


def _take_mute(side: Side, row: Sequence[Any], ciphers: Ciphers) -> None:
    member, name, role, until, row_id, template, reason = row
    words = _opened("chat_mute", "reason", row_id, reason, ciphers.get(member))
    found = {**person(member, name, role), "until": timestamp(until)}
    if template and not words:
        found["template"] = template
    found["reason"] = kind_words.said("mute", template=template, words=words or "")
    side.mutes.append((member, found))
