"""The poll of one process: heads of its rooms, whose access ended, who is connected elsewhere.

It bounds what a lost hint, a stopped Redis or a change made by another process can cost: two seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from peersupport.chat.hub.attending import ATTEND, PRESENT_FOR
from peersupport.chat.hub.company import LiveRoom
from peersupport.chat.hub.connections import Connection
from peersupport.chat.meeting.meetings import ON
from peersupport.chat.protocol.events import person
from peersupport.database.pool import Connection as Database

# Noting the attendance locks the room for a moment, in which nobody's message gets in: not at every poll.
ATTENDED_EVERY = timedelta(seconds=10)

# One statement: refreshes the presence of everyone here and of attended rooms, then answers three questions
# at once. `gone` holds only those who must go, `else` who counts as here (as attending.present_in has it). It
# waits for no locked room: whoever holds the lock may be slow, and the attendance is noted two seconds later.
# A membership erased meanwhile is no row to refresh.
LOOK = """
WITH here AS (
    SELECT * FROM unnest(%(ids)s::uuid[], %(rooms)s::uuid[], %(members)s::uuid[], %(roles)s::text[],
                         %(users)s::uuid[], %(sessions)s::text[], %(versions)s::int[], %(hands)s::bool[],
                         %(resumed)s::bool[])
           AS c(id, room, member, role, "user", session, version, hand, resumed)
), seen AS (
    INSERT INTO chat_presence (room_id, member_id, process, hand_up, seen_at)
    SELECT r.id, m.id, %(process)s, bool_or(h.hand), %(now)s
    FROM here h JOIN chat_room r ON r.id = h.room
    JOIN groups_membership m ON m.id = h.member AND m.state = 'active'
    WHERE h.resumed GROUP BY r.id, m.id ORDER BY r.id, m.id
    ON CONFLICT (room_id, member_id, process)
    DO UPDATE SET seen_at = excluded.seen_at, hand_up = excluded.hand_up
), attended AS (
    {attend}
), begun AS (
    SELECT r.id, {meeting} AS meeting FROM chat_room r WHERE r.id = ANY(%(all)s)
)
SELECT 'room', r.id, r.head, r.side_version, NULL::uuid, r.attended_at::text, NULL::text, false
FROM chat_room r WHERE r.id = ANY(%(all)s)
UNION ALL
SELECT 'gone', h.id, NULL::bigint, NULL::bigint, NULL::uuid,
       CASE WHEN m.state IS DISTINCT FROM 'active' OR r.id IS NULL
              OR NOT (r.kind = 'group' OR m.role = 'facilitator' OR m.id IS NOT DISTINCT FROM r.member_id)
            THEN 'ejected'
            WHEN u.is_active IS TRUE AND (s.session_key IS NOT NULL OR EXISTS (
                SELECT FROM accounts_session n WHERE n.user_id = u.id AND n.went_on_from = h.session
                AND n.expire_date > %(now)s))
            THEN 'restart' ELSE 'signed_out' END, NULL::text, false
FROM here h
LEFT JOIN chat_room r ON r.id = h.room
LEFT JOIN groups_membership m ON m.id = h.member
LEFT JOIN accounts_user u ON u.id = h."user"
LEFT JOIN accounts_session s ON s.session_key = h.session AND s.expire_date > %(now)s
LEFT JOIN begun b ON b.id = h.room AND h.resumed AND m.role = 'parent'
WHERE h.id IS NOT NULL AND (r.id IS NULL OR m.state IS DISTINCT FROM 'active' OR u.is_active IS NOT TRUE
   OR u.access_version IS DISTINCT FROM h.version OR s.session_key IS NULL OR m.role <> h.role
   OR (b.meeting IS NOT NULL AND NOT EXISTS (
       SELECT 1 FROM chat_arrival a WHERE a.meeting_id = b.meeting AND a.member_id = h.member)))
