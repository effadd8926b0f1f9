"""The other rooms of a group, as `resume` answers them: which a member may enter, and for whom they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from peersupport.chat import access, acting
from peersupport.chat.door import Entry
from peersupport.chat.keeping import arrays
from peersupport.chat.protocol.events import person
from peersupport.database.pool import Connection

# `lacks`: whether a room that she must find was never made.
OTHERS = """
SELECT i.n, r.id, r.kind, r.state, r.member_id, r.pseudonym, r.role, l.lacks
FROM unnest(%(groups)s::uuid[], %(members)s::uuid[], %(facilitates)s::boolean[])
     WITH ORDINALITY AS i(of_group, member, facilitates, n)
CROSS JOIN LATERAL (
    SELECT i.facilitates AND NOT EXISTS (
               SELECT 1 FROM chat_room t WHERE t.group_id = i.of_group AND t.kind = 'team')
           OR EXISTS (SELECT 1 FROM groups_membership p
                      WHERE p.group_id = i.of_group AND p.role = 'parent' AND p.state = 'active'
                        AND (i.facilitates OR p.id = i.member)
                        AND NOT EXISTS (SELECT 1 FROM chat_room x WHERE x.group_id = i.of_group
                                        AND x.kind = 'line' AND x.member_id = p.id)) AS lacks
    OFFSET 0) l
CROSS JOIN LATERAL (
    SELECT x.id, x.kind, x.state, x.member_id, p.pseudonym, p.role
    FROM chat_room x LEFT JOIN groups_membership p ON p.id = x.member_id
    WHERE x.group_id = i.of_group AND (x.kind = 'group' OR i.facilitates OR x.member_id = i.member)
    ORDER BY x.kind, p.pseudonym LIMIT %(most)s) r
ORDER BY i.n, r.kind, r.pseudonym
"""


async def read(database: Connection, entry: Entry) -> list[dict[str, Any]]:
    """The rooms beside this one that she may enter; what the group lacked is made first."""
    return (await read_all(database, [entry]))[0]


async def read_all(database: Connection, entries: Sequence[Entry]) -> list[list[dict[str, Any]]]:
    """The same for several members, in their order, with one statement."""
    rows = await _rows(database, entries)
    lacking = {
        entry.group_id for entry, hers in zip(entries, rows, strict=True) if any(row[-1] for row in hers)
    }
    if lacking:
        for group_id in sorted(lacking):
            await acting.apart(access.furnish, group_id)
        rows = await _rows(database, entries)
    return [
        [_room(*row[:-1], told=entry.facilitates) for row in hers if row[0] != entry.room_id]
        for entry, hers in zip(entries, rows, strict=True)
    ]


async def _rows(database: Connection, entries: Sequence[Entry]) -> list[list[Any]]:
    given = {
        "groups": arrays.uuids(entry.group_id for entry in entries),
        "members": arrays.uuids(entry.member_id for entry in entries),
        "facilitates": arrays.flags(entry.facilitates for entry in entries),
        "most": access.MOST + 1,
    }
    found: list[list[Any]] = [[] for _entry in entries]
    for number, *row in await (await database.execute(OTHERS, given)).fetchall():
        found[number - 1].append(row)
    return found


def _room(*row: Any, told: bool) -> dict[str, Any]:
    room_id, kind, state, member_id, name, role = row
    room = {"id": str(room_id), "kind": kind, "state": state}
    # For a member they are all hers.
    return room | {"member": person(member_id, name, role)} if told and member_id else room
