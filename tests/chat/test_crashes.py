"""Servers are killed, databases restarted, processes told to stop: what was acknowledged stays."""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import time
from contextlib import AsyncExitStack
from functools import partial
from random import Random

import pytest
from asgiref.sync import sync_to_async
from django.db import connections

from peersupport.database import keeper, pool
from peersupport.database.binaries import account
from peersupport.database.cluster import Cluster
from tests.chat.conftest import Evening
from tests.chat.processes import Servers, Writer
from tests.chat.talking import eventually, talker
from tests.chat.test_floods import reads_nothing
from tests.doses import Did, dose

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.load]

NAMES = ("aino", "berit", "elias", "maija", "oskar")
EACH = 16
KILLS = dose(3, 50)
RESTARTS = dose(1, 10)


def _as_many(writers: list[Writer], enough: float) -> bool:
    return acknowledged(writers) >= enough


def acknowledged(writers: list[Writer]) -> int:
    """How many messages so far."""
    return sum(len(writer.acked) for writer in writers)


async def everything_is_there_once(evening: Evening, writers: list[Writer], *, each: int) -> None:
    """Every acknowledged message stands once in the log, where its writer was told; all saw one order."""
    async with pool.connection() as database:
        found = await database.execute(
            "SELECT seq, message_id FROM chat_event WHERE room_id = %s ORDER BY seq", [evening.room.pk]
        )
        rows = await found.fetchall()
    assert [seq for seq, _message in rows] == list(range(1, len(rows) + 1))
    assert len({message for _seq, message in rows}) == len(rows) == len(writers) * each
    acked = {message: seq for writer in writers for message, seq in writer.acked.items()}
    assert acked == {message: seq for seq, message in rows}
    async with talker(evening.port, evening.room.pk, evening.cookies["aino"]) as reader:
        assert [event["id"] for event in reader.log] == [str(message) for _seq, message in rows]
        for writer in writers:
            assert writer.log == reader.log[: len(writer.log)]


@pytest.mark.check(9)
async def test_killed_under_load_again_and_again_every_acknowledged_message_is_there_once(
    servers: Servers, did: Did
) -> None:
    evening, random = servers.evening, Random(9)
    writers = [Writer(evening, name) for name in NAMES]
    each = EACH * KILLS // 3
    writing = asyncio.gather(*(writer.write(each) for writer in writers))
    for kill in range(KILLS):
        enough = (kill + random.random()) * len(NAMES) * each / (KILLS + 1)
        await eventually(partial(_as_many, writers, enough), seconds=60)
        await asyncio.to_thread(servers.kill)
        await asyncio.to_thread(servers.start)
    await asyncio.wait_for(writing, 60)
    await everything_is_there_once(evening, writers, each=each)
    did(f"kill -9 survived {KILLS} times: {len(writers) * each} messages, each there once")


@pytest.mark.check(12, 16)
async def test_the_database_restarts_under_load_and_the_server_goes_on_until_it_is_told_to_stop(
    servers: Servers, cluster: Cluster, did: Did
) -> None:
    messages = await they_write_while_it_ends(servers, cluster, signal.SIGINT)
    did(f"PostgreSQL restarted {RESTARTS} times: {messages} messages, each there once")
    await it_stops(servers)


@pytest.mark.check(12)
async def test_the_database_crashes_under_load_and_every_acknowledged_message_is_there_once(
    durable: None, servers: Servers, cluster: Cluster, did: Did
) -> None:
    messages = await they_write_while_it_ends(servers, cluster, keeper.IMMEDIATE_SHUTDOWN)
    did(f"PostgreSQL crashed {RESTARTS} times: {messages} messages, each there once")


async def they_write_while_it_ends(servers: Servers, cluster: Cluster, how: signal.Signals) -> int:
    """Five write while the database server ends in this way again and again; so many messages are there."""
    writers = [Writer(servers.evening, name) for name in NAMES]
    each = EACH * RESTARTS
    writing = asyncio.gather(*(writer.write(each) for writer in writers))
    for turn in range(RESTARTS):
        await eventually(partial(_as_many, writers, EACH + turn * len(NAMES) * EACH), seconds=60)
        await sync_to_async(connections.close_all)()
        await asyncio.to_thread(restart, cluster, how)
    await asyncio.wait_for(writing, 60)
    assert servers.running.process.poll() is None
    await everything_is_there_once(servers.evening, writers, each=each)
    return len(writers) * each


def restart(cluster: Cluster, how: signal.Signals) -> None:
    """The database server ends, cutting every connection, and starts again.

    SIGINT: in order, everything written out. SIGQUIT: at once, with what was written through by then.
    """
    number = cluster.pid()
    assert number
    os.kill(number, how)
    while cluster.pid() is not None or not cluster._keeper_ended():
        time.sleep(0.01)
    cluster._start(account())


async def it_stops(servers: Servers) -> None:
    """SIGTERM: everybody hears that it restarts, also with somebody there who does not read."""
    evening = servers.evening
    async with AsyncExitStack() as stack:
        names = itertools.islice(itertools.cycle(NAMES), 60)
        people = [
            await stack.enter_async_context(talker(evening.port, evening.room.pk, evening.cookies[name]))
            for name in names
        ]
        await stack.enter_async_context(reads_nothing(evening, "aino"))
        began = time.monotonic()
        servers.running.process.send_signal(signal.SIGTERM)
        codes = await asyncio.gather(*(person.closed() for person in people))
        assert set(codes) == {1012}
        for person in people:
            assert (await person.pushed("bye"))["code"] == "restart"
        await asyncio.to_thread(servers.running.process.wait, 30)
        assert time.monotonic() - began < 30
    assert "Traceback" not in servers.running.complaints()
