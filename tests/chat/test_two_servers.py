"""Two servers and a Redis between them are one room; without the Redis they still are, a little later."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from uuid import uuid4

import pytest

from tests.chat.conftest import Evening
from tests.chat.processes import Redis, as_real_people, redis_server
from tests.chat.talking import Talker, talker
from tests.server.running import serving

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.load]

CANARY = "canary-0815"
numbers = itertools.count()


@dataclass
class Pair:
    """A room on two servers."""

    evening: Evening
    redis: Redis
    ports: list[int]


@pytest.fixture
def pair(open_evening_room: Evening) -> Iterator[Pair]:
    """Both started at once."""
    as_real_people()
    with ExitStack() as stack, ThreadPoolExecutor() as threads:
        redis = stack.enter_context(redis_server())
        starts = [serving(REDIS_URL=redis.url) for _server in range(2)]
        running = list(threads.map(stack.enter_context, starts))
        yield Pair(open_evening_room, redis, [one.port for one in running])


@asynccontextmanager
async def overheard(redis: Redis) -> AsyncIterator[bytearray]:
    """Everything that goes through a Redis."""
    heard = bytearray()
    reader, writer = await asyncio.open_connection("127.0.0.1", redis.port)
    writer.write(b"MONITOR\r\n")
    assert await reader.readline() == b"+OK\r\n"

    async def listen() -> None:
        while chunk := await reader.read(65_536):
            heard.extend(chunk)

    listening = asyncio.create_task(listen())
    yield heard
    listening.cancel()
    writer.close()


@pytest.mark.check(10, 11, 33, 47)
async def test_two_servers_are_one_room_with_their_redis_and_without(pair: Pair) -> None:
    async with (
        overheard(pair.redis) as heard,
        talker(pair.ports[0], pair.evening.room.pk, pair.evening.cookies["aino"]) as aino,
        talker(pair.ports[1], pair.evening.room.pk, pair.evening.cookies["berit"]) as berit,
        talker(pair.ports[1], pair.evening.room.pk, pair.evening.cookies["maija"]) as maija,
    ):
        # Everybody sees everybody.
        for person in (aino, berit, maija):
            await person.pushed("presence", lambda one: len(one["present"]) == 3)
        await they_talk(aino, berit)
        await shows_typing(aino, berit)
        # What waits for a facilitator goes through the database alone.
        assert (await maija.send("mode", mode="hold_all"))["ok"]
        await aino.hears(kind="mode")
        message = str(uuid4())
        assert (await aino.send("post", id=message, body=CANARY, note=CANARY))["state"] == "held"
        await maija.pushed("held", lambda one: CANARY in str(one))
        assert (await maija.send("decline", target=message, reason=CANARY))["ok"]
        await aino.pushed("outcome", lambda one: one["reason"] == CANARY)
        assert (await maija.send("mode", mode="live"))["ok"]
        await aino.hears(kind="mode", mode="live")
        assert b"PUBLISH" in heard
        assert CANARY.encode() not in heard
        assert b"Willow" not in heard
        # Without Redis: acknowledged as before, and heard a poll later.
        pair.redis.stop()
        await they_talk(aino, berit)
        await they_talk(maija, aino)
        pair.redis.start()
        await shows_typing(aino, berit, tries=20)
        # Put out on one server, gone from the other.
        async with asyncio.timeout(5):
            reply = await maija.send("eject", member=pair.evening.public_id("aino"), reason="unsafe")
            assert reply["ok"]
            assert await aino.closed() == 4403
        await berit.pushed("presence", lambda one: len(one["present"]) == 2)
        assert {event["id"] for event in berit.log if event["kind"] == "message"} == {
            event["id"] for event in maija.log if event["kind"] == "message"
        }


async def they_talk(one: Talker, other: Talker) -> None:
    """Each hears the other, within the five seconds that are promised without hints."""
    for speaker, listener in ((one, other), (other, one)):
        words = f"number {next(numbers)}"
        async with asyncio.timeout(5):
            assert (await speaker.post(words))["ok"]
            await listener.hears(body=words)


async def shows_typing(writer: Talker, reader: Talker, *, tries: int = 4) -> None:
    """Only a hint brings it; the first may come before both servers listen."""
    reader.frames.clear()
    for turn in range(tries):
        assert (await writer.send("typing"))["ok"]
        try:
            async with asyncio.timeout(1):
                await reader.pushed("typing", lambda one: one["by"]["name"] == "Willow")
                return
        except TimeoutError:
            assert turn < tries - 1, "nobody sees her typing"
