"""What the shared commit meets: answers that are lost, rooms that are locked, a pool with nothing left."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone
from psycopg import AsyncConnection, OperationalError

from peersupport.chat import live, log
from peersupport.chat.hub import wire
from peersupport.chat.keeping.committing import Committer
from peersupport.chat.keeping.deciding import Draft, Published
from peersupport.chat.models import Event, Room, Signal
from peersupport.chat.protocol import limiting
from peersupport.database import pool
from tests.chat.conftest import Evening
from tests.chat.talking import PATIENCE, Talker, eventually

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is told to slow down."""
    for name in ("FRAMES", "POSTS", "RESUMES"):
        monkeypatch.setattr(limiting, name, (1e9, 1e9))


async def all_of(connections: pool.Pool) -> list[tuple[pool.Pool, pool.Connection]]:
    """Takes everything a pool has, and lets nobody wait long for more."""
    connections.timeout = 0.3
    return [(connections, await connections.getconn()) for _one in range(connections.max_size)]


@asynccontextmanager
async def locked(room_id: UUID) -> AsyncIterator[None]:
    """Another process holds the room meanwhile."""
    async with await AsyncConnection.connect(**pool._parameters()) as other, other.transaction():
        await other.execute("SELECT FROM chat_room WHERE id = %s FOR NO KEY UPDATE", [room_id])
        yield


def committer() -> Committer:
    """The one that the server uses."""
    hub = live.hub_here()
    assert hub
    return hub.committer


async def logged(room_id: UUID) -> list[tuple[int, UUID | None]]:
    """Numbers and ids as the database has them."""
    rows = Event.objects.filter(room=room_id, kind="message").order_by("seq")
    return [row async for row in rows.values_list("seq", "message_id")]


async def all_have(people: list[Talker], head: int) -> None:
    """Everybody has everything up to this number, without a gap and nothing twice, in one order."""
    for person in people:
        await person.until(partial(_has, person, head))
        assert person.log == people[0].log


def _has(person: Talker, head: int) -> bool:
    return person.seq == head


