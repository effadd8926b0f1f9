"""The course of a meeting beside the log, as sockets are told of it: rounds, check-ins, who just reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from peersupport.chat.door import Entry
from peersupport.chat.keeping import opening
from peersupport.chat.meeting import rounds
from peersupport.chat.meeting.meetings import ON
from peersupport.chat.protocol.events import encode, person, timestamp
from peersupport.vault import sealing

#: How far back a check-in belongs to this evening.
EVENING = timedelta(hours=6)

HARD = {"watch": 1, "urgent": 2}

COURSE = f"""
SELECT r.side_version, r.round, CASE WHEN r.check_in_asked_at > %(evening)s THEN r.check_in_asked_at END,
       r.typing_shown, ARRAY(
    SELECT a.member_id FROM chat_arrival a WHERE a.quiet AND a.meeting_id = {ON.format(room="r")})
FROM chat_room r WHERE r.id = %(room)s
"""  # noqa: S608 - put together from constants

CHECK_INS = """
SELECT c.member_id, m.pseudonym, m.role, c.id, c.value, c.note, c.at, s.kind, s.level
FROM chat_checkin c JOIN groups_membership m ON m.id = c.member_id
LEFT JOIN chat_signal s ON s.room_id = c.room_id AND s.message_id = c.id AND s.answered_at IS NULL
WHERE c.room_id = %(room)s AND c.at > %(evening)s
ORDER BY c.at DESC LIMIT %(most)s
"""

# Names are wanted while a round goes on, and only then.
IN_ROUND = """
SELECT m.id, m.pseudonym, m.role FROM chat_room r JOIN groups_membership m ON m.group_id = r.group_id
WHERE r.id = %(room)s AND r.round IS NOT NULL
"""


@dataclass(slots=True)
class Course:
    """`last` is when each member last said how she is. Everything else as the pushes have it."""

    round: dict[str, Any] | None = None
    asked_at: datetime | None = None
    typing_shown: bool = True
    quiet: frozenset[UUID] = frozenset()
    last: dict[UUID, datetime] = field(default_factory=dict)
    check_ins: list[dict[str, Any]] = field(default_factory=list)

    def frames_for(self, entry: Entry) -> list[str]:
        """What everybody may know, and for facilitators what members said of how they are."""
        frames = [encode({"push": "course", "round": self.round, "check_in_asked": self._asked(entry)})]
        if entry.facilitates:
            frames.append(encode({"push": "checkins", "people": self.check_ins}))
        return frames

    def _asked(self, entry: Entry) -> str | None:
        """When she was asked how she is, if she has not said it since."""
        last = self.last.get(entry.member_id)
        if self.asked_at is None or (last is not None and last >= self.asked_at):
            return None
        return timestamp(self.asked_at)


def course_of(
    row: Sequence[Any] | None,
    people: Sequence[Sequence[Any]],
    check_ins: Sequence[Sequence[Any]],
    ciphers: dict[UUID, AESGCM],
) -> Course:
    """The course from the rows of COURSE, IN_ROUND and CHECK_INS."""
    if row is None:
        return Course()
    _version, going, asked_at, typing_shown, quiet = row
    return Course(
        round=_round(rounds.restored(going), people) if going else None,
        asked_at=asked_at,
        typing_shown=typing_shown,
        quiet=frozenset(quiet),
        last={found[0]: found[6] for found in reversed(check_ins)},
        check_ins=_by_member(check_ins, ciphers),
    )


def _round(going: rounds.Round, people: Sequence[Sequence[Any]]) -> dict[str, Any]:
    named = {str(row[0]): person(*row) for row in people}
    waiting = [named[member] for member in going.waiting if member in named]
    return {
        "turn": waiting[0] if waiting else None,
        "then": waiting[1:],
        "until": timestamp(going.until),
        "minutes": going.minutes,
        "longer": going.longer,
        "others_wait": going.others_wait,
    }


def _by_member(rows: Sequence[Sequence[Any]], ciphers: dict[UUID, AESGCM]) -> list[dict[str, Any]]:
    """The oldest value first, so that a line can be drawn; whose words are hard and not answered, first."""
    people: dict[UUID, dict[str, Any]] = {}
    hard: dict[UUID, int] = {}
    for member, name, role, row_id, value, note, at, kind, level in reversed(rows):
        cipher = ciphers.get(member)
        said = _opened("value", row_id, value, cipher)
        if said is not None:
            one = people.setdefault(member, {"by": person(member, name, role), "values": []})
            words = _opened("note", row_id, note, cipher) or ""
            said_now = {"value": int(said), "note": words, "at": timestamp(at)}
            one["values"].append(said_now | ({"signal": kind, "level": level} if kind else {}))
            hard[member] = max(hard.get(member, 0), HARD.get(level, 0))
    return [people[member] for member in sorted(people, key=lambda member: -hard[member])]


def _opened(column: str, row_id: UUID, sealed: bytes | None, cipher: AESGCM | None) -> str | None:
    if not sealed or cipher is None:
        return None
    return opening.open_at(sealing.place("chat_checkin", column, row_id), sealed, cipher=cipher)