UNION ALL
SELECT 'else', r.id, NULL::bigint, NULL::bigint, p.member_id, m.pseudonym, m.role,
       bool_or(p.hand_up AND p.room_id = r.id)
FROM chat_room r
JOIN chat_room o ON o.group_id = r.group_id AND (
    o.id = r.id OR (r.kind = 'group' AND o.kind = 'side' AND o.state = 'open')
    OR (r.kind = 'line' AND o.kind = 'group'))
JOIN chat_presence p ON p.room_id = o.id AND p.seen_at > %(recent)s
    AND (p.process <> %(process)s OR o.id <> r.id)
JOIN groups_membership m ON m.id = p.member_id AND m.state = 'active'
    AND (o.id = r.id OR r.kind = 'group' OR m.role = 'facilitator')
JOIN accounts_user u ON u.id = m.user_id AND u.is_active
WHERE r.id = ANY(%(all)s)
GROUP BY r.id, p.member_id, m.pseudonym, m.role
""".replace("{attend}", ATTEND).replace("{meeting}", ON.format(room="r"))

# Why somebody must go, and the close code; "restart": what she may do changed (her role, another seat of
# hers, her password in this browser), or a meeting began at which she has to arrive. Her sign-in stands, or
# goes on under another key: she comes back, and the door decides.
CODES = {"ejected": 4403, "signed_out": 4401, "restart": 1012}


@dataclass
class Seen:
    """The answer of one poll."""

    heads: dict[UUID, tuple[int, int]] = field(default_factory=dict)
    gone: dict[UUID, tuple[int, str]] = field(default_factory=dict)
    elsewhere: dict[UUID, dict[UUID, dict[str, Any]]] = field(default_factory=dict)


async def look(
    database: Database,
    rooms: Mapping[UUID, LiveRoom],
    sockets: Mapping[UUID, Connection],
    *,
    process: UUID,
) -> Seen:
    """Asks the database about the rooms, sockets and guests of this process, with one statement."""
    now = timezone.now()
    found = await database.execute(
        LOOK,
        {
            "now": now,
            "recent": now - PRESENT_FOR,
            "process": process,
            "all": list(rooms),
            "attended": [
                room.id for room in rooms.values() if room.facilitated() and _noted_long_ago(room, now)
            ],
            **_columns(rooms, sockets),
        },
    )
    seen = Seen()
    for kind, key, head, side, member, name, role, hand in await found.fetchall():
        if kind == "room":
            seen.heads[key] = (head, side)
            room = rooms.get(key)
            # Everybody may have left it meanwhile.
            if room is not None:
                # As it was before this statement noted it: a room locked just now is noted next time.
                room.attended_at = datetime.fromisoformat(name) if name else None
        elif kind == "gone":
            seen.gone[key] = (CODES[name], name)
        else:
            people = seen.elsewhere.setdefault(key, {})
            people[member] = {**person(member, name, role), "hand": hand}
    return seen


def _noted_long_ago(room: LiveRoom, now: datetime) -> bool:
    return room.attended_at is None or now - room.attended_at > ATTENDED_EVERY


def _columns(rooms: Mapping[UUID, LiveRoom], sockets: Mapping[UUID, Connection]) -> dict[str, list[Any]]:
    names = ("ids", "rooms", "members", "roles", "users", "sessions", "versions", "hands", "resumed")
    rows: list[tuple[Any, ...]] = []
    for one in sockets.values():
        access = (one.user_id, one.session_key, one.access_version)
        entry = one.entry
        rows.append((one.id, entry.room_id, entry.member_id, entry.role, *access, one.hand_up, one.resumed))
    for room in rooms.values():
        # Their access was checked with their request, and is again with the next.
        for guest in room.guests_here():
            entry = guest.entry
            access = (entry.user_id, "", 0)
            rows.append((None, room.id, entry.member_id, entry.role, *access, False, True))
    return {name: [row[place] for row in rows] for place, name in enumerate(names)}
