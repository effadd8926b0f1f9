"""How long a message takes in a lively room of ten, from being sent to being there for each of them."""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any
from uuid import uuid4

from peersupport.database.address import OWNER_ROLE
from peersupport.database.cluster import Cluster
from peersupport.database.embedded import CHECKOUT
from tests import throwaway
from tests.load.figures import Figure
from tests.server.running import serving

RUNS, MESSAGES = 3, 200
# As fast as nine people may write for long without being asked to wait.
PER_SECOND = 40
WORDS = (
    "I have been thinking about what you said last week, and I tried it. It went better than I feared. " * 2
)


def run() -> Iterator[Figure]:
    """A server in a process of its own, a database that writes through, ten sockets; the median of runs."""
    import django

    # Not thrown away: a commit has to reach the disk, as in production.
    cluster = Cluster(Path(os.environ["PEERSUPPORT_DATA_DIR"]), roles=(throwaway.TEST_ROLE,))
    with cluster.held():
        for command in (("migrate", "--verbosity", "0"), ("collectstatic", "--no-input", "--verbosity", "0")):
            subprocess.run([sys.executable, CHECKOUT / "manage.py", *command], check=True)
        django.setup()
        room, cookies = _evening()
        plain = _commits(cluster)
        with serving() as running:
            runs = [asyncio.run(_talk(running.port, room, cookies)) for _run in range(RUNS)]
            memory = _resident_mebibytes(running.process.pid)
        statements = asyncio.run(_statements(room, cookies))
    yield Figure("post to delivered, room of 10, p50", _median(runs, 0.50), "ms", baseline=plain)
    yield Figure("post to delivered, room of 10, p99", _median(runs, 0.99), "ms", baseline=plain)
    yield Figure("memory of the server with 10 sockets", memory, "MiB")
    yield Figure("statements per message, whatever the room's size", statements, "")


def _evening() -> tuple[Any, list[str]]:
    """An open room and a cookie for each of its members, one of them with a second device."""
    from django.utils import timezone

    from peersupport.groups.models import Membership
    from tests.cast import Cast
    from tests.chat.processes import as_real_people
    from tests.chat.talking import cookie_of

    cast = Cast(timezone.now())
    room = cast.room(cast.alder)
    type(room).objects.filter(pk=room.pk).update(state="open", attended_at=timezone.now())
    seats = Membership.objects.filter(group=cast.alder, state="active").select_related("user")
    cookies = [cookie_of(seat.user) for seat in seats]
    as_real_people()
    return room.pk, [*cookies, *cookies][:10]


async def _talk(port: int, room: Any, cookies: list[str]) -> list[float]:
    """Seconds of every delivery to every socket, after a few messages to warm up."""
    from tests.chat.talking import talker

    sent: dict[str, float] = {}
    arrived: defaultdict[str, list[float]] = defaultdict(list)
    async with AsyncExitStack() as stack:
        people = [await stack.enter_async_context(talker(port, room, cookie)) for cookie in cookies]
        for person in people:
            person._reader.cancel()
        readers = [asyncio.create_task(_read(person.socket, arrived)) for person in people]
        for turn in range(20 + MESSAGES):
            message = str(uuid4())
            post = json.dumps({"cmd": "post", "ref": "1", "id": message, "body": WORDS})
            sent[message] = time.monotonic()
            await people[turn % len(set(cookies))].socket.send(post)
            await asyncio.sleep(1 / PER_SECOND)
        async with asyncio.timeout(20):
            while any(len(arrived[message]) < len(people) for message in sent):  # noqa: ASYNC110 - readers fill it
                await asyncio.sleep(0.01)
        for reader in readers:
            reader.cancel()
    measured = list(sent)[20:]
    return [at - sent[message] for message in measured for at in arrived[message]]


async def _read(socket: Any, arrived: defaultdict[str, list[float]]) -> None:
    async for raw in socket:
        now, frame = time.monotonic(), json.loads(raw)
        if frame.get("ok") is False:
            raise RuntimeError(f"refused: {frame['error']}")
        for event in frame.get("events", ()):
            if event["kind"] == "message":
                arrived[event["id"]].append(now)


async def _statements(room: Any, cookies: list[str]) -> float:
    """Statements between a post and its delivery, counted in a server of this process."""
    from psycopg import AsyncConnection

    from tests.chat.talking import serving as serving_here
    from tests.chat.talking import talker

    counted = 0
    execute = AsyncConnection.execute

    async def counting(self: Any, query: Any, *given: Any, **options: Any) -> Any:
        nonlocal counted
        # The poll every two seconds is not the message's.
        counted += "chat_presence" not in str(query)
        return await execute(self, query, *given, **options)

    async with serving_here() as port, AsyncExitStack() as stack:
        people = [await stack.enter_async_context(talker(port, room, cookie)) for cookie in cookies]
        AsyncConnection.execute = counting  # type: ignore[method-assign]  # counted
        try:
            for turn in range(10):
                await people[0].post(f"counted {turn}")
                for person in people:
                    await person.until(lambda person=person: person.seq == people[0].seq)  # type: ignore[misc]  # loop
        finally:
            AsyncConnection.execute = execute  # type: ignore[method-assign]  # as it was
    return counted / 10


def _commits(cluster: Cluster) -> float:
    """Milliseconds of what no room can do without: a row of that size, committed. The median of 200."""
    taken = []
    with cluster.connect(user=OWNER_ROLE) as connection:
        connection.execute("CREATE TABLE bench_said (words bytea)")
        for _row in range(200):
            start = time.monotonic()
            connection.execute("INSERT INTO bench_said VALUES (%s)", [WORDS.encode()])
            taken.append(time.monotonic() - start)
        connection.execute("DROP TABLE bench_said")
    return statistics.median(taken) * 1_000


def _median(runs: list[list[float]], share: float) -> float:
    return statistics.median(sorted(one)[int(len(one) * share)] for one in runs) * 1_000


def _resident_mebibytes(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
