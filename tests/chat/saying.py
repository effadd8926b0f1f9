"""People who are in a room without a browser of their own: what they say comes by the site's own verbs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from asgiref.sync import async_to_sync
from django.utils import timezone

from peersupport.chat import door, log, posting
from peersupport.chat.door import Entry
from peersupport.chat.keeping.deciding import Draft
from peersupport.chat.models import Room
from peersupport.chat.moderating import nobody_alone
from peersupport.chat.protocol.commands import Command
from peersupport.database import pool
from tests.browsing import apart
from tests.chat.conftest import Evening


def says(evening: Evening, name: str, body: str, **given: Any) -> UUID:
    """Somebody of the cast writes to the room; gives the message's id."""
    message = uuid4()
    command = Command(name="post", ref="", given={"id": str(message), "body": body, **given})

    async def post() -> None:
        await posting.post(command, by=await at_the_door(evening, name))

    apart(lambda: async_to_sync(post)())
    return message


def filled(evening: Evening, count: int, *, words: str = "Earlier line {turn}") -> list[UUID]:
    """So many messages at once, by parents in turn; gives their ids, oldest first."""
    messages = [uuid4() for _turn in range(count)]
    seats = [evening.seats[name] for name in ("aino", "berit", "elias")]
    drafts = [
        Draft(evening.room.pk, seats[turn % 3], message, words.format(turn=turn))
        for turn, message in enumerate(messages)
    ]

    async def write() -> None:
        async with pool.connection() as connection:
            for start in range(0, count, 100):
                await log.append(connection, drafts[start : start + 100], now=timezone.now())

    apart(lambda: async_to_sync(write)())
    return messages


def nobody_here_for(seconds: float, evening: Evening) -> None:
    """The last facilitator was seen in the room so long ago, and what follows from that has come about."""
    now = timezone.now()
    Room.objects.filter(pk=evening.room.pk).update(attended_at=now - timedelta(seconds=seconds))
    nobody_alone.tell_members(now)
    nobody_alone.close_unattended(now)


async def at_the_door(evening: Evening, name: str) -> Entry:
    """Her standing in the group's room, as the door finds it."""
    user = getattr(evening.cast, name)
    async with pool.connection() as connection:
        entry = await door.entry(connection, user_id=user.pk, room_id=evening.room.pk)
    assert entry is not None
    return entry
