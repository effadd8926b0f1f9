"""Much that is written in a room at once goes out in few frames, without what was taken back meanwhile."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

import pytest

from peersupport.chat import live
from peersupport.chat.hub import delivering
from peersupport.chat.hub.wire import Wire
from peersupport.chat.protocol.events import LogLine
from tests.chat.conftest import Evening
from tests.chat.talking import Talker, eventually

pytestmark = pytest.mark.django_db(transaction=True)


def frames(person: Talker) -> list[list[int]]:
    """The numbers of the events in each frame that came."""
    pushed = [frame["events"] for frame in person.frames if frame.get("push") == "events"]
    return [[event["seq"] for event in events] for events in pushed]


async def test_the_first_message_goes_out_at_once_and_what_follows_in_a_moment_goes_out_together(
    open_evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "APART_SECONDS", 0.5)
    aino, berit = await open_evening.comes("aino"), await open_evening.comes("berit")
    assert (await aino.post("one"))["seq"] == 1
    await berit.hears(body="one")
    await asyncio.gather(*(aino.post(word) for word in ("two", "three", "four")))
    await berit.hears(body="four")
    assert frames(berit) == frames(aino) == [[1], [2, 3, 4]]


async def test_after_a_frame_with_much_in_it_the_next_one_waits_longer(
    open_evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "MUCH_LINES", 3)
    # Far longer than the test takes: only who comes anew has the room read.
    monkeypatch.setattr(delivering, "MUCH_APART_SECONDS", 600.0)
    monkeypatch.setattr(delivering, "APART_SECONDS", 0.5)
    aino, berit = await open_evening.comes("aino"), await open_evening.comes("berit")
    await aino.post("one")
    await asyncio.gather(*(aino.post(word) for word in ("two", "three", "four")))
    await berit.hears(body="four")
    five = asyncio.create_task(aino.post("five"))
    hub = live.hub_here()
    assert hub is not None
    (room,) = hub.rooms.values()
    await eventually(lambda: room.fresh)
    assert frames(berit) == [[1], [2, 3, 4]]
    assert room.given_next > hub.loop.time() + 500
    await open_evening.comes("elias")
    await berit.hears(body="five")
    assert (await five)["ok"]


async def test_what_its_writer_retracts_before_the_next_frame_is_shown_to_nobody(
    open_evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Far longer than the test takes: only the reading after the retraction can bring the rest.
    monkeypatch.setattr(delivering, "APART_SECONDS", 600.0)
    aino, berit = await open_evening.comes("aino"), await open_evening.comes("berit")
    await aino.post("one")
    await berit.hears(body="one")
    message = uuid4()
    said, retracted = await asyncio.gather(
        aino.post("two", message=message), aino.send("retract", target=str(message))
    )
    assert (said["state"], retracted["ok"]) == ("published", True)
    await berit.hears(kind="retracted")
    assert berit.bodies == ["one", None]
    assert "two" not in str(berit.frames)
    three = asyncio.create_task(aino.post("three"))
    hub = live.hub_here()
    assert hub is not None
    (room,) = hub.rooms.values()
    # It is stored, and waits for its frame.
    await eventually(lambda: room.fresh)
    late = await open_evening.comes("elias")
    assert (await three)["ok"]
    assert late.bodies == ["one", None, "three"]
    # Who comes has the room read, and with her everybody has everything.
    await berit.hears(body="three")


async def test_an_answer_comes_with_the_frame_that_brings_the_room_her_words(
    open_evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[bytes] = []
    aino = await open_evening.comes("aino")
    hub = live.hub_here()
    assert hub is not None
    (here,) = hub.sockets.values()
    transport_write = Wire.write

    def noted(self: Wire, frame: bytes) -> bool:
        written.append(self._held + frame)
        return transport_write(self, frame)

    monkeypatch.setattr(Wire, "write", noted)
    assert (await aino.post("one"))["seq"] == here.sent == 1
    await aino.hears(body="one")
    assert [frame for frame in written if b'"ok":true' in frame and b'"push":"events"' in frame]


async def test_an_answer_that_finds_no_frame_to_come_with_comes_by_itself(
    open_evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    aino = await open_evening.comes("aino")

    def lost(self: delivering.Delivery, room_id: UUID, lines: list[LogLine]) -> None:
        raise RuntimeError("nothing can be given out")

    monkeypatch.setattr(delivering.Delivery, "give", lost)
    assert (await aino.post("one"))["seq"] == 1
