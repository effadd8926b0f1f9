"""People who are in a room without a browser of their own: what they say comes by the site's own verbs."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from asgiref.sync import async_to_sync

from peersupport.chat import posting
from peersupport.chat.commands import Command
from tests.browsing import apart
from tests.chat.conftest import Evening


def says(evening: Evening, name: str, body: str, **given: Any) -> UUID:
    """Somebody of the cast writes to the room; gives the message's id."""
    message = uuid4()
    command = Command(name="post", ref="", given={"id": str(message), "body": body, **given})
    seat, room = evening.seats[name], evening.room.pk
    apart(lambda: async_to_sync(posting.post)(command, by=seat, room_id=room))
    return message
