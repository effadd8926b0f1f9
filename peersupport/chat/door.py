"""Who stands at the door of a room: what the room is like now, and who she is in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from peersupport.chat.keeping import arrays
from peersupport.chat.meeting.meetings import ON
from peersupport.chat.protocol.events import timestamp
from peersupport.database.pool import Connection

# As chat.access has it: a line, a side room and the facilitators' own are not for everybody of the group. As
# groups.access has it: who is no facilitator of the organisation any more leads no group either.
ENTER = f"""
SELECT i.n, r.id, r.kind, r.state, r.mode, r.head, r.epoch, r.group_id, m.id, m.user_id, m.role,
       m.pseudonym, r.stage, r.stage_until, r.pinned, r.exercise,
       b.meeting IS NOT NULL AND m.role <> 'facilitator' AND NOT EXISTS (
           SELECT 1 FROM chat_arrival x WHERE x.member_id = m.id AND x.meeting_id = b.meeting),
       g.cases_open, (SELECT p.words FROM chat_privatewords p WHERE p.member_id = m.id),
       r.slow_seconds
FROM unnest(%(users)s::uuid[], %(rooms)s::uuid[]) WITH ORDINALITY AS i(person, room, n)
JOIN chat_room r ON r.id = i.room
JOIN groups_supportgroup g ON g.id = r.group_id
JOIN groups_membership m ON m.group_id = r.group_id AND m.user_id = i.person AND m.state = 'active'
CROSS JOIN LATERAL (SELECT {ON.format(room="r")} AS meeting) b
WHERE (r.kind = 'group' OR m.role = 'facilitator' OR m.id = r.member_id)
AND (m.role <> 'facilitator' OR EXISTS (
    SELECT 1 FROM accounts_staffrole s WHERE s.user_id = m.user_id AND s.role = 'facilitator'))
"""  # noqa: S608 - put together from constants


@dataclass(frozen=True, slots=True)
class Entry:
    """A member at the door of a room: what the room is like, and who she is in it.

    `to_arrive`: a meeting is on, and she has not come in by its page.
    """

    room_id: UUID
    kind: str
    state: str
    mode: str
    head: int
    epoch: UUID
    group_id: UUID
    member_id: UUID
    user_id: UUID
    role: str
    name: str
    stage: str = ""
    stage_until: datetime | None = None
    pinned: UUID | None = None
    exercise: str = ""
    to_arrive: bool = False
    cases_open: bool = False
    private_words: bytes | None = None  # sealed; her own, for her own messages
    slow: int = 0

    @property
    def facilitates(self) -> bool:
        return self.role == "facilitator"

    def room(self) -> dict[str, Any]:
        """The room as the protocol describes it."""
        until = timestamp(self.stage_until) if self.stage_until else None
        return {
            "id": str(self.room_id),
            "kind": self.kind,
            "state": self.state,
            "mode": self.mode,
            "slow": self.slow,
            "stage": {"name": self.stage, "until": until} if self.stage else None,
            "pinned": str(self.pinned) if self.pinned else None,
            "exercise": self.exercise or None,
        }


async def entry(connection: Connection, *, user_id: UUID, room_id: UUID) -> Entry | None:
    """Her standing in a room now, or None: for a missing room and a foreign one alike."""
    return (await entries(connection, [(user_id, room_id)]))[0]


async def entries(connection: Connection, visits: Sequence[tuple[UUID, UUID]]) -> list[Entry | None]:
    """The same for several people and rooms, in their order, with one statement."""
    given = {
        "users": arrays.uuids(user for user, _room in visits),
        "rooms": arrays.uuids(room for _user, room in visits),
        "now": timezone.now(),
    }
    rows = await (await connection.execute(ENTER, given)).fetchall()
    found = {n: Entry(*row) for n, *row in rows}
    return [found.get(n) for n in range(1, len(visits) + 1)]
