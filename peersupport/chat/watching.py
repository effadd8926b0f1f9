"""The poll of one process: heads of its rooms, whose access ended, who is connected elsewhere.

It bounds what a lost hint, a stopped Redis or a change made by another process can cost: two seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from peersupport.chat.connections import LiveRoom
from peersupport.chat.events import person
from peersupport.database.pool import Connection

PRESENT_FOR = timedelta(seconds=10)

# One statement: refreshes the presence of everyone connected here and of attended rooms, then answers
# three questions at once. `gone` holds only those who must go.
LOOK = """
WITH here AS (
    SELECT * FROM unnest(%(ids)s::uuid[], %(rooms)s::uuid[], %(members)s::uuid[], %(users)s::uuid[],
                         %(sessions)s::text[], %(versions)s::int[], %(hands)s::bool[])
           AS c(id, room, member, "user", session, version, hand)
), seen AS (
    INSERT INTO chat_presence (room_id, member_id, process, hand_up, seen_at)
    SELECT room, member, %(process)s, bool_or(hand), %(now)s FROM here GROUP BY room, member
    ON CONFLICT (room_id, member_id, process)
    DO UPDATE SET seen_at = excluded.seen_at, hand_up = excluded.hand_up
), attended AS (
    UPDATE chat_room SET attended_at = %(now)s WHERE id = ANY(%(attended)s)
)
SELECT 'room', r.id, r.head, r.side_version, NULL::uuid, NULL::text, NULL::text, false
FROM chat_room r WHERE r.id = ANY(%(all)s)
UNION ALL
SELECT 'gone', h.id, NULL::bigint, NULL::bigint, NULL::uuid,
       CASE WHEN m.state IS DISTINCT FROM 'active' THEN 'ejected' ELSE 'signed_out' END, NULL::text, false
FROM here h
LEFT JOIN groups_membership m ON m.id = h.member
LEFT JOIN accounts_user u ON u.id = h."user"
LEFT JOIN accounts_session s ON s.session_key = h.session AND s.expire_date > %(now)s
WHERE m.state IS DISTINCT FROM 'active' OR u.is_active IS NOT TRUE
   OR u.access_version IS DISTINCT FROM h.version OR s.session_key IS NULL
UNION ALL
SELECT DISTINCT 'else', p.room_id, NULL::bigint, NULL::bigint, p.member_id, m.pseudonym, m.role, p.hand_up
FROM chat_presence p JOIN groups_membership m ON m.id = p.member_id
WHERE p.room_id = ANY(%(all)s) AND p.process <> %(process)s AND p.seen_at > %(recent)s
"""


@dataclass
class Seen:
    """The answer of one poll."""

    heads: dict[UUID, tuple[int, int]] = field(default_factory=dict)
    gone: dict[UUID, tuple[int, str]] = field(default_factory=dict)
    elsewhere: dict[UUID, dict[UUID, dict[str, Any]]] = field(default_factory=dict)


async def look(connection: Connection, rooms: Sequence[LiveRoom], *, process: UUID, now: datetime) -> Seen:
    """Asks the database about the rooms and sockets of this process. The number of statements is one."""
    sockets = [one for room in rooms for one in room.connections]
    found = await connection.execute(
        LOOK,
        {
            "now": now,
            "recent": now - PRESENT_FOR,
            "process": process,
            "all": [room.id for room in rooms],
            "attended": [room.id for room in rooms if room.facilitated()],
            "ids": [one.id for one in sockets],
            "rooms": [one.entry.room_id for one in sockets],
            "members": [one.entry.member_id for one in sockets],
            "users": [one.user_id for one in sockets],
            "sessions": [one.session_key for one in sockets],
            "versions": [one.access_version for one in sockets],
            "hands": [one.hand_up for one in sockets],
        },
    )
    seen = Seen()
    for kind, key, head, side, member, name, role, hand in await found.fetchall():
        if kind == "room":
            seen.heads[key] = (head, side)
        elif kind == "gone":
            seen.gone[key] = (4403 if name == "ejected" else 4401, name)
        else:
            people = seen.elsewhere.setdefault(key, {})
            people[member] = {**person(member, name, role), "hand": hand}
    return seen
