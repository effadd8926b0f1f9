"""What waits on the private lines of a group: how much of each parent's no facilitator has read yet.

Never a word of it. It belongs to what stands beside the log of the group's room (beside.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

WAITING = """
SELECT l.id, g.name, l.member_id, m.pseudonym, m.role, count(*), max(e.at)
FROM chat_room l
JOIN groups_supportgroup g ON g.id = l.group_id
JOIN groups_membership m ON m.id = l.member_id
JOIN chat_event e ON e.room_id = l.id AND e.kind = 'message' AND e.member_id = l.member_id
    AND e.body IS NOT NULL AND e.seq > coalesce((
        SELECT max(k.seq) FROM chat_readmark k JOIN groups_membership f ON f.id = k.member_id
        WHERE k.room_id = l.id AND f.role = 'facilitator'), 0)
WHERE l.kind = 'line'
  AND l.group_id IN (SELECT group_id FROM chat_room WHERE id = ANY(%(rooms)s::uuid[]) AND kind = 'group')
GROUP BY l.id, g.name, l.member_id, m.pseudonym, m.role
ORDER BY max(e.at) LIMIT 200
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """So many unread messages of a parent on her line, the newest at `at`; `group` is the group's name."""

    line: UUID
    group: str
    member: UUID
    name: str
    role: str
    count: int
    at: datetime


def waiting_around(rooms: Iterable[UUID]) -> list[Waiting]:
    """What waits on the lines of these groups' rooms, longest waiting first. For facilitators."""
    with connection.cursor() as cursor:
        cursor.execute(WAITING, {"rooms": list(rooms)})
        return [Waiting(*row) for row in cursor.fetchall()]
