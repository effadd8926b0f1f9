"""Many members at once, for long, and members who come and go without end."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Iterator
from time import monotonic
from typing import Any
from uuid import UUID

import pytest
from django.db import connections
from websockets.asyncio.client import connect

from peersupport.chat import live
from peersupport.chat.consumer import SUBPROTOCOL
from peersupport.chat.models import Event, Presence
from tests.chat.conftest import Evening
from tests.chat.talking import ORIGIN, Talker, eventually
from tests.doses import Did, dose, resident, size
from tests.load.rooms.crowd import Crowd, Place, Seat
from tests.load.rooms.evening import Gathered, gather
from tests.load.rooms.judging import judge
from tests.load.rooms.sides import Ours
from tests.server.running import serving

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.load]

ROOMS, MEMBERS = size(10, 50), 10
SECONDS = dose(2, 30 * 60)
# In short other tests run beside it, and what they take of the machine is no fault of the server.
ACK_SECONDS = size(1.0, 0.3)
GOINGS, AT_ONCE = dose(200, 20_000), 20
FLAT_BYTES = 12 * 2**20


class Timed(Crowd):
    """Notes when each answer came."""

    answers: dict[str, float]
    due: dict[str, float]

    def answered(self, seat: Seat, reply: dict[str, Any]) -> None:
        """A reply came."""
        self.answers[reply["re"]] = monotonic()
        super().answered(seat, reply)

    async def _send(self, letters: Any, rate: float) -> tuple[dict[str, float], bool]:
        self.due, overrun = await super()._send(letters, rate)
        return self.due, overrun

    def waits(self) -> list[float]:
        """Seconds from the moment a message was due until it was answered, sorted."""
        return sorted(self.answers[key] - at for key, at in self.due.items())


@pytest.fixture
def gathered(transactional_db: None) -> Iterator[list[Gathered]]:
    """Rooms full of members."""
    yield gather(rooms=ROOMS, members=MEMBERS)
    connections.close_all()


@pytest.mark.check(1)
def test_a_house_full_of_rooms_talks_for_an_evening(gathered: list[Gathered], did: Did) -> None:
    hello = '{"cmd":"resume","ref":"hello","after":0}'
    places = [Place(str(one.room), f"/ws/rooms/{one.room}/", one.cookies, hello) for one in gathered]
    # One message a second in each room.
    rate = float(ROOMS)
    with serving() as server:
        crowd = Timed(places, port=server.port, headers=Ours().headers)
        crowd.answers = {}

        async def talking() -> Any:
            await crowd.come()
            await asyncio.sleep(0.5)
            before = resident(server.process.pid)
            talk = await crowd.talk(rate=rate, seconds=SECONDS, warm_up=1)
            judge(talk, crowd, numbered=True)
            grown = resident(server.process.pid) - before
            await crowd.leave()
            return talk, grown

        talk, grown = asyncio.run(talking())
    assert talk.held, (talk.faults, talk.wrong, talk.overrun)
    for place in places:
        stored = Event.objects.filter(room=UUID(place.name), kind="message").order_by("seq")
        assert [(seq, str(key)) for seq, key in stored.values_list("seq", "message_id")] == place.log
    waits = crowd.waits()
    ack = waits[int(len(waits) * 0.95)]
    assert ack < ACK_SECONDS
    did(
        f"{ROOMS * MEMBERS} sockets in {ROOMS} rooms, {rate:g} messages a second for {SECONDS} s:"
        f" {talk.sent} acknowledged, 95 in 100 within {ack * 1000:.0f} ms, {talk.deliveries} deliveries"
        f" (p99 {talk.delay(0.99):.0f} ms), logs as in the database; the server grew by"
        f" {grown / 2**20:.1f} MiB",
    )


@pytest.mark.check(5)
async def test_members_who_come_and_go_leave_nothing_behind(
    unhurried: None, gathered: list[Gathered], evening: Evening, did: Did
) -> None:
    hub = live.hub_here()
    assert hub
    everybody = [(one.room, cookie) for one in gathered for cookie in one.cookies]

    async def come_and_go(turn: int) -> None:
        room, cookie = everybody[turn % len(everybody)]
        async with connect(
            f"ws://127.0.0.1:{evening.port}/ws/rooms/{room}/",
            origin=ORIGIN,  # type: ignore[arg-type]  # the library's NewType for a str
            subprotocols=[SUBPROTOCOL],  # type: ignore[list-item]  # likewise
            additional_headers={"Cookie": cookie},
            compression=None,
        ) as socket:
            person = Talker(socket)
            # Some go before they have said anything.
            if turn % 5:
                assert (await person.send("resume", after=0))["ok"]
                assert (await person.send("hand", up=True))["ok"]

    async def many(count: int) -> None:
        turns = iter(range(count))

        async def one_after_another() -> None:
            for turn in turns:
                await come_and_go(turn)

        await asyncio.gather(*(one_after_another() for _one in range(AT_ONCE)))
        await eventually(lambda: not (hub.sockets or hub.rooms or hub._errands), seconds=20)
        gc.collect()

    await many(max(100, GOINGS // 10))
    before, began = resident(), time.monotonic()
    await many(GOINGS)
    took, grown = time.monotonic() - began, resident() - before
    # A poll that was under way as the last one went takes what it noted away itself.
    async with asyncio.timeout(10):
        while await Presence.objects.aexists():  # noqa: ASYNC110 - the database tells nobody
            await asyncio.sleep(0.02)
    assert grown < FLAT_BYTES
    did(
        f"{GOINGS} members came and went in {took:.0f} s: no room, no socket, no presence left;"
        f" memory {before / 2**20:.0f} MiB before, {grown / 2**20:+.1f} MiB after",
    )
