"""At the door of a room, for sockets and for those who ask again and again: one rule, two statements."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from peersupport.accounts import sessions
from peersupport.accounts.sessions import SignedIn
from peersupport.chat import log
from peersupport.chat.log import Entry
from peersupport.database import pool


async def admitted(cookie: str, room_id: UUID) -> tuple[SignedIn, Entry] | None:
    """Who the session cookie's value belongs to, and her standing in the room now.

    None alike for nobody, for staff without their second factor, for a foreign room and for a missing one.
    """
    if not cookie:
        # Nobody: the few connections of the message path are for those who talk.
        return None
    async with pool.connection() as database:
        person = await sessions.signed_in_person(database, cookie, now=timezone.now())
        if person is None or not person.second_factor_ok:
            return None
        entry = await log.entry(database, user_id=person.user_id, room_id=room_id)
    return (person, entry) if entry else None
