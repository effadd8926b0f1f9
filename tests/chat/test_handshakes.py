"""At the door of a room: who is refused learns nothing, not even whether there is a room."""

from __future__ import annotations

import asyncio
import heapq
import random
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from peersupport.accounts.models import Session, User
from peersupport.chat import consumer, live
from peersupport.chat.consumer import SUBPROTOCOL
from peersupport.chat.protocol import limiting
from peersupport.database import pool
from tests.chat.conftest import Evening
from tests.chat.talking import ORIGIN, PATIENCE, Talker, header_of

pytestmark = pytest.mark.django_db(transaction=True)


def password_only(user: User) -> str:
    """A Cookie header of somebody who has shown a password and nothing else."""
    client = Client()
    client.force_login(user)
    return header_of(client)


async def answer(port: int, path: str, headers: dict[str, str]) -> bytes:
    """What a handshake is answered, byte by byte; only the time of day is taken out."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    sent = {
        "Host": "localhost",
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        **headers,
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
    writer.write(f"GET {path} HTTP/1.1\r\n{lines}\r\n".encode())
    async with asyncio.timeout(PATIENCE):
        if b" 101 " in (first := await reader.readline()):
            writer.close()
            return first
        given = first + await reader.read()
    writer.close()
    return b"\r\n".join(line for line in given.split(b"\r\n") if not line.lower().startswith(b"date:"))


@pytest.fixture
def maija_without_second_factor(settled_evening: Evening) -> str:
    return password_only(settled_evening.cast.maija)


@pytest.mark.check(30, 31, 32, 34)
async def test_whoever_may_not_enter_gets_the_same_bytes_whatever_the_reason(
    evening: Evening, strangers: tuple[str, ...], maija_without_second_factor: str
) -> None:
    room = f"/ws/rooms/{evening.room.pk}/"
    good = {"Cookie": evening.cookies["aino"], "Origin": ORIGIN, "Sec-WebSocket-Protocol": SUBPROTOCOL}
    assert b" 101 " in await answer(evening.port, room, good)

    def without(name: str) -> dict[str, str]:
        return {key: value for key, value in good.items() if key != name}

    tries: dict[str, tuple[str, dict[str, str]]] = {
        "nobody signed in": (room, without("Cookie")),
        "a cookie of nobody": (room, good | {"Cookie": f"{settings.SESSION_COOKIE_NAME}=x"}),
        # Of another group, of the staff without a group, with an application, with a suspended place.
        **{name: (room, good | {"Cookie": evening.cookies[name]}) for name in strangers},
        "a room that does not exist": (f"/ws/rooms/{uuid4()}/", good),
        "no room at all": ("/ws/rooms/1/", good),
        "another address": ("/ws/", good),
        "no origin": (room, without("Origin")),
        "a foreign origin": (room, good | {"Origin": "https://example.org"}),
        "an origin without encryption": (room, good | {"Origin": "http://localhost"}),
        "an origin on another port": (room, good | {"Origin": "https://localhost:8443"}),
        "an origin of the demonstration": (room, good | {"Origin": f"http://localhost:{settings.PORT}"}),
        "its other one": (room, good | {"Origin": f"http://127.0.0.1:{settings.PORT}"}),
        "an origin without a number for a port": (room, good | {"Origin": "https://localhost:port"}),
        "an origin with brackets left open": (room, good | {"Origin": "https://[localhost"}),
        "no subprotocol": (room, without("Sec-WebSocket-Protocol")),
        "another subprotocol": (room, good | {"Sec-WebSocket-Protocol": "peersupport.room.v0"}),
        "a facilitator without second factor": (room, good | {"Cookie": maija_without_second_factor}),
    }
    answers = {why: await answer(evening.port, path, headers) for why, (path, headers) in tries.items()}
    assert b" 403 " in answers["nobody signed in"]
    assert {why for why, given in answers.items() if given != answers["nobody signed in"]} == set()


async def test_without_a_cookie_nobody_takes_a_database_connection(
    evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[str] = []

    class Counting:
        @staticmethod
        def connection() -> Any:
            taken.append("one")
            return pool.connection()

    monkeypatch.setattr("peersupport.chat.entering.pool", Counting)
    room = f"/ws/rooms/{evening.room.pk}/"
    poll = f"/api/v1/rooms/{evening.room.pk}/events/"
    socket = {"Origin": ORIGIN, "Sec-WebSocket-Protocol": SUBPROTOCOL}
    page = {"Connection": "close", "X-Forwarded-Proto": "https"}
    monkeypatch.setattr(settings, "SECURE_PROXY_SSL_HEADER", ("HTTP_X_FORWARDED_PROTO", "https"))
    assert b" 403 " in await answer(evening.port, room, socket)
    assert b" 404 " in await answer(evening.port, poll, page)
    assert taken == []
    aino = {"Cookie": evening.cookies["aino"]}
    assert b" 101 " in await answer(evening.port, room, socket | aino)
    assert b" 200 " in await answer(evening.port, poll, page | aino)
    assert taken == ["one", "one"]


async def test_an_address_that_opens_too_many_sockets_is_refused_whatever_it_says_it_is(
    evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limiting, "HANDSHAKES", (1e-6, 2.0))
    room = f"/ws/rooms/{evening.room.pk}/"
    nobody = {"Origin": ORIGIN, "Sec-WebSocket-Protocol": SUBPROTOCOL}
    aino = nobody | {"Cookie": evening.cookies["aino"]}

    async def let_in(forwarded_for: str, headers: dict[str, str] = aino) -> bool:
        given = await answer(evening.port, room, headers | {"X-Forwarded-For": forwarded_for})
        return b" 101 " in given

    # Who has no cookie takes nothing from those beside her.
    assert not await let_in("192.0.2.1", nobody)
    assert [await let_in(f"192.0.2.{number}") for number in range(3)] == [True, True, False]
    # Behind a proxy of our own the address counts that it saw, not what stands before it.
    monkeypatch.setattr(settings, "TRUSTED_PROXIES", 1)
    seen = [await let_in(f"192.0.2.{number}, 198.51.100.7") for number in range(3)]
    assert seen == [True, True, False]
    assert await let_in("198.51.100.7, 198.51.100.8")


def test_five_hundred_members_behind_one_address_are_back_soon_after_a_restart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each with two devices: they try at once, then with full jitter from half a second to thirty."""
    chance = random.Random(7)
    now = 0.0
    monkeypatch.setattr("peersupport.chat.protocol.limiting.time.monotonic", lambda: now)
    doors = limiting.Doors()
    waiting = [(chance.random() / 2, tries) for tries in [1] * 1_000]
    heapq.heapify(waiting)
    while waiting:
        now, tries = heapq.heappop(waiting)
        if doors.wait("192.0.2.1"):
            heapq.heappush(waiting, (now + chance.random() * min(30.0, 0.5 * 2**tries), tries + 1))
    assert 10 < now < 60


