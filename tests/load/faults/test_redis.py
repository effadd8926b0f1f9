"""Two servers write the same room, and the Redis between them comes and goes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, ExitStack
from dataclasses import replace
from functools import partial

import pytest
from django.db import connections

from tests.chat.conftest import Evening
from tests.chat.processes import Redis, Writer, as_real_people, redis_server
from tests.chat.talking import eventually, talker
from tests.doses import Did, dose
from tests.server.running import serving

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.load]

NAMES = ("aino", "berit", "elias", "maija", "oskar")
STOPS = dose(1, 20)
EACH = 15 * STOPS + 10


@pytest.fixture
def house(open_evening_room: Evening) -> Iterator[tuple[Redis, list[Evening]]]:
    """The same room, behind two doors."""
    as_real_people()
    with ExitStack() as stack, ThreadPoolExecutor() as threads:
        redis = stack.enter_context(redis_server())
        starts = [serving(REDIS_URL=redis.url) for _server in range(2)]
        running = list(threads.map(stack.enter_context, starts))
        connections.close_all()
        yield redis, [replace(open_evening_room, port=one.port, stack=AsyncExitStack()) for one in running]


@pytest.mark.check(10, 11, 13)
async def test_redis_comes_and_goes_while_both_servers_write_one_room(
    house: tuple[Redis, list[Evening]], did: Did
) -> None:
    redis, doors = house
    writers = [Writer(doors[turn % 2], name) for turn, name in enumerate(NAMES)]
    writing = asyncio.gather(*(writer.write(EACH) for writer in writers))
    for stop in range(STOPS):
        enough = (stop + 0.5) * len(NAMES) * EACH / STOPS
        await eventually(partial(_as_many, writers, enough), seconds=60)
        await asyncio.to_thread(redis.stop)
        then = min(acknowledged(writers) + 20, len(NAMES) * EACH)
        # Acknowledged as before, also without it.
        await eventually(partial(_as_many, writers, then))
        await asyncio.to_thread(redis.start)
    await asyncio.wait_for(writing, 120)
    acked = sorted(seq for writer in writers for seq in writer.acked.values())
    assert acked == list(range(1, len(NAMES) * EACH + 1))
    logs = []
    for door in doors:
        async with talker(door.port, door.room.pk, door.cookies["aino"]) as reader:
            logs.append(reader.log)
    assert logs[0] == logs[1]
    assert [event["seq"] for event in logs[0]] == acked
    for writer in writers:
        assert writer.log == logs[0][: len(writer.log)]
    did(f"Redis stopped {STOPS} times under two servers that wrote {len(acked)} messages into a room")


def _as_many(writers: list[Writer], enough: float) -> bool:
    return acknowledged(writers) >= enough


def acknowledged(writers: list[Writer]) -> int:
    """How many messages so far."""
    return sum(len(writer.acked) for writer in writers)
