"""At the door of a room, for sockets and for those who ask again and again: one rule, two statements.

Many come at once, at the beginning of a meeting and after a restart: each step is made for several together.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.utils import timezone

from peersupport.accounts import sessions
from peersupport.accounts.sessions import SignedIn
from peersupport.chat import door, marking
from peersupport.chat.door import Entry
from peersupport.chat.elsewhere import others
from peersupport.chat.hub import beside
from peersupport.database import pool

# The session cookie's value, and the room.
Visit = tuple[str, UUID]
Admitted = tuple[SignedIn, Entry]


async def admitted(cookie: str, room_id: UUID) -> Admitted | None:
    """Who the session cookie's value belongs to, and her standing in the room now.

    None alike for nobody, for staff without their second factor, for a foreign room and for a missing one.
    """
    if not cookie:
        # Nobody: the few connections of the message path are for those who talk.
        return None
    return (await all_admitted([(cookie, room_id)]))[0]


async def all_admitted(visits: Sequence[Visit]) -> list[Admitted | None]:
    """The same for several, in their order."""
    cookies = [cookie for cookie, _room in visits]
    async with pool.connection() as database:
        people = await sessions.signed_in_people(database, cookies, now=timezone.now())
        known = [
            (number, person, visits[number][1])
            for number, person in enumerate(people)
            if person is not None and person.second_factor_ok
        ]
        standing = await door.entries(database, [(person.user_id, room) for _n, person, room in known])
    found = {
        number: (person, one) for (number, person, _room), one in zip(known, standing, strict=True) if one
    }
    return [found.get(number) for number in range(len(visits))]


class Back(NamedTuple):
    """A member as she resumes: her standing now, how far she has read, where else she may go."""

    entry: Entry
    read: int
    rooms: list[dict[str, Any]]


class Returning(NamedTuple):
    """Who wants to resume, where, through which process."""

    user_id: UUID
    room_id: UUID
    process: UUID


async def all_back(returning: Sequence[Returning]) -> list[Back | None]:
    """Lets members in who have shown who they are, in their order; None for who may not enter any more.

    Whoever has to arrive by the meeting's page first is not noted as here.
    """
    async with pool.connection() as database:
        standing = await door.entries(database, [(one.user_id, one.room_id) for one in returning])
        known = [(number, entry) for number, entry in enumerate(standing) if entry is not None]
        entries = [entry for _number, entry in known]
        if not entries:
            return [None for _one in returning]
        async with database.pipeline():
            here = [entry for entry in entries if not entry.to_arrive]
            if here:
                await beside.arrive(database, returning[0].process, here)
            read = await marking.read_up_to(database, entries)
        rooms = await others.read_all(database, entries)
    found = {
        number: Back(entry, seq, around)
        for (number, entry), seq, around in zip(known, read, rooms, strict=True)
    }
    return [found.get(number) for number in range(len(returning))]
