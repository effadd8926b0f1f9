"""The server is killed, and the facilitators do not come back: every message waits, members are told calmly,
and after five minutes the room closes with care.

Real processes and kill -9. The clock is moved where it is kept, in the room's row: nothing waits a minute.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from html import unescape

import pytest
from asgiref.sync import sync_to_async
from django.urls import reverse
from django.utils import timezone

from peersupport.chat.models import Event, HeldMessage, Presence, Room
from tests.chat.processes import Servers
from tests.chat.talking import Talker, talker
from tests.conftest import SecureClient
from tests.server.running import Running

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.load, pytest.mark.check(58)]


class Night:
    """An evening whose servers die under its people."""

    def __init__(self, servers: Servers, stack: AsyncExitStack) -> None:
        self.servers, self.evening, self._stack = servers, servers.evening, stack

    async def comes(self, name: str, *, to: Running | None = None) -> Talker:
        """Somebody enters through the newest server, or through another one."""
        port = to.port if to else self.evening.port
        cookie = self.evening.cookies[name]
        return await self._stack.enter_async_context(talker(port, self.evening.room.pk, cookie))

    async def server_dies(self, running: Running | None = None) -> None:
        """kill -9: nobody says goodbye for those who were there."""
        await asyncio.to_thread(self.servers.kill, running)

    async def another_starts(self) -> Running:
        """Anew, as a supervisor would."""
        return await asyncio.to_thread(self.servers.start)

    async def nobody_for(self, seconds: float) -> None:
        """As if so long had passed since a facilitator was last seen, and everybody's last sign of life."""
        ago = timezone.now() - timedelta(seconds=seconds)
        await Room.objects.filter(pk=self.evening.room.pk).aupdate(attended_at=ago)
        await Presence.objects.filter(room=self.evening.room.pk).aupdate(seen_at=ago)

    async def a_facilitator_is_noted(self) -> None:
        """Waits until a server itself has written down that one is here: it does, every ten seconds."""
        async with asyncio.timeout(15):
            while not await Room.objects.filter(  # noqa: ASYNC110 - it is another process that writes it
                pk=self.evening.room.pk, attended_at__gt=timezone.now() - timedelta(seconds=15)
            ).aexists():
                await asyncio.sleep(0.1)

    async def nobody_is_noted(self, name: str) -> None:
        """Waits until a server has written down that somebody went; that moment counts as attended."""
        hers = Presence.objects.filter(room=self.evening.room.pk, member=self.evening.seats[name])
        async with asyncio.timeout(15):
            while await hers.aexists():  # noqa: ASYNC110 - likewise
                await asyncio.sleep(0.1)

    async def log(self) -> list[str]:
        """What kinds of lines the room's log has."""
        events = Event.objects.filter(room=self.evening.room.pk).order_by("seq")
        return [kind async for kind in events.values_list("kind", flat=True)]

    @sync_to_async
    def page(self, name: str) -> str:
        """The room's page as it stands before any script, for one of the cast."""
        client = SecureClient()
        client.force_login(getattr(self.evening.cast, name))
        answer = client.get(reverse("chat:room", args=[self.evening.room.pk]))
        assert answer.status_code == 200
        return unescape(answer.content.decode()).split('id="room-config"')[0]


@pytest.fixture
async def night(servers: Servers) -> AsyncIterator[Night]:
    """The room is open, and a server is up."""
    async with AsyncExitStack() as stack:
        yield Night(servers, stack)


async def test_a_killed_server_takes_the_facilitators_along_and_within_a_minute_every_message_waits(
    night: Night,
) -> None:
    await night.comes("maija")
    aino = await night.comes("aino")
    # It is the server that notes her, not the fixture.
    await night.nobody_for(50)
    await night.a_facilitator_is_noted()
    assert (await aino.post("Good that you are here."))["state"] == "published"

    await night.server_dies()
    await night.another_starts()
    aino = await night.comes("aino")
    await night.nobody_for(50)
    assert (await aino.post("Is it just me?"))["state"] == "published"

    await night.nobody_for(61)
    held = await aino.post("Is anybody here?")
    assert (held["state"], held["reason"]) == ("held", "unattended")
    await aino.hears(kind="unattended")
    berit = await night.comes("berit")
    await berit.hears(kind="unattended")
    assert "Is anybody here?" not in berit.bodies
    calm = "No facilitator is here just now. What you write waits until one is back"
    assert calm in (await night.page("berit")).split('data-part="alone"')[1]

    maija = await night.comes("maija")
    await aino.hears(kind="attended")
    waiting = await maija.pushed("held", lambda one: one["items"])
    assert [(item["body"], item["why"]) for item in waiting["items"]] == [("Is anybody here?", "unattended")]
    assert (await aino.post("There you are."))["state"] == "published"
    assert await night.log() == ["message", "message", "unattended", "attended", "message"]


async def test_five_minutes_after_it_was_killed_the_room_closes_with_care_and_lines_to_call(
    night: Night,
) -> None:
    await night.comes("maija")
    aino = await night.comes("aino")
    await night.nobody_for(61)
    await night.a_facilitator_is_noted()
    await night.server_dies()
    # Nobody looks after the room while no server is there: the next one does, before anybody asks.
    await night.nobody_for(240)
    await night.another_starts()
    aino = await night.comes("aino")
    await aino.hears(kind="unattended")
    assert (await aino.post("What now?"))["reason"] == "unattended"
    assert 'data-phase="open"' in await night.page("aino")

    await night.server_dies()
    await night.nobody_for(301)
    await night.another_starts()
    aino = await night.comes("aino")
    await aino.pushed("held", lambda one: [item["body"] for item in one["items"]] == ["What now?"])
    closed = await aino.hears(kind="closed")
    assert closed["why"] == "unattended"
    assert (await aino.post("Anyone?"))["error"]["code"] == "closed"
    page = await night.page("aino")
    assert 'data-phase="unattended"' in page
    care = page.split('data-phase-section="unattended"')[1].split("</section>")[0]
    assert "It is not because of anything you wrote." in care
    assert 'href="tel:' in care
    # What waited is hers to see, and a facilitator's to read.
    assert "What now?" in page
    assert await HeldMessage.objects.filter(decision=HeldMessage.Decision.WAITING).acount() == 1
    # Killed again meanwhile: what waited was kept, and nobody was told a second time.
    assert await night.log() == ["unattended", "closed"]


async def test_a_facilitator_at_another_server_keeps_the_room_going_until_that_one_dies_too(
    night: Night,
) -> None:
    first = night.servers.running
    second = await night.another_starts()
    aino, maija = await night.comes("aino", to=second), await night.comes("maija", to=first)
    oskar = await night.comes("oskar", to=second)
    await night.server_dies(first)
    await night.nobody_for(61)
    await night.a_facilitator_is_noted()
    assert (await aino.post("One of you is still here."))["state"] == "published"
    await oskar.socket.close()
    await night.nobody_is_noted("oskar")
    await night.nobody_for(61)
    assert (await aino.post("And now?"))["reason"] == "unattended"
    assert maija.log == []
