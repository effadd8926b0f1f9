"""How the writer of a message stands in its room, remembered while the database says that none of it changed.

It stands in six tables. A group's mark (`StandingMark`) changes with any of them, in the same transaction; it
is read under the room's lock for every message, and what was read beside another mark is asked for anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from peersupport.chat.keeping import arrays
from peersupport.chat.keeping.deciding import Draft, LockedRoom, Standing
from peersupport.chat.meeting.meetings import ON
from peersupport.database.pool import Connection

# Of each room whether anything changed that decides who may write, and which meeting is on; then, of the ids
# of messages, those that were used before: mostly none.
SINCE = f"""
SELECT 0, r.id, s.mark, {ON.format(room="r")}, NULL::bigint, NULL::bytea, NULL, NULL, NULL::bytea
FROM chat_room r LEFT JOIN chat_standingmark s ON s.group_id = r.group_id
WHERE r.id = ANY(%(distinct_rooms)s::uuid[])
UNION ALL
SELECT i.n, NULL, NULL, NULL, e.seq, e.body_hash, h.decision, h.why, h.body_hash
FROM unnest(%(rooms)s::uuid[], %(messages)s::uuid[]) WITH ORDINALITY AS i(room, message, n)
LEFT JOIN chat_event e ON e.room_id = i.room AND e.message_id = i.message
LEFT JOIN chat_heldmessage h ON h.room_id = i.room AND h.message_id = i.message
WHERE e.seq IS NOT NULL OR h.decision IS NOT NULL
"""  # noqa: S608 - put together from constants

# How a writer stands, as `Asked` lists it: one answer a draft, each by an index. EXISTS would let the planner
# read whole tables once instead, which is less only until the tables have grown. OFFSET 0 keeps it from
# looking for a writer among all members of her group.
STANDING = """
SELECT s.mark, m.state, m.role, m.pseudonym, u.is_active,
       (SELECT max(x.until) FROM chat_mute x WHERE x.member_id = i.member AND x.lifted_at IS NULL),
       (SELECT max(x.until) FROM chat_readfirst x WHERE x.member_id = i.member AND x.lifted_at IS NULL),
       array(SELECT x.meeting_id FROM chat_arrival x WHERE x.member_id = i.member),
       m.role = 'facilitator' AND coalesce((SELECT false FROM accounts_staffrole x
            WHERE x.user_id = m.user_id AND x.role = 'facilitator' LIMIT 1), true),
       CASE WHEN r.mode = 'hold_first' THEN
           (SELECT count(*) FROM (SELECT FROM chat_event x WHERE x.room_id = i.room
                AND x.member_id = i.member AND x.kind = 'message' LIMIT r.hold_first) AS earlier)
            ELSE 0 END,
       i.reply IS NULL OR coalesce((SELECT x.kind = 'message' FROM chat_event x
            WHERE x.room_id = i.room AND x.message_id = i.reply), false),
       CASE WHEN r.slow_seconds > 0 THEN greatest(
           (SELECT max(x.at) FROM chat_event x WHERE x.room_id = i.room AND x.seq > r.head - 200
                AND x.member_id = i.member AND x.kind = 'message'),
           (SELECT max(x.held_at) FROM chat_heldmessage x WHERE x.room_id = i.room
                AND x.member_id = i.member)) END
FROM unnest(%(rooms)s::uuid[], %(members)s::uuid[], %(replies)s::uuid[])
     WITH ORDINALITY AS i(room, member, reply, n)
LEFT JOIN chat_room r ON r.id = i.room
LEFT JOIN chat_standingmark s ON s.group_id = r.group_id
LEFT JOIN LATERAL (SELECT * FROM groups_membership x WHERE x.id = i.member OFFSET 0) m
    ON m.group_id = r.group_id AND (r.kind = 'group' OR m.role = 'facilitator' OR m.id = r.member_id)