async def test_with_the_database_away_nobody_comes_in_and_the_server_stands(
    evening: Evening, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*args: object, **options: object) -> None:
        raise OSError("connection to 10.1.2.3 failed")

    monkeypatch.setattr("peersupport.chat.entering.all_admitted", broken)
    with pytest.raises(Exception, match="403"):
        await evening.comes("aino")
    assert "10.1.2.3" not in caplog.text
    monkeypatch.undo()
    assert (await evening.comes("aino")).hello["ok"]


async def test_who_does_not_resume_in_time_is_sent_away(
    evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer, "FIRST_COMMAND_SECONDS", 1.5)
    aino = await evening.comes("aino", resumed=False)
    assert (await aino.send("post", id=str(uuid4()), body="first"))["error"]["code"] == "not_allowed"
    assert (await aino.send("resume", after="x"))["error"]["code"] == "invalid"
    assert await aino.closed() == 4408


async def test_of_very_many_sockets_of_one_person_the_oldest_goes(
    evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "SOCKETS_MOST", 3)
    hers = [await evening.comes("aino", resumed=False) for _device in range(3)]
    berit = await evening.comes("berit")
    newest = await evening.comes("aino")
    assert await hers[0].closed() == 4429
    assert (await berit.send("ping"))["ok"]
    assert (await newest.send("ping"))["ok"]


async def ends(someone: Talker, code: int, why: str) -> None:
    """Within the five seconds that are promised."""
    async with asyncio.timeout(5):
        assert (await someone.pushed("bye"))["code"] == why
        assert await someone.closed() == code


@pytest.mark.check(33, 53)
async def test_a_socket_ends_with_what_it_rested_on_also_before_its_first_command(
    open_evening: Evening,
) -> None:
    """Each person loses something else; nobody tells the server's process of it."""
    aino, silent = await open_evening.comes("aino"), await open_evening.comes("aino", resumed=False)
    berit, elias = await open_evening.comes("berit"), await open_evening.comes("elias")
    maija, oskar = await open_evening.comes("maija"), await open_evening.comes("oskar")
    cast, seats = open_evening.cast, open_evening.seats
    async with pool.connection() as database:
        # Signed out; timed out; deactivated; something changed and her sign-in stands; another role here.
        await database.execute("DELETE FROM accounts_session WHERE user_id = %s", [cast.aino.pk])
        past = timezone.now() - timedelta(seconds=1)
        await database.execute(
            "UPDATE accounts_session SET expire_date = %s WHERE user_id = %s", [past, cast.berit.pk]
        )
        await database.execute("UPDATE accounts_user SET is_active = false WHERE id = %s", [cast.elias.pk])
        await database.execute(
            "UPDATE accounts_user SET access_version = access_version + 1 WHERE id = %s", [cast.maija.pk]
        )
        await database.execute("UPDATE groups_membership SET role = 'parent' WHERE id = %s", [seats["oskar"]])
    await asyncio.gather(
        *(ends(someone, 4401, "signed_out") for someone in (aino, silent, berit, elias)),
        *(ends(someone, 1012, "restart") for someone in (maija, oskar)),
    )
    assert await Session.objects.filter(user=cast.berit).aexists()


@pytest.mark.check(53)
async def test_writing_keeps_a_sign_in_awake_and_a_ping_does_not(
    open_evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer, "AWAKE_SECONDS", 0.0)
    soon = timezone.now() + timedelta(minutes=2)
    await Session.objects.aupdate(expire_date=soon)
    aino, berit = await open_evening.comes("aino"), await open_evening.comes("berit")
    assert (await aino.post("still here"))["ok"]
    assert (await berit.send("ping"))["ok"]
    assert (await Session.objects.aget(user=open_evening.cast.aino)).expire_date > soon
    assert (await Session.objects.aget(user=open_evening.cast.berit)).expire_date == soon