class LosesAnswers:
    """A way to the database that breaks after the commit and before its answer, at these calls."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, at: set[int]) -> None:
        self.left, self._append, self._calls = at, log.append_free, itertools.count()
        monkeypatch.setattr(log, "append_free", self)

    async def __call__(self, connection: Any, drafts: Any, **given: Any) -> Any:
        """Commits, and says nothing of it."""
        outcomes = await self._append(connection, drafts, **given)
        call = next(self._calls)
        if call in self.left:
            self.left.discard(call)
            await connection.close()
            raise OperationalError("consuming input failed: server closed the connection unexpectedly")
        return outcomes


@pytest.mark.check(9, 12)
async def test_a_commit_whose_answer_is_lost_is_acknowledged_once_and_heard_once(
    open_evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [await open_evening.comes(name) for name in ("aino", "berit", "elias", "maija")]
    lost = LosesAnswers(monkeypatch, at={0, 2, 5})
    replies = [
        reply
        for turn in range(4)
        for reply in await asyncio.gather(*(person.post(f"turn {turn}") for person in people))
    ]
    assert not lost.left
    assert sorted(reply["seq"] for reply in replies) == list(range(1, 17))
    await all_have(people, 16)
    assert len(await logged(open_evening.room.pk)) == 16


@pytest.mark.check(9, 12)
async def test_a_message_that_was_stored_although_she_was_told_it_failed_is_the_same_message_when_sent_again(
    open_evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    aino, berit = await open_evening.comes("aino"), await open_evening.comes("berit")
    message = uuid4()
    lost = LosesAnswers(monkeypatch, at={0, 1})
    refused = await aino.post("Did that arrive?", message=message)
    assert (refused["error"]["code"], lost.left) == ("internal", set())
    await berit.hears(body="Did that arrive?")
    assert (await aino.post("Did that arrive?", message=message))["seq"] == 1
    assert await logged(open_evening.room.pk) == [(1, message)]


async def test_a_bad_message_beside_a_room_that_is_locked_leaves_nobody_waiting_for_ever(
    open_evening: Evening, toivo_is_there: None, poison: str
) -> None:
    """What could not be stored together is tried one by one, and each meets the lock anew."""
    birch = await Room.objects.acreate(
        group=open_evening.cast.birch, kind="team", state="open", attended_at=timezone.now()
    )
    here = open_evening.room.pk
    drafts = [Draft(here, open_evening.seats["aino"], uuid4(), f"{turn}") for turn in range(30)]
    drafts.insert(15, Draft(birch.pk, open_evening.seats["toivo"], uuid4(), poison))
    async with locked(here):
        answers = [asyncio.create_task(committer().commit(draft)) for draft in drafts]
        await asyncio.wait(answers, return_when=asyncio.FIRST_COMPLETED)
        for _lane in range(100):
            await asyncio.sleep(0)
        assert [answer.done() for answer in answers].count(True) == 1
    async with asyncio.timeout(PATIENCE):
        outcomes = await asyncio.gather(*answers)
    seqs = [one.seq for one in outcomes if isinstance(one, Published)]
    # In the order in which they came.
    assert seqs == list(range(1, 31))
    assert [message for _seq, message in await logged(here)] == [
        draft.message_id for draft in drafts if draft.room_id == here
    ]


async def test_a_room_that_is_locked_again_and_again_under_load_loses_nothing_and_keeps_one_order(
    open_evening: Evening, unhurried: None
) -> None:
    """Shared commits, tries and lanes take turns at the same room, in which two committers write."""
    people = [await open_evening.comes(name) for name in ("aino", "berit", "elias", "maija")]
    here = open_evening.room.pk
    hub = live.hub_here()
    assert hub
    # As in another process: what it commits is known here by reading alone.
    other = Committer(published=lambda room, _lines: hub.touch(room), changed=hub.touch)
    done = asyncio.Event()

    async def disturb() -> None:
        while not done.is_set():
            async with locked(here):
                await asyncio.sleep(0.03)
            await asyncio.sleep(0.01)

    async def write(person: Talker) -> list[int]:
        return [(await person.post(f"{turn}"))["seq"] for turn in range(25)]

    async def write_there(name: str) -> list[int]:
        drafts = [Draft(here, open_evening.seats[name], uuid4(), f"there {turn}") for turn in range(25)]
        outcomes = [await other.commit(draft) for draft in drafts]
        return [one.seq for one in outcomes if isinstance(one, Published)]

    disturbing = asyncio.create_task(disturb())
    written = await asyncio.gather(
        *(write(person) for person in people), *(write_there(name) for name in ("oskar", "aino"))
    )
    done.set()
    await disturbing
    assert all(seqs == sorted(seqs) for seqs in written)
    assert sorted(seq for seqs in written for seq in seqs) == list(range(1, 151))
    await all_have(people, 150)


async def test_a_line_that_breaks_while_all_are_told_costs_the_others_nothing(
    open_evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, write = list[wire.Wire](), wire.Wire.write

    def breaks(one: wire.Wire, frame: bytes) -> bool:
        if b"Is anybody there?" in frame and len(broken) < 2:
            broken.append(one)
            raise RuntimeError("unable to perform operation on <TCPTransport>; the handler is closed")
        return write(one, frame)

    monkeypatch.setattr(wire.Wire, "write", breaks)
    people = [await open_evening.comes(name) for name in ("aino", "berit", "elias", "maija")]
    assert (await asyncio.gather(*(person.post("Is anybody there?") for person in people)))[-1]["ok"]
    assert len(broken) == 2
    await all_have(people, 4)


@pytest.mark.check(13, 14)
async def test_who_resumes_while_messages_are_given_out_misses_none(
    open_evening: Evening, unhurried: None
) -> None:
    writers = [await open_evening.comes(name) for name in ("aino", "berit", "elias")]
    restless = await open_evening.comes("maija", resumed=False)
    seen: list[int] = []
    # She reads what comes herself: what she has already she ignores, a gap is a fault.
    restless._reader.cancel()

    async def read_until(done: asyncio.Event) -> None:
        for turn in itertools.count():
            await restless.socket.send(json.dumps({"cmd": "resume", "ref": f"{turn}", "after": len(seen)}))
            answered = False
            while not answered:
                frame = json.loads(await asyncio.wait_for(restless.socket.recv(), PATIENCE))
                if frame.get("push") == "events":
                    assert frame["from"] <= len(seen) + 1, "a gap"
                    seen.extend(one["seq"] for one in frame["events"] if one["seq"] > len(seen))
                answered = frame.get("re") == f"{turn}"
                assert not answered or frame["ok"]
            if done.is_set() and len(seen) >= 120:
                return

    done = asyncio.Event()
    reading = asyncio.create_task(read_until(done))

    async def write(person: Talker) -> None:
        for turn in range(40):
            assert (await person.post(f"{turn}"))["ok"]

    await asyncio.gather(*(write(person) for person in writers))
    done.set()
    async with asyncio.timeout(PATIENCE):
        await reading
    assert seen == list(range(1, 121))


@pytest.mark.check(16)
async def test_rooms_that_stay_locked_do_not_keep_the_process_from_ending(
    open_evening: Evening, toivo_is_there: None
) -> None:
    cast, mine = open_evening.cast, open_evening.seats["aino"]
    ids = [open_evening.room.pk]
    for group in (cast.alder, cast.birch):
        ids.append((await Room.objects.acreate(group=group, kind="team", state="open")).pk)
    ending = committer()
    drafts = [Draft(room, mine, uuid4(), "Waits.") for room in ids]
    async with AsyncExitStack() as locks:
        for room in ids:
            await locks.enter_async_context(locked(room))
        answers = [asyncio.create_task(ending.commit(draft)) for draft in drafts]
        await eventually(lambda: len(ending._lanes) == 3)
        async with asyncio.timeout(10):
            await ending.settle(seconds=0.2)
        await eventually(lambda: not ending._lanes)
    assert not any(answer.done() for answer in answers)
    for answer in answers:
        answer.cancel()


async def test_with_every_connection_taken_people_get_an_answer_and_afterwards_all_goes_on(
    open_evening: Evening,
) -> None:
    aino, berit = await open_evening.comes("aino"), await open_evening.comes("berit")
    message = uuid4()
    pools = pool._pools[asyncio.get_running_loop()]
    taken = [*await all_of(pools.shared), *await all_of(pools.kept)]
    try:
        refused = await aino.post("Hello?", message=message)
        assert refused["error"]["code"] == "internal"
        assert (await aino.send("ping"))["ok"]
    finally:
        for connections, one in taken:
            await connections.putconn(one)
    assert (await aino.post("Hello?", message=message))["seq"] == 1
    await berit.hears(body="Hello?")
    assert (await (await open_evening.comes("elias")).post("Here."))["seq"] == 2


async def test_messages_are_stored_while_others_have_taken_every_shared_connection(
    open_evening: Evening,
) -> None:
    aino, berit = await open_evening.comes("aino"), await open_evening.comes("berit")
    taken = await all_of(pool._pools[asyncio.get_running_loop()].shared)
    try:
        assert (await aino.post("Good evening."))["seq"] == 1
        await berit.hears(body="Good evening.")
    finally:
        for connections, one in taken:
            await connections.putconn(one)


async def test_of_a_message_whose_sign_of_distress_cannot_be_stored_nothing_is_stored(
    open_evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    aino, message = await open_evening.comes("aino"), uuid4()
    with monkeypatch.context() as broken:
        broken.setattr(log, "SIGNAL", "INSERT INTO chat_signal (room_id) VALUES (%(now)s)")
        refused = await aino.post("I do not want to live any more.", message=message)
        assert refused["error"]["code"] == "internal"
        assert not await Event.objects.aexists()
    assert (await aino.post("I do not want to live any more.", message=message))["seq"] == 1
    assert await Signal.objects.acount() == 1
