"""Whoever answers no ping is not there: a laptop that sleeps does not keep a room attended."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone
from websockets.frames import Frame, Opcode

from peersupport.chat import live
from peersupport.chat.hub import wire as wires
from peersupport.chat.hub.wire import UNREAD_MOST, Wire
from peersupport.chat.models import Room
from peersupport.server import SPEAKING
from tests.chat.conftest import Evening
from tests.chat.talking import eventually
from tests.chat.test_floods import server_side
from tests.chat.test_wire import Visit, sent

PINGS = 0.5


@pytest.fixture
def answered(monkeypatch: pytest.MonkeyPatch) -> list[Wire]:
    """The connections that answered a ping, one entry for each answer. Pings come often, polls never."""
    monkeypatch.setattr(live, "POLL_SECONDS", 3_600)
    monkeypatch.setitem(SPEAKING, "ws_ping_interval", PINGS)
    monkeypatch.setitem(SPEAKING, "ws_ping_timeout", PINGS)
    answers: list[Wire] = []
    handle_pong = Wire.handle_pong

    def noted(wire: Wire, event: Frame) -> None:
        answers.append(wire)
        handle_pong(wire, event)

    monkeypatch.setattr(Wire, "handle_pong", noted)
    return answers


@pytest.mark.check(58)
def test_a_peer_that_is_gone_is_let_go_within_twenty_seconds() -> None:
    assert SPEAKING["ws_ping_interval"] + SPEAKING["ws_ping_timeout"] <= 20


@pytest.mark.check(58)
@pytest.mark.django_db(transaction=True)
async def test_a_facilitator_whose_laptop_sleeps_attends_no_more_and_a_minute_later_messages_wait(
    answered: list[Wire], open_evening: Evening
) -> None:
    hub = live.hub_here()
    assert hub
    facilitator = open_evening.cast.maija.pk
    aino, maija = await open_evening.comes("aino"), await open_evening.comes("maija")
    # Both answer, and so both stay.
    await eventually(lambda: [count > 2 for count in Counter(answered).values()] == [True, True])
    await a_minute_goes_by(open_evening)
    await hub._poll()
    assert await attended(open_evening), "her attendance was never noted"
    aino.frames.clear()
    # Nothing of hers is closed, as when the lid is: the other end just falls silent.
    maija.socket.transport.pause_reading()
    within = 2 * PINGS + wires.CLOSING_SECONDS
    await eventually(lambda: not server_side(hub, facilitator), seconds=within + 5)
    await aino.pushed("presence", lambda one: "facilitator" not in str(one["present"]))
    await a_minute_goes_by(open_evening)
    await hub._poll()
    assert not await attended(open_evening)
    reply = await aino.post("Is anybody here?")
    assert (reply["state"], reply["reason"]) == ("held", "unattended")
    # When she wakes she learns why.
    maija.socket.transport.resume_reading()
    assert await maija.closed() == 1011


async def a_minute_goes_by(evening: Evening) -> None:
    """Seen from the room."""
    room = Room.objects.filter(pk=evening.room.pk)
    await room.aupdate(attended_at=timezone.now() - timedelta(seconds=61))
    hub = live.hub_here()
    assert hub
    # As the last poll of that minute found it.
    hub.rooms[evening.room.pk].attended_at = timezone.now() - timedelta(seconds=61)


async def attended(evening: Evening) -> bool:
    """Whether a facilitator was noted in the room within the last minute."""
    lately = timezone.now() - timedelta(seconds=60)
    return await Room.objects.filter(pk=evening.room.pk, attended_at__gt=lately).aexists()


class Peer:
    """The other end of a visit: answers what it was asked."""

    def __init__(self, visit: Visit) -> None:
        self.pipe, self._seen = visit.pipe, 0

    async def pinged(self) -> bytes:
        """Waits for the next ping and gives the frame that answers it."""
        async with asyncio.timeout(5):
            while not (ping := self._next()):
                self.pipe.news.clear()
                await self.pipe.news.wait()
        return sent(Opcode.PONG, ping)

    def _next(self) -> bytes:
        written = self.pipe.written[self._seen :]
        if not written.startswith(b"\x89"):
            return b""
        ends = 2 + written[1]
        self._seen += ends
        return written[2:ends]


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A close that is not taken in waits for nothing."""
    monkeypatch.setattr(wires, "CLOSING_SECONDS", 0.01)


@pytest.mark.check(58)
async def test_who_answers_no_ping_is_told_so_and_cut_though_nothing_is_taken_in(at_once: None) -> None:
    visit = Visit()
    wire = await visit.begin(pings=0.1)
    peer = Peer(visit)
    wire.data_received(await peer.pinged())
    await peer.pinged()
    assert not visit.pipe.closed, "the one who answered was let go"
    # The pipe does not end by being closed: what was written to it stays unsent.
    async with asyncio.timeout(5):
        await visit.pipe.cut.wait()
    close = visit.pipe.written.rindex(b"\x88")
    assert int.from_bytes(visit.pipe.written[close + 2 : close + 4], "big") == 1011
    visit.end(wire)


@pytest.mark.parametrize("answers", [True, False])
async def test_while_the_server_reads_nothing_an_answer_has_more_time_but_not_for_ever(answers: bool) -> None:
    visit = Visit()
    wire = await visit.begin(pings=60)
    wire.send_keepalive_ping()
    pong = await Peer(visit).pinged()
    wire.wait(True)
    for _time in range(UNREAD_MOST):
        wire.keepalive_timeout()
    assert not visit.pipe.closed
    if answers:
        wire.wait(False)
        wire.data_received(pong)
        wire.send_keepalive_ping()
        wire.wait(True)
    wire.keepalive_timeout()
    assert visit.pipe.closed is not answers
    visit.end(wire)
