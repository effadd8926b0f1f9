"""Two servers and a Redis between them are one room; without the Redis they still are, a little later."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from psycopg import Connection

from peersupport.chat.course_models import Arrival
from peersupport.database import pool
from peersupport.database.cluster import SUPERUSER, Cluster
from tests.chat.conftest import Evening
from tests.chat.processes import Redis, as_real_people, redis_server
from tests.chat.talking import Talker, talker
from tests.chat.test_without_sockets import TOKEN, asking
from tests.server.running import Running, serving

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.load]

CANARY = "canary-0815"
numbers = itertools.count()


@dataclass
class Pair:
    """A room on two servers."""

    evening: Evening
    redis: Redis
    running: list[Running]

    @property
    def ports(self) -> list[int]:
        """Where they answer."""
        return [one.port for one in self.running]


@pytest.fixture
def pair(open_evening_room: Evening) -> Iterator[Pair]:
    """Both started at once, behind a proxy. Elias stands at the door: he has not arrived."""
    as_real_people()
    Arrival.objects.filter(member=open_evening_room.seats["elias"]).delete()
    with ExitStack() as stack, ThreadPoolExecutor() as threads:
        redis = stack.enter_context(redis_server())
        given = {"REDIS_URL": redis.url, "PEERSUPPORT_TRUSTED_PROXIES": "1"}
        starts = [serving(**given) for _server in range(2)]
        running = list(threads.map(stack.enter_context, starts))
        yield Pair(open_evening_room, redis, running)


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
async def test_two_servers_are_one_room_with_their_redis_and_without(pair: Pair, cluster: Cluster) -> None:
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
        await they_write_what_nobody_else_may_read(pair, aino, maija)
        await they_step_aside(pair, aino, maija)
        await they_fill_in_forms(pair, maija)
        assert b"PUBLISH" in heard
        assert CANARY.encode() not in heard
        assert b"Willow" not in heard
        # Without Redis: acknowledged as before, and heard a poll later.
        pair.redis.stop()
        await they_talk(aino, berit)
        await they_talk(maija, aino)
        pair.redis.start()
        await shows_typing(aino, berit)
        # Put out on one server, gone from the other.
        async with asyncio.timeout(5):
            reply = await maija.send("eject", member=pair.evening.public_id("aino"), reason="unsafe")
            assert reply["ok"]
            assert await aino.closed() == 4403
        await berit.pushed("presence", lambda one: len(one["present"]) == 2)
        assert {event["id"] for event in berit.log if event["kind"] == "message"} == {
            event["id"] for event in maija.log if event["kind"] == "message"
        }
    await asyncio.to_thread(nothing_of_it_is_anywhere, pair, cluster)


@pytest.mark.check(10, 11)
async def test_a_redis_that_hangs_costs_a_poll_and_holds_nobody_up(pair: Pair) -> None:
    async with (
        talker(pair.ports[0], pair.evening.room.pk, pair.evening.cookies["aino"]) as aino,
        talker(pair.ports[1], pair.evening.room.pk, pair.evening.cookies["berit"]) as berit,
    ):
        await shows_typing(aino, berit)
        pair.redis.hang()
        for _turn in range(3):
            await they_talk(aino, berit)
        # Somebody comes in and goes through both.
        async with talker(pair.ports[1], pair.evening.room.pk, pair.evening.cookies["maija"]) as maija:
            async with asyncio.timeout(5):
                await aino.pushed("presence", lambda one: "facilitator" in str(one["present"]))
            await they_talk(maija, aino)
        pair.redis.go_on()
        await shows_typing(aino, berit)
        pair.redis.hang()
        await they_talk(aino, berit)
    # Nor does it hold up a server that is told to stop.
    for server in pair.running:
        server.process.terminate()
    assert [await asyncio.to_thread(server.process.wait, 30) for server in pair.running] == [0, 0]


async def they_write_what_nobody_else_may_read(pair: Pair, aino: Talker, maija: Talker) -> None:
    """On a private line, in a report, a reason, a check-in; once with the database cut off meanwhile."""
    line = next(room["id"] for room in aino.hello["rooms"] if room["kind"] == "line")
    async with talker(pair.ports[0], UUID(line), pair.evening.cookies["aino"]) as alone:
        assert (await alone.post(CANARY, note=CANARY))["ok"]
        async with pool.connection() as database:
            await database.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = %s AND pid <> pg_backend_pid()",
                [pool.NAME],
            )
        assert (await alone.post(CANARY))["ok"]
    message = uuid4()
    assert (await maija.post("A sentence.", message=message))["ok"]
    assert (await aino.send("report", target=str(message), reason=CANARY))["ok"]
    member = pair.evening.public_id("berit")
    assert (await maija.send("mute", member=member, minutes=5, reason=CANARY))["ok"]
    assert (await maija.send("unmute", member=member))["ok"]
    assert (await maija.send("verify", member=member, reason=CANARY))["ok"]
    assert (await aino.send("checkin", value=3, note=CANARY))["ok"]
    await maija.pushed("checkins", lambda one: CANARY in str(one))
    await maija.send(CANARY, target=CANARY, reason=CANARY)


async def they_step_aside(pair: Pair, aino: Talker, maija: Talker) -> None:
    """In a side room, each on a server of their own."""
    willow = pair.evening.public_id("aino")
    side = UUID((await maija.send("side_room", member=willow))["room"])
    assert (await aino.pushed("side_room", lambda one: one["open"]))["room"] == str(side)
    async with (
        talker(pair.ports[0], side, pair.evening.cookies["aino"]) as hers,
        talker(pair.ports[1], side, pair.evening.cookies["maija"]) as theirs,
    ):
        assert (await hers.post(CANARY, note=CANARY))["ok"]
        await theirs.hears(body=CANARY)
    assert (await maija.send("side_room", member=willow, end=True))["ok"]


async def they_fill_in_forms(pair: Pair, maija: Talker) -> None:
    """Elias says at the door where he is; Berit keeps words that she wants to be warned about."""
    evening = pair.evening
    evening.port = pair.ports[0]
    door = f"/room/{evening.room.pk}/in/"
    where = {"seen": "no", "place": CANARY, "call": CANARY, "may_use": "on"}
    words = f"/my/{evening.cast.alder.slug}/words/"
    for name, path, form in (("elias", door, where), ("berit", words, {"words": CANARY})):
        async with asking(evening, name) as somebody:
            answer = await somebody.http.post(path, data=form, headers={"X-CSRFToken": TOKEN})
            assert answer.status_code == 302, answer.text[:300]
    found = await maija.send("whereabouts", member=evening.public_id("elias"))
    assert (found["place"], found["call"]) == (CANARY, CANARY)
    async with talker(pair.ports[1], evening.room.pk, evening.cookies["berit"]) as berit:
        assert (await berit.post(f"about {CANARY}"))["error"]["code"] == "confirm"


def nothing_of_it_is_anywhere(pair: Pair, cluster: Cluster) -> None:
    """Not in what the servers said, not in the database's log, in no column of any table."""
    for server in pair.running:
        server.process.terminate()
        said = f"{server.process.communicate(timeout=30)[0]}{server.complaints()}"
        assert "WARNING" in said
        assert CANARY not in said
    logs = list((Path(settings.DATA_DIR) / "server").glob("postgres.log*"))
    assert logs
    assert not [log for log in logs if CANARY in log.read_text(errors="replace")]
    with cluster.connect(user=SUPERUSER) as database:
        assert tables_with(database, "Willow")
        assert not tables_with(database, CANARY)
        assert database.execute("SELECT pg_notification_queue_usage()").fetchone() == (0.0,)


def tables_with(database: Connection, words: str) -> list[str]:
    """The tables of which a row has these words in any column, as text or as bytes."""
    tables = database.execute(
        "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables"
        " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
    ).fetchall()
    # Bytes read as hexadecimal digits.
    found = "SELECT FROM {} AS each WHERE strpos(each::text, %s) + strpos(each::text, %s) > 0"
    given = [words, words.encode().hex()]
    return [name for (name,) in tables if database.execute(found.format(name), given).fetchone() is not None]


async def they_talk(one: Talker, other: Talker) -> None:
    """Each hears the other, within the five seconds that are promised without hints."""
    for speaker, listener in ((one, other), (other, one)):
        words = f"number {next(numbers)}"
        async with asyncio.timeout(5):
            assert (await speaker.post(words))["ok"]
            await listener.hears(body=words)


async def shows_typing(writer: Talker, reader: Talker, *, tries: int = 20) -> None:
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
