"""The server is replaced while everybody is there, all of them behind one address."""

from __future__ import annotations

import asyncio
import signal
import time
from collections import Counter
from contextlib import ExitStack
from functools import partial
from random import Random
from uuid import UUID

import pytest
from asgiref.sync import sync_to_async
from django.db import connections

from peersupport.chat.models import Event
from peersupport.database import pool
from tests.chat.processes import AWAY
from tests.chat.talking import eventually
from tests.doses import Did, size
from tests.load.faults.members import Member
from tests.load.rooms.evening import Gathered, gather
from tests.server.running import Running, serving

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.load]

MEMBERS, IN_A_ROOM = size(40, 500), 10
BACK_SECONDS, STOP_SECONDS = 90, 30
# A core lets in nearly 500 in a second (docs/adr/0057); more than this at once is a storm. How many come in
# one second hangs on how soon the new server is up: while waits are short, everybody's next try is near.
STORM = 400
CONNECTIONS_MOST = 40


@pytest.fixture
def rooms(transactional_db: None) -> list[Gathered]:
    """So many rooms that all members have one."""
    made = gather(rooms=MEMBERS // IN_A_ROOM, members=IN_A_ROOM)
    connections.close_all()
    return made


@pytest.mark.check(2, 16)
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL], ids=["told to stop", "killed"])
async def test_everybody_is_back_without_a_gap_and_without_a_storm_after_the_server_was_replaced(
    how: signal.Signals, rooms: list[Gathered], did: Did
) -> None:
    with ExitStack() as servers:
        first = await asyncio.to_thread(servers.enter_context, serving())
        random = Random(16)
        members = [Member(first.port, each.room, cookie, random) for each in rooms for cookie in each.cookies]
        staying = [asyncio.create_task(member.stay()) for member in members]
        await eventually(lambda: all(member.here for member in members), seconds=BACK_SECONDS)
        acked: set[tuple[UUID, int]] = set()
        writing = asyncio.create_task(write(members[::IN_A_ROOM], acked))
        await eventually(lambda: len(acked) >= len(rooms))
        stopped = await asyncio.to_thread(stop, first, how)
        second = await asyncio.to_thread(servers.enter_context, serving(PORT=str(first.port)))
        up = time.monotonic()
        most = await connections_while(members)
        took = time.monotonic() - up
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)
        await they_have_everything(members, acked)
        await asyncio.to_thread(stop, second)
        for one in staying:
            one.cancel()
        await asyncio.gather(*staying, return_exceptions=True)
    if how == signal.SIGTERM:
        assert {code for member in members for code in member.codes[:1]} == {1012}
    rush = Counter(int(at - up) for member in members for at in member.tries if up < at < up + took)
    busiest = max(rush.values(), default=0)
    assert busiest < STORM
    assert took < BACK_SECONDS
    assert stopped < STOP_SECONDS
    assert most < CONNECTIONS_MOST
    did(
        f"{len(members)} members back {took:.1f} s after the new server came up, at most"
        f" {busiest} handshakes in a second, {most} connections to the database; the old one"
        f" was gone {stopped:.1f} s after {how.name}; {len(acked)} messages meanwhile",
    )


def stop(server: Running, how: signal.Signals = signal.SIGTERM) -> float:
    """The seconds until it had ended; in order, where it was only told to."""
    began = time.monotonic()
    server.process.send_signal(how)
    ended = server.process.wait(STOP_SECONDS)
    assert ended == 0 or how == signal.SIGKILL
    return time.monotonic() - began


async def write(members: list[Member], acked: set[tuple[UUID, int]]) -> None:
    """The first of each room writes, one after the other, whenever she is there."""
    turn = 0
    while True:
        turn += 1
        for member in members:
            person = member.person
            if person is not None:
                try:
                    reply = await person.post(f"Turn {turn}")
                except AWAY:
                    continue
                if reply["ok"]:
                    acked.add((member.room, reply["seq"]))
        await asyncio.sleep(0.05)


async def connections_while(members: list[Member]) -> int:
    """The most connections that the database had until all were back."""
    most = 0
    async with asyncio.timeout(BACK_SECONDS), pool.connection() as database:
        while not all(member.here for member in members):
            found = await database.execute("SELECT count(*) FROM pg_stat_activity WHERE usename IS NOT NULL")
            row = await found.fetchone()
            most = max(most, row[0] if row else 0)
            await asyncio.sleep(0.1)
    return most


async def they_have_everything(members: list[Member], acked: set[tuple[UUID, int]]) -> None:
    """Acknowledged messages are in the log once; each has her room's whole log, in one order."""
    for room in {member.room for member in members}:
        rows = Event.objects.filter(room=room).order_by("seq")
        stored = [row async for row in rows.values_list("seq", flat=True)]
        assert stored == list(range(1, len(stored) + 1))
        assert {seq for where, seq in acked if where == room} <= set(stored)
        here = [member for member in members if member.room == room]
        await eventually(partial(_all_have, here, len(stored)))
    await sync_to_async(connections.close_all)()


def _all_have(members: list[Member], head: int) -> bool:
    return all(member.seq >= head for member in members)
