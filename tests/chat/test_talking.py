"""Talking in a room: what is acknowledged is durable, in one order, without gaps."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from psycopg import AsyncConnection

from peersupport.chat import live, log
from peersupport.chat.keeping.deciding import Draft
from peersupport.chat.models import Event, HeldMessage, Room
from peersupport.database import pool
from tests.chat.conftest import Evening
from tests.chat.talking import Talker

pytestmark = pytest.mark.django_db(transaction=True)


async def test_what_a_parent_writes_reaches_everyone_and_herself(open_evening: Evening) -> None:
    aino, berit = await open_evening.comes("aino"), await open_evening.comes("berit")
    reply = await aino.post("Good evening, I am glad to be here.")
    assert reply["ok"]
    assert reply["state"] == "published"
    for person in (aino, berit):
        heard = await person.hears(body="Good evening, I am glad to be here.")
        assert heard["seq"] == reply["seq"]
        assert heard["by"]["name"] == "Willow"
        assert heard["by"]["role"] == "parent"


@pytest.mark.check(9)
async def test_the_same_id_twice_is_one_message_and_the_first_reply_again(open_evening: Evening) -> None:
    aino = await open_evening.comes("aino")
    message = uuid4()
    first = await aino.post("Once.", message=message)
    again = await aino.post("Once.", message=message)
    other = await aino.post("Something else.", message=message)
    assert (again["seq"], again["state"]) == (first["seq"], "published")
    assert other["error"]["code"] == "conflict"
    assert await Event.objects.filter(message_id=message).acount() == 1


@pytest.mark.check(13)
async def test_fifty_writers_at_once_get_dense_numbers_in_one_order(open_evening: Evening) -> None:
    """Ten devices of each of five people, a socket each."""
    people = [name for _device in range(10) for name in ("aino", "berit", "elias", "maija", "oskar")]
    writers = [await open_evening.comes(name) for name in people]
    replies = await asyncio.gather(*(writer.post(f"word {turn}") for turn, writer in enumerate(writers)))
    assert sorted(reply["seq"] for reply in replies) == list(range(1, 51))
    for writer in writers:
        await writer.hears(seq=50)
    assert len({tuple(event["id"] for event in writer.log) for writer in writers}) == 1


async def test_coming_back_after_any_number_gives_exactly_the_rest(open_evening: Evening) -> None:
    aino = await open_evening.comes("aino")
    for turn in range(7):
        await aino.post(f"line {turn}")
    berit = await open_evening.comes("berit", resumed=False)
    await berit.resume(after=4)
    assert [event["seq"] for event in berit.log] == [5, 6, 7]


async def test_a_number_from_another_epoch_or_beyond_the_head_starts_from_the_beginning(
    open_evening: Evening,
) -> None:
    aino = await open_evening.comes("aino")
    await aino.post("first")
    beyond = await open_evening.comes("berit", resumed=False)
    assert (await beyond.resume(after=99))["reset"] is True
    assert beyond.bodies == ["first"]
    stale = await open_evening.comes("elias", resumed=False)
    assert (await stale.resume(after=1, epoch=str(uuid4())))["reset"] is True
    assert stale.bodies == ["first"]


async def test_more_than_a_page_of_history_comes_whole(open_evening: Evening) -> None:
    await written_before(open_evening, 450)
    aino, elias = await open_evening.comes("aino"), await open_evening.comes("elias")
    assert [event["seq"] for event in elias.log] == list(range(1, 451))
    await aino.post("after")
    await elias.hears(body="after")


async def test_who_writes_in_a_closed_room_is_told_so_and_nothing_is_kept(evening: Evening) -> None:
    aino = await evening.comes("aino")
    reply = await aino.post("Is anybody here?")
    assert reply["error"]["code"] == "closed"
    assert not await Event.objects.aexists()
    assert not await HeldMessage.objects.aexists()


async def test_personal_details_are_asked_about_and_sent_when_confirmed(open_evening: Evening) -> None:
    aino = await open_evening.comes("aino")
    text = "Call me: 040 123 4567"
    asked = await aino.post(text)
    assert asked["error"]["code"] == "confirm"
    (finding,) = asked["error"]["findings"]
    assert text[finding["start"] : finding["end"]] == "040 123 4567"
    sent = await aino.post(text, confirmed=True)
    assert sent["state"] == "published"


async def test_a_reply_names_a_message_of_this_room_and_no_other(open_evening: Evening) -> None:
    aino = await open_evening.comes("aino")
    message = uuid4()
    await aino.post("first", message=message)
    answer = await aino.post("yes", reply_to=str(message))
    assert answer["ok"]
    assert (await aino.hears(body="yes"))["reply_to"] == str(message)
    assert (await aino.post("no", reply_to=str(uuid4())))["error"]["code"] == "invalid"


async def test_a_retracted_message_is_gone_for_everyone_and_for_who_comes_later(
    open_evening: Evening,
) -> None:
    aino, berit = await open_evening.comes("aino"), await open_evening.comes("berit")
    message = uuid4()
    await aino.post("Too much said.", message=message)
    await berit.hears(body="Too much said.")
    assert (await berit.send("retract", target=str(message)))["error"]["code"] == "not_allowed"
    assert (await aino.send("retract", target=str(message)))["ok"]
    await berit.hears(kind="retracted", target=str(message))
    later = await open_evening.comes("elias")
    assert later.bodies == [None]
    row = await Event.objects.aget(message_id=message)
    assert row.body is None


async def test_presence_names_pseudonyms_and_hands_and_nothing_else(open_evening: Evening) -> None:
    aino, maija = await open_evening.comes("aino"), await open_evening.comes("maija")
    await aino.send("hand", up=True)
    frame = await maija.pushed("presence", lambda one: any(person["hand"] for person in one["present"]))
    assert [person["role"] for person in frame["present"]] == ["facilitator", "parent"]
    assert {key for person in frame["present"] for key in person} == {"id", "name", "role", "hand", "quiet"}


async def test_typing_is_shown_to_the_others_only(open_evening: Evening) -> None:
    aino, berit = await open_evening.comes("aino"), await open_evening.comes("berit")
    await aino.send("typing")
    typing = await berit.pushed("typing")
    assert typing["by"]["name"] == "Willow"
    await aino.send("ping")
    assert not [one for one in aino.frames if one.get("push") == "typing"]


async def test_how_far_she_has_read_is_known_on_her_next_device(open_evening: Evening) -> None:
    aino = await open_evening.comes("aino")
    for turn in range(3):
        await aino.post(f"{turn}")
    await aino.send("read", seq=2)
    await aino.send("read", seq=1)
    phone = await open_evening.comes("aino")
    assert phone.hello["read"] == 2
    await phone.send("read", seq=9_999)
    third = await open_evening.comes("aino")
    assert third.hello["read"] == 3


@pytest.mark.check(8)
async def test_a_message_costs_the_same_number_of_statements_in_a_long_room(
    open_evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    aino, berit = await open_evening.comes("aino"), await open_evening.comes("berit")
    statements = counted_statements(monkeypatch)
    await aino.post("in a short room")
    await berit.hears(body="in a short room")
    short = statements.total()
    await written_before(open_evening, 450)
    await berit.until(lambda: berit.seq == 451)
    statements.clear()
    await aino.post("in a long room")
    await berit.hears(body="in a long room")
    assert 0 < statements.total() <= short


@pytest.fixture
def a_full_group(settled_evening: Evening) -> tuple[str, ...]:
    """Everybody of Alder is signed in; gives their names."""
    for name in ("chloe", "dara", "farah"):
        settled_evening.knows(name)
    return tuple(settled_evening.cookies)


@pytest.mark.check(8)
async def test_a_message_costs_the_same_number_of_statements_for_forty_sockets_as_for_two(
    a_full_group: tuple[str, ...], open_evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = [await open_evening.comes("aino"), await open_evening.comes("berit")]
    # What is read once for a writer, and not for each message, is read now.
    await all_hear("the first", here)
    statements = counted_statements(monkeypatch)
    await all_hear("to two", here)
    of_two = statements.copy()
    more = (*a_full_group * 5,)[2:]
    here += [await open_evening.comes(name) for name in more]
    assert len(here) == 40
    statements.clear()
    await all_hear("to forty", here)
    assert of_two
    assert statements == of_two


async def all_hear(words: str, here: list[Talker]) -> None:
    """The first of them says something; all have it when this returns."""
    assert (await here[0].post(words))["ok"]
    for person in here:
        await person.hears(body=words)


async def written_before(evening: Evening, lines: int) -> None:
    """A history, written straight into the log."""
    room, member = evening.room.pk, evening.seats["aino"]
    drafts = [Draft(room, member, uuid4(), f"line {line}") for line in range(lines)]
    async with pool.connection() as connection:
        await log.append(connection, drafts, now=timezone.now())
    live.hint(room)


def counted_statements(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Counts what the message path sends to the database from here on; the poll is left out."""
    counts: Counter[str] = Counter()
    execute = AsyncConnection.execute

    async def counting(self: Any, query: Any, *args: Any, **options: Any) -> Any:
        if "chat_presence" not in str(query):
            counts[str(query)[:60]] += 1
        return await execute(self, query, *args, **options)

    monkeypatch.setattr(AsyncConnection, "execute", counting)
    return counts


async def test_text_in_the_database_is_sealed_and_bound_to_its_row(open_evening: Evening) -> None:
    aino = await open_evening.comes("aino")
    one, two = uuid4(), uuid4()
    await aino.post("a very private line", message=one)
    await aino.post("another line", message=two)
    first, second = await Event.objects.aget(message_id=one), await Event.objects.aget(message_id=two)
    assert b"private" not in bytes(first.body or b"")
    await Event.objects.filter(message_id=one).aupdate(body=second.body)
    late = await open_evening.comes("berit")
    assert late.bodies == [None, "another line"]


async def test_an_unattended_room_holds_what_parents_write(open_evening: Evening) -> None:
    await Room.objects.filter(pk=open_evening.room.pk).aupdate(
        attended_at=timezone.now() - timedelta(seconds=61)
    )
    aino = await open_evening.comes("aino")
    reply = await aino.post("Hello?")
    assert (reply["state"], reply["reason"]) == ("held", "unattended")
