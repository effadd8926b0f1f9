"""What goes wrong inside costs time, never a message, a socket or a secret."""

from __future__ import annotations

import asyncio
import json
import logging
from datetime import timedelta
from typing import Any, cast
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from peersupport.chat import acting, live, log, posting
from peersupport.chat.hub import beside, side, watching
from peersupport.chat.hub.connections import Connection
from peersupport.chat.hub.side import Side
from peersupport.chat.models import Event, HeldMessage, Presence, Room
from peersupport.database import pool
from peersupport.groups.models import Membership
from tests.chat.conftest import Evening
from tests.chat.talking import eventually

pytestmark = pytest.mark.django_db(transaction=True)

CANARY = "canary-4711"


@pytest.mark.check(17, 47)
async def test_a_handler_that_fails_answers_internal_and_says_nothing_of_what_was_written(
    open_evening: Evening, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    aino, maija = await open_evening.comes("aino"), await open_evening.comes("maija")
    assert (await maija.send("mode", mode="hold_all"))["ok"]
    message = str(uuid4())
    assert (await aino.send("post", id=message, body=CANARY, note=CANARY))["state"] == "held"
    held = await maija.pushed("held", lambda one: one["items"])
    assert held["items"][0]["body"] == CANARY

    def broken(*args: Any, **options: Any) -> Any:
        raise ValueError(f"{CANARY} {args} {options}")

    async def broken_soon(*args: Any, **options: Any) -> Any:
        raise ValueError(f"{CANARY} {args} {options}")

    with caplog.at_level(logging.DEBUG, "peersupport"), monkeypatch.context() as patched:
        patched.setattr(posting, "_draft", broken)
        patched.setitem(acting._ACTS, "decline", broken)
        patched.setattr(side, "read", broken_soon)
        patched.setattr(watching, "look", broken_soon)
        for person, command in ((aino, "post"), (maija, "decline")):
            reply = await person.send(command, id=str(uuid4()), body=CANARY, target=message, reason=CANARY)
            assert reply["error"]["code"] == "internal"
            assert CANARY not in json.dumps(reply)
        await maija.send(CANARY, body=CANARY)
        patched.setattr(log, "read_after", broken_soon)
        late = await open_evening.comes("berit", resumed=False)
        assert (await late.send("resume", after=0))["ok"]
        assert await late.closed() == 1012
        live.check_access()
        await maija.until(lambda: "the poll failed" in caplog.text)
    assert (await maija.send("decline", target=message, reason="no"))["ok"]
    assert (await maija.post("still here"))["ok"]
    await aino.hears(body="still here")
    assert CANARY not in caplog.text
    assert (await HeldMessage.objects.aget(message_id=message)).body == ""


@pytest.mark.check(10)
async def test_with_every_hint_lost_everybody_has_everything_within_seconds(
    open_evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    aino, maija = await open_evening.comes("aino"), await open_evening.comes("maija")
    hub = live.hub_here()
    assert hub
    monkeypatch.setattr(hub.committer, "_changed", lambda _room: None)
    # Nor is what was committed here handed on at once: the poll alone is left to bring it.
    monkeypatch.setattr(hub.committer, "_published", lambda _room, _lines: None)
    monkeypatch.setattr(live, "hint", lambda _room: None)
    monkeypatch.setattr("peersupport.chat.keeping.noting.live.hint", lambda _room: None)
    message = uuid4()
    async with asyncio.timeout(5):
        assert (await aino.post("does it arrive?", message=message))["ok"]
        await maija.hears(body="does it arrive?")
    async with asyncio.timeout(5):
        assert (await aino.send("report", target=str(message), reason="x"))["ok"]
        assert (await maija.send("remove", target=str(message), reason="x"))["ok"]
        await aino.hears(kind="removed")
        await maija.pushed("alert", lambda one: one["reports"] == [])


async def test_what_is_committed_between_reading_and_joining_is_not_left_to_the_poll(
    open_evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first of a room: while she reads the log nobody here is told of what is written."""
    hub = live.hub_here()
    assert hub
    room = Room.objects.filter(pk=open_evening.room.pk)
    maija = open_evening.seats["maija"]
    # Something to read: who has everything already joins without reading.
    await Event.objects.acreate(room_id=open_evening.room.pk, seq=1, kind=Event.Kind.OPENED, member_id=maija)
    await room.aupdate(head=1)

    async def no_poll() -> None:
        pass

    monkeypatch.setattr(hub, "_poll", no_poll)
    read_after = log.read_after

    async def read_then_written(connection: Any, wanted: Any, **options: Any) -> Any:
        # Once: somebody else may be reading at the same time.
        monkeypatch.setattr(log, "read_after", read_after)
        found = await read_after(connection, wanted, **options)
        await Event.objects.acreate(
            room_id=open_evening.room.pk, seq=2, kind=Event.Kind.PAUSED, member_id=maija
        )
        await room.aupdate(head=2)
        return found

    monkeypatch.setattr(log, "read_after", read_then_written)
    aino = await open_evening.comes("aino", resumed=False)
    assert (await aino.send("resume", after=0))["head"] == 1
    await aino.hears(kind="paused")


async def test_one_erased_member_does_not_blind_the_poll_for_all_others(open_evening: Evening) -> None:
    aino, berit = await open_evening.comes("aino"), await open_evening.comes("berit")
    await Presence.objects.all().adelete()
    await Membership.objects.filter(pk=open_evening.seats["aino"]).adelete()
    await Membership.objects.filter(pk=open_evening.seats["berit"]).aupdate(state="suspended")
    async with asyncio.timeout(5):
        assert [await one.closed() for one in (aino, berit)] == [4403, 4403]


async def test_a_message_that_cannot_be_stored_takes_no_other_with_it(
    open_evening: Evening, poison: str
) -> None:
    people = [await open_evening.comes(name) for name in ("aino", "berit", "elias", "maija")]
    replies = await asyncio.gather(
        *(person.post(poison if turn % 3 == 0 else "words") for turn in range(6) for person in people)
    )
    assert [reply["error"]["code"] for reply in replies if not reply["ok"]] == ["internal"] * 8
    assert sorted(reply["seq"] for reply in replies if reply["ok"]) == list(range(1, 17))


async def test_connections_that_the_database_cut_are_replaced_and_nothing_is_lost(
    open_evening: Evening,
) -> None:
    aino, berit = await open_evening.comes("aino"), await open_evening.comes("berit")
    for turn in range(3):
        async with pool.connection() as connection:
            await connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = %s AND pid <> pg_backend_pid()",
                [pool.NAME],
            )
        assert (await aino.post(f"after {turn}"))["ok"]
        await berit.hears(body=f"after {turn}")


async def test_when_the_connection_of_messages_was_cut_no_other_dead_one_is_used_either(
    open_evening: Evening,
) -> None:
    aino = await open_evening.comes("aino")
    line = next(UUID(room["id"]) for room in aino.hello["rooms"] if room["kind"] == "line")
    alone = await open_evening.comes("aino", room=line)
    async with pool.connection(), pool.connection(), pool.connection() as connection:
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s"
            " AND pid <> pg_backend_pid()",
            [pool.NAME],
        )
    async with pool.connection():
        # The one that lives is handed out first; the next ones are dead.
        pass
    # To store it takes the one, to call the facilitators another.
    assert (await alone.post("Is somebody there?"))["ok"]


async def test_an_older_reading_of_what_is_held_is_not_shown_after_a_newer_one(
    open_evening: Evening,
) -> None:
    await open_evening.comes("maija")
    hub = live.hub_here()
    assert hub
    (connection,) = hub.sockets.values()
    pushed: list[str] = []
    connection.push = lambda frame, **_more: pushed.append(frame)  # type: ignore[method-assign]  # listened to

    def show(version: int) -> None:
        side = Side(version, reports=[{"version": version}])
        beside._push(side, connection)

    show(connection.side_version + 2)
    newest = pushed[-1]
    show(connection.side_version - 1)
    assert pushed[-1] == newest


def idle_connection(evening: Evening) -> Connection:
    """A socket whose client takes nothing."""
    from peersupport.chat.door import Entry

    async def never(*_given: Any) -> None:
        await asyncio.Event().wait()

    room = evening.room
    entry = Entry(
        room.pk, "group", "open", "live", 0, room.epoch, room.group_id, uuid4(), uuid4(), "parent", "Willow"
    )
    return Connection(
        entry=entry,
        user_id=entry.user_id,
        session_key="",
        access_version=1,
        send=never,
        write=lambda _frame: False,
        close=never,
    )


@pytest.mark.check(3)
async def test_what_is_queued_for_one_client_is_bounded_in_number_and_in_size(evening: Evening) -> None:
    many, large = idle_connection(evening), idle_connection(evening)
    for _frame in range(300):
        many.push("x")
    for _frame in range(5):
        large.push("x" * 1_000_000)
    assert many.gone
    assert large.gone


@pytest.mark.check(58)
async def test_a_room_its_facilitator_left_holds_messages_after_a_minute_until_she_is_back(
    open_evening: Evening,
) -> None:
    aino, maija = await open_evening.comes("aino"), await open_evening.comes("maija")
    await maija.socket.close()
    await aino.pushed("presence", lambda one: "facilitator" not in str(one["present"]))
    assert (await aino.post("just after"))["state"] == "published"
    await a_minute_goes_by()
    held = await aino.post("a minute later")
    assert (held["state"], held["reason"]) == ("held", "unattended")
    back = await open_evening.comes("maija")
    assert (await aino.post("she is back"))["state"] == "published"
    frame = await back.pushed("held", lambda one: one["items"])
    assert frame["items"][0]["why"] == "unattended"
    # And as long as she stays, the poll says so.
    await a_minute_goes_by()
    hub = live.hub_here()
    assert hub
    lately = Room.objects.filter(attended_at__gt=timezone.now() - timedelta(seconds=30))
    async with asyncio.timeout(5):
        while not await lately.aexists():
            hub.check_soon()
    assert (await aino.post("all is well"))["state"] == "published"


async def a_minute_goes_by() -> None:
    """Seen from the room."""
    await Room.objects.aupdate(attended_at=timezone.now() - timedelta(seconds=61))


@pytest.mark.check(5)
async def test_who_leaves_while_the_poll_asks_is_not_noted_as_here_again(
    open_evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, let_go, real = asyncio.Event(), asyncio.Event(), watching.look

    class OnItsWay:
        """A connection whose statement reaches the database only when it is let."""

        def __init__(self, database: Any) -> None:
            self.database = database

        async def execute(self, *given: Any) -> Any:
            asked.set()
            await let_go.wait()
            return await self.database.execute(*given)

    async def slow(database: Any, *given: Any, **named: Any) -> Any:
        return await real(cast(Any, OnItsWay(database)), *given, **named)

    aino, hub = await open_evening.comes("aino"), live.hub_here()
    assert hub
    monkeypatch.setattr(watching, "look", slow)
    polling = asyncio.create_task(hub._poll())
    await asked.wait()
    await aino.socket.close()
    await eventually(lambda: not (hub.sockets or hub.rooms or hub._errands))
    assert not await Presence.objects.aexists()
    let_go.set()
    await polling
    await eventually(lambda: not hub._errands)
    assert not await Presence.objects.aexists()
