"""One client does its worst; its neighbours do not notice."""

from __future__ import annotations

import asyncio
import gc
import itertools
import json
import statistics
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from socket import SO_RCVBUF, SOL_SOCKET, create_connection
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from peersupport.chat import live, log
from peersupport.chat.consumer import SUBPROTOCOL
from peersupport.chat.hub import wire
from peersupport.chat.hub.connections import Connection
from peersupport.chat.keeping.deciding import Draft
from peersupport.chat.models import HeldMessage
from peersupport.chat.protocol import limiting
from peersupport.database import pool
from tests.chat.conftest import Evening
from tests.chat.talking import ORIGIN, PATIENCE, Talker, eventually
from tests.doses import resident

pytestmark = pytest.mark.django_db(transaction=True)

# Of the flood that neighbours talk in.
FLOOD_FRAMES = 1_000
# Seconds by which a neighbour may hear herself later, in the middle, than in a calm time of the same test.
GENEROUS = 1.0


@pytest.mark.check(4)
async def test_a_thousand_frames_a_second_are_told_to_wait_and_neighbours_talk_on(
    open_evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Berit writes for as long as the flood takes; the flood is no message.
    monkeypatch.setattr(limiting, "POSTS", (1e9, 1e9))
    flood, berit = await open_evening.comes("aino"), await open_evening.comes("berit")
    before = [await seconds(berit, f"before the flood {turn}") for turn in range(5)]
    sent = 0

    async def flooding(socket: ClientConnection) -> None:
        """On one socket after the other: each is closed for it."""
        nonlocal sent
        while True:
            with suppress(ConnectionClosed):
                for turn in itertools.count():
                    await socket.send(json.dumps({"cmd": "ping", "ref": str(turn)}))
                    sent += 1
                    # Client and server share this loop, which the client must not keep to itself.
                    await asyncio.sleep(0)
            socket = (await open_evening.comes("aino", resumed=False)).socket

    start = time.monotonic()
    pouring = asyncio.create_task(flooding(flood.socket))
    refused = await flood.one(lambda frame: bool(frame.get("error")))
    assert refused["error"]["code"] == "rate_limited"
    assert 0 < refused["error"]["retry_after"] < 5
    taken: list[float] = []
    while len(taken) < 10 or sent < FLOOD_FRAMES:
        assert time.monotonic() - start < PATIENCE, f"a flood of {sent} frames is none"
        taken.append(await seconds(berit, f"in the flood {len(taken)}"))
    assert not pouring.done(), "all that was in the flood"
    pouring.cancel()
    assert statistics.median(taken) - statistics.median(before) < GENEROUS
    assert await flood.closed() == 4429
    assert (await (await open_evening.comes("elias")).send("ping"))["ok"]


async def seconds(person: Talker, body: str) -> float:
    """How long a message takes from being sent to being heard by its writer."""
    start = time.monotonic()
    assert (await person.post(body))["ok"]
    await person.hears(body=body)
    return time.monotonic() - start


async def test_a_second_socket_or_the_way_without_one_is_no_way_around_the_limit(
    open_evening: Evening,
) -> None:
    devices = [await open_evening.comes("aino") for _device in range(3)]
    replies = await asyncio.gather(
        *(device.post(f"{turn}") for turn in range(15) for device in devices if device.socket)
    )
    codes = [reply["error"]["code"] for reply in replies if not reply["ok"]]
    assert set(codes) == {"rate_limited"}
    assert len(codes) >= 10
    assert (await (await open_evening.comes("berit")).post("not her limit"))["ok"]


@asynccontextmanager
async def reads_nothing(evening: Evening, name: str) -> AsyncIterator[ClientConnection]:
    """A client that resumes and then stops reading, down to its operating system's buffers."""
    line = create_connection(("127.0.0.1", evening.port))
    # What the operating system takes on her behalf stays small.
    line.setsockopt(SOL_SOCKET, SO_RCVBUF, 64 * 1024)
    line.setblocking(False)
    async with connect(
        f"ws://127.0.0.1:{evening.port}/ws/rooms/{evening.room.pk}/",
        sock=line,
        origin=ORIGIN,  # type: ignore[arg-type]  # the library's NewType for a str
        subprotocols=[SUBPROTOCOL],  # type: ignore[list-item]  # likewise
        additional_headers={"Cookie": evening.cookies[name]},
        compression=None,
        max_size=None,
        max_queue=1,
        close_timeout=0.1,
    ) as client:
        await client.send(json.dumps({"cmd": "resume", "ref": "1", "after": 0}))
        assert json.loads(await client.recv())["ok"]
        client.transport.pause_reading()
        yield client


async def written(evening: Evening, events: int, *, size: int) -> None:
    """So many events by somebody else, straight into the log, in transactions of a hundred."""
    member = evening.seats["berit"]
    for start in range(0, events, 100):
        drafts = [
            Draft(evening.room.pk, member, uuid4(), f"{start + line} ".ljust(size, "x"))
            for line in range(100)
        ]
        async with pool.connection() as connection:
            await log.append(connection, drafts, now=timezone.now())
        live.hint(evening.room.pk)
        await asyncio.sleep(0)


def server_side(hub: live.Hub, user_id: object) -> list[object]:
    """The sockets of a person as the server has them."""
    return [one for one in hub.sockets.values() if one.user_id == user_id]


@pytest.mark.check(3)
@pytest.mark.load
async def test_a_socket_that_never_reads_is_let_go_within_bounds_and_resumes_without_a_gap(
    open_evening: Evening,
) -> None:
    hub = live.hub_here()
    assert hub
    aino = open_evening.cast.aino.pk
    berit = await open_evening.comes("berit")
    calm = [await seconds(berit, f"before {turn}") for turn in range(5)]
    async with reads_nothing(open_evening, "aino") as socket:
        await berit.until(lambda: server_side(hub, aino))
        gc.collect()
        before = resident()
        # Ten megabytes: more than what the operating system takes on behalf of who does not read.
        taken, beside_her = [], 0
        for turn in range(1, 11):
            await written(open_evening, 1_000, size=1_000)
            await berit.hears(seq=4 + turn * 1_001)
            beside_her += bool(server_side(hub, aino))
            taken.append(await seconds(berit, f"meanwhile {turn}"))
        await berit.until(lambda: not server_side(hub, aino))
        assert beside_her, "Berit wrote while Aino's socket was there"
        assert statistics.median(taken) - statistics.median(calm) < GENEROUS
        berit.log, berit.frames = berit.log[-1:], []
        gc.collect()
        assert resident() - before < 20 * 2**20
        # The connection is cut although nobody read what the server had to say.
        await lost(open_evening.port, socket, seconds=wire.CLOSING_SECONDS + 5)
    back = await open_evening.comes("aino", resumed=False)
    await back.resume(after=4_321)
    assert [event["seq"] for event in back.log] == list(range(4_322, 10_016))


async def lost(port: int, socket: ClientConnection, *, seconds: float) -> None:
    """Returns when the server's side of a connection is gone, as the operating system knows it."""
    client = socket.transport.get_extra_info("sockname")[1]
    line = f":{port:04X} 0100007F:{client:04X} 01"
    await eventually(lambda: line not in Path("/proc/net/tcp").read_text(), seconds=seconds)


@pytest.mark.check(33)
async def test_who_is_put_out_and_does_not_read_is_out_all_the_same(open_evening: Evening) -> None:
    hub = live.hub_here()
    assert hub
    async with reads_nothing(open_evening, "aino") as socket:
        maija = await open_evening.comes("maija")
        await written(open_evening, 800, size=4_000)
        await maija.until(lambda: maija.seq == 800)
        reply = await maija.send("eject", member=open_evening.public_id("aino"), reason="unsafe")
        assert reply["ok"]
        await lost(open_evening.port, socket, seconds=5)
        assert not server_side(hub, open_evening.cast.aino.pk)


@pytest.mark.check(57)
async def test_words_taken_back_do_not_leave_from_the_queue_of_a_slow_reader(open_evening: Evening) -> None:
    async with reads_nothing(open_evening, "aino") as socket:
        berit = await open_evening.comes("berit")
        # More than four megabytes, the most that the sending side's operating system takes by default.
        await written(open_evening, 1_300, size=4_000)
        message = uuid4()
        assert (await berit.post("I wish I had not said this.", message=message))["ok"]
        await berit.hears(body="I wish I had not said this.")
        assert (await berit.send("retract", target=str(message)))["ok"]
        await berit.hears(kind="retracted")
        socket.transport.resume_reading()
        seen = json.loads(await socket.recv())
        frames = [seen]
        while not any(event["kind"] == "retracted" for event in frames[-1].get("events", [])):
            frames.append(json.loads(await asyncio.wait_for(socket.recv(), PATIENCE)))
    events = [event for frame in frames for event in frame.get("events", [])]
    assert [event["seq"] for event in events] == list(range(1, 1_303))
    assert "I wish" not in json.dumps(frames)


@pytest.fixture
def waiting_page(monkeypatch: pytest.MonkeyPatch) -> Callable[[], dict[str, Any] | None]:
    """Gives the page of the log that waits for its client to read, as soon as one does."""
    pages: list[str] = []
    full: set[object] = set()
    page, pause, resume = Connection.page, wire.Wire.pause_writing, wire.Wire.resume_writing

    async def noted(connection: Connection, frame: str) -> bool:
        if full:
            pages.append(frame)
        return await page(connection, frame)

    monkeypatch.setattr(Connection, "page", noted)

    def paused(one: wire.Wire) -> None:
        full.add(one)
        pause(one)

    def resumed(one: wire.Wire) -> None:
        full.discard(one)
        resume(one)

    monkeypatch.setattr(Connection, "page", noted)
    monkeypatch.setattr(wire.Wire, "pause_writing", paused)
    monkeypatch.setattr(wire.Wire, "resume_writing", resumed)
    return lambda: json.loads(pages[-1]) if pages else None


@pytest.mark.check(57)
async def test_words_taken_back_do_not_leave_with_a_page_on_its_way_to_a_slow_reader(
    open_evening: Evening, waiting_page: Callable[[], dict[str, Any] | None]
) -> None:
    # More than what the operating system takes on behalf of who does not read.
    await written(open_evening, 2_000, size=4_000)
    berit = await open_evening.comes("berit", resumed=False)
    assert (await berit.send("resume", after=2_000))["ok"]
    async with reads_nothing(open_evening, "aino") as socket:
        page = await eventually(waiting_page)
        target = page["events"][100]
        assert (await berit.send("retract", target=target["id"]))["ok"]
        await berit.hears(kind="retracted")
        socket.transport.resume_reading()
        frames: list[dict[str, Any]] = []
        while not any(event["kind"] == "retracted" for one in frames for event in one.get("events", [])):
            frames.append(json.loads(await asyncio.wait_for(socket.recv(), PATIENCE)))
    events = [event for frame in frames for event in frame.get("events", [])]
    assert [event["seq"] for event in events] == list(range(1, 2_002))
    assert {event["body"] for event in events if event.get("id") == target["id"]} == {None}


async def test_the_longest_messages_that_can_be_held_do_not_shut_the_facilitators_out(
    open_evening: Evening,
) -> None:
    """Two hundred held messages of characters that JSON doubles: the list comes, and the socket stays."""
    maija = await open_evening.comes("maija")
    assert (await maija.send("mode", mode="hold_all"))["ok"]
    member = open_evening.seats["aino"]
    drafts = [
        Draft(open_evening.room.pk, member, uuid4(), '"' * 4_000, note='"' * 120) for _held in range(200)
    ]
    async with pool.connection() as connection:
        await log.append(connection, drafts, now=timezone.now())
    live.hint(open_evening.room.pk)
    frame = await maija.pushed("held", lambda one: len(one["items"]) == 200)
    assert frame["items"][0]["body"] == '"' * 4_000
    oskar = await open_evening.comes("oskar")
    assert await oskar.pushed("held", lambda one: len(one["items"]) == 200)
    assert (await oskar.send("release", target=frame["items"][0]["id"]))["ok"]
    assert await HeldMessage.objects.filter(decision="waiting").acount() == 199