LEFT JOIN accounts_user u ON u.id = m.user_id
ORDER BY i.n
"""

# So many writers are remembered; then all are asked for anew.
MOST = 20_000


class Asked(NamedTuple):
    """What STANDING says of one draft. `muted` and `read_first`: until when; `arrived`: at which meetings."""

    mark: UUID | None
    membership: str | None
    role: str | None
    name: str | None
    is_active: bool | None
    muted: datetime | None
    read_first: datetime | None
    arrived: list[UUID] | None
    role_taken: bool | None
    published: int
    reply_stands: bool
    wrote_at: datetime | None


class Known:
    """One writer in one room: how she stands while she is neither muted nor read first, and until when."""

    __slots__ = ("_arrived", "_asked", "_bound_until", "_plain", "mark")

    def __init__(self, asked: Asked) -> None:
        self.mark, self._asked = asked.mark, asked
        self._arrived = frozenset(asked.arrived or ())
        self._bound_until = max((until for until in (asked.muted, asked.read_first) if until), default=None)
        self._plain = Standing(
            membership=asked.membership,
            role=asked.role,
            name=asked.name,
            is_active=asked.is_active,
            published=asked.published,
            reply_stands=asked.reply_stands,
            wrote_at=asked.wrote_at,
            role_taken=asked.role_taken,
        )

    def standing(self, meeting: UUID | None, now: datetime) -> Standing:
        """How she stands now, while this meeting is on."""
        to_arrive = meeting is not None and meeting not in self._arrived and self._asked.role != "facilitator"
        if not to_arrive and (self._bound_until is None or self._bound_until <= now):
            return self._plain
        muted, read_first = self._asked.muted, self._asked.read_first
        return self._plain._replace(
            to_arrive=to_arrive,
            muted=muted is not None and muted > now,
            read_first=read_first is not None and read_first > now,
        )


# By room and membership. Of this process: whatever mark is found later, it says whether an entry still holds.
_known: dict[tuple[UUID, UUID], Known] = {}


def columns_since(drafts: Sequence[Draft], now: datetime) -> dict[str, Any]:
    """What SINCE is given for a batch; the rooms have to be locked by the statement before it."""
    return {
        "now": now,
        "distinct_rooms": arrays.uuids({draft.room_id for draft in drafts}),
        "rooms": arrays.uuids(draft.room_id for draft in drafts),
        "messages": arrays.uuids(draft.message_id for draft in drafts),
    }


async def of(
    connection: Connection,
    drafts: Sequence[Draft],
    rooms: Mapping[UUID, LockedRoom],
    answers: Iterable[Sequence[Any]],
    *,
    now: datetime,
) -> list[Standing]:
    """How the writer of each draft stands: remembered, or asked for where it may have changed.

    `answers`: to SINCE, for the same drafts.
    """
    marks: dict[UUID, UUID | None] = {}
    meetings: dict[UUID, UUID | None] = {}
    used: dict[int, Sequence[Any]] = {}
    for number, room_id, mark, meeting, *use in answers:
        if number:
            used[number - 1] = use
        else:
            marks[room_id], meetings[room_id] = mark, meeting
    known = [_remembered(draft, rooms, marks) for draft in drafts]
    unknown = [draft for draft, one in zip(drafts, known, strict=True) if one is None]
    asked = iter(await _ask(connection, unknown, rooms) if unknown else ())
    found = [
        (one or next(asked)).standing(meetings.get(draft.room_id), now)
        for draft, one in zip(drafts, known, strict=True)
    ]
    for number, (seq, logged_hash, decision, why, held_hash) in used.items():
        found[number] = found[number]._replace(
            seq=seq, logged_hash=logged_hash, decision=decision, why=why, held_hash=held_hash
        )
    return found


def _remembered(
    draft: Draft, rooms: Mapping[UUID, LockedRoom], marks: Mapping[UUID, UUID | None]
) -> Known | None:
    known = _known.get((draft.room_id, draft.member_id))
    if known is None or known.mark is None or known.mark != marks.get(draft.room_id):
        return None
    return known if _is_plain(draft, rooms) else None


def _is_plain(draft: Draft, rooms: Mapping[UUID, LockedRoom]) -> bool:
    """Whether nothing counts but who she is: neither what she wrote before and when, nor what she answers."""
    room = rooms.get(draft.room_id)
    if draft.reply_to is not None or room is None or room.kind != "group":
        return False
    return room.mode != "hold_first" and not room.slow


async def _ask(
    connection: Connection, drafts: Sequence[Draft], rooms: Mapping[UUID, LockedRoom]
) -> list[Known]:
    columns = {
        "rooms": arrays.uuids(draft.room_id for draft in drafts),
        "members": arrays.uuids(draft.member_id for draft in drafts),
        "replies": arrays.uuids(draft.reply_to for draft in drafts),
    }
    rows = await (await connection.execute(STANDING, columns)).fetchall()
    if len(_known) >= MOST:
        _known.clear()
    answered = [Known(Asked(*row)) for row in rows]
    for draft, one in zip(drafts, answered, strict=True):
        if _is_plain(draft, rooms):
            _known[draft.room_id, draft.member_id] = one
    return answered
