"""Facilitators keep a room safe: opening, holding, removing, muting, ejecting; all on the record."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from peersupport.audit.models import Entry
from peersupport.chat.consumer import HANDLERS
from peersupport.chat.keeping import noting
from peersupport.chat.models import Ejection, Event, HeldMessage, Room
from peersupport.chat.moderating import nobody_alone
from peersupport.chat.moderating.nobody_alone import close_unattended
from peersupport.groups.models import Membership
from peersupport.work.one_by_one import SomeFailed
from tests.cast import Cast
from tests.chat.conftest import Evening
from tests.chat.orders import OF_PARENTS, come_up, orders
from tests.chat.talking import Talker
from tests.chat.test_who_may_command import all_known

__all__ = ["all_known"]

pytestmark = pytest.mark.django_db(transaction=True)

#: Coming in and being there, and words of which the log itself is the record.
MODERATES_NOBODY = {"resume", "post", "retract", "hand", "typing", "read", "quiet", "ping"}


async def test_a_room_opens_only_with_two_facilitators_in_it(evening: Evening) -> None:
    maija = await evening.comes("maija")
    alone = await maija.send("open")
    assert alone["error"]["code"] == "not_allowed"
    assert alone["error"]["facilitators"] == 1
    await evening.comes("maija")
    assert not (await maija.send("open"))["ok"], "one person with two devices is one facilitator"
    oskar = await evening.comes("oskar")
    assert (await maija.send("open"))["ok"]
    await oskar.hears(kind="opened")
    aino = await evening.comes("aino")
    assert (await aino.post("Good evening."))["state"] == "published"


async def hold_all(evening: Evening, facilitator: Talker) -> None:
    assert (await facilitator.send("mode", mode="hold_all"))["ok"]


@pytest.mark.check(55)
async def test_a_held_message_reaches_its_writer_and_facilitators_alone(open_evening: Evening) -> None:
    aino, berit = await open_evening.comes("aino"), await open_evening.comes("berit")
    maija = await open_evening.comes("maija")
    await hold_all(open_evening, maija)
    message = uuid4()
    reply = await aino.post("Please read this first.", message=message)
    assert (reply["state"], reply["reason"]) == ("held", "hold_all")
    for person in (aino, maija):
        frame = await person.pushed("held", lambda one: one["items"])
        assert frame["items"][0]["body"] == "Please read this first."
    late = await open_evening.comes("elias")
    for person in (berit, late):
        await person.send("ping")
        assert "Please read" not in str(person.frames)
    assert (await maija.send("release", target=str(message)))["ok"]
    heard = await berit.hears(body="Please read this first.")
    assert heard["by"]["name"] == "Willow"


async def test_a_declined_message_stays_out_and_its_writer_reads_why(open_evening: Evening) -> None:
    aino, maija = await open_evening.comes("aino"), await open_evening.comes("maija")
    await hold_all(open_evening, maija)
    message = uuid4()
    await aino.post("Something with a name in it.", message=message)
    assert (await maija.send("decline", target=str(message), reason="It names somebody."))["ok"]
    word = await aino.pushed("outcome")
    assert (word["target"], word["reason"]) == (str(message), "It names somebody.")
    phone = await open_evening.comes("aino")
    assert (await phone.pushed("outcome"))["target"] == str(message)
    assert not await Event.objects.filter(kind="message").aexists()
    held = await HeldMessage.objects.aget(message_id=message)
    assert held.body == ""


@pytest.mark.check(56)
async def test_two_decisions_at_once_and_one_wins(open_evening: Evening) -> None:
    aino = await open_evening.comes("aino")
    maija, oskar = await open_evening.comes("maija"), await open_evening.comes("oskar")
    await hold_all(open_evening, maija)
    for _turn in range(5):
        message = uuid4()
        await aino.post("once more", message=message)
        replies = await asyncio.gather(
            maija.send("release", target=str(message)),
            oskar.send("decline", target=str(message), reason="not now"),
        )
        assert sorted(reply["ok"] for reply in replies) == [False, True]
        (lost,) = [reply for reply in replies if not reply["ok"]]
        assert lost["error"]["code"] == "conflict"


async def test_removed_text_is_gone_for_everyone_and_from_the_database(open_evening: Evening) -> None:
    aino, maija = await open_evening.comes("aino"), await open_evening.comes("maija")
    message = uuid4()
    await aino.post("too much", message=message)
    reply = await maija.send("remove", target=str(message), reason="It could be recognised.")
    assert reply["ok"]
    heard = await aino.hears(kind="removed", target=str(message))
    assert heard["reason"] == "It could be recognised."
    late = await open_evening.comes("berit")
    assert late.bodies == [None]
    again = await maija.send("remove", target=str(message), reason="again")
    assert again["error"]["code"] == "conflict"


@pytest.mark.check(57)
async def test_words_taken_back_are_gone_within_two_seconds_for_who_is_there_and_who_comes(
    open_evening: Evening,
) -> None:
    aino, berit = await open_evening.comes("aino"), await open_evening.comes("berit")
    message = uuid4()
    await aino.post("I wish I had not said this.", message=message)
    await berit.hears(body="I wish I had not said this.")
    async with asyncio.timeout(2):
        assert (await aino.send("retract", target=str(message)))["ok"]
        await berit.hears(kind="retracted", target=str(message))
    assert (await open_evening.comes("elias")).bodies == [None]


async def test_her_words_are_hers_to_take_back_however_old_they_are_and_also_when_nobody_can_write(
    open_evening: Evening,
) -> None:
    aino, maija = await open_evening.comes("aino"), await open_evening.comes("maija")
    message = uuid4()
    await aino.post("I wish I had not said this.", message=message)
    await Event.objects.filter(message_id=message).aupdate(at=open_evening.cast.later(days=-40))
    assert (await maija.send("close"))["ok"]
    assert (await aino.send("retract", target=str(message)))["ok"]
    assert (await Event.objects.aget(message_id=message)).body is None
    assert (await open_evening.comes("elias")).bodies == [None]


@pytest.mark.check(57)
async def test_a_muted_parent_reads_and_cannot_write_until_it_is_lifted(open_evening: Evening) -> None:
    aino, maija = await open_evening.comes("aino"), await open_evening.comes("maija")
    member = open_evening.public_id("aino")
    async with asyncio.timeout(2):
        assert (await maija.send("mute", member=member, minutes=10, reason="a pause"))["ok"]
        assert (await aino.post("but"))["error"]["code"] == "muted"
        assert (await aino.pushed("muted", lambda one: one["members"]))["members"][0]["name"] == "Willow"
    await maija.post("We go on in a moment.")
    await aino.hears(body="We go on in a moment.")
    assert (await maija.send("unmute", member=member))["ok"]
    assert (await aino.post("thank you"))["ok"]


@pytest.mark.check(33)
async def test_an_ejected_parent_is_out_at_once_and_cannot_come_back(open_evening: Evening) -> None:
    aino, maija = await open_evening.comes("aino"), await open_evening.comes("maija")
    oskar = await open_evening.comes("oskar")
    member = open_evening.public_id("aino")
    assert (await maija.send("eject", member=member, reason="unsafe"))["ok"]
    assert (await aino.pushed("bye"))["code"] == "ejected"
    assert await aino.closed() == 4403
    with pytest.raises(Exception, match="403"):
        await open_evening.comes("aino")
    assert (await maija.send("confirm_eject", member=member))["error"]["code"] == "not_allowed"
    assert (await oskar.send("undo_eject", member=member))["ok"]
    assert (await open_evening.comes("aino")).hello["ok"]
    ejection = await Ejection.objects.aget()
    assert ejection.undone_at is not None


async def test_a_report_reaches_the_facilitators_within_seconds_and_not_the_others(
    open_evening: Evening,
) -> None:
    aino, berit = await open_evening.comes("aino"), await open_evening.comes("berit")
    maija = await open_evening.comes("maija")
    message = uuid4()
    await berit.post("Give me your address.", message=message)
    async with asyncio.timeout(5):
        assert (await aino.send("report", target=str(message), reason="She asks where I live."))["ok"]
        alert = await maija.pushed("alert", lambda one: one["reports"])
    assert alert["reports"][0]["reason"] == "She asks where I live."
    await berit.send("ping")
    assert not [one for one in berit.frames if one.get("push") == "alert"]
    assert (await maija.send("answer", target=alert["reports"][0]["id"]))["ok"]
    await maija.until(lambda: maija.frames[-1].get("reports") == [])


async def test_a_paused_room_lets_facilitators_speak_and_parents_wait(open_evening: Evening) -> None:
    aino, maija = await open_evening.comes("aino"), await open_evening.comes("maija")
    await maija.send("pause")
    assert (await aino.post("wait"))["error"]["code"] == "paused"
    assert (await maija.post("Take a breath."))["ok"]
    await maija.send("unpause")
    assert (await aino.post("thank you"))["ok"]


def the_record() -> list[Entry]:
    """Everything that was recorded, in order."""
    return list(Entry.objects.order_by("pk"))


@pytest.mark.check(59)
async def test_every_act_is_on_the_record_without_a_word_of_what_was_written(
    all_known: None, unhurried: Evening
) -> None:
    aino, maija = await unhurried.comes("aino"), await unhurried.comes("maija")
    about = await come_up(unhurried, aino=aino, maija=maija)
    await unhurried.comes("oskar")
    recorded: set[str] = set()
    # Last of all the room is opened again: where it stands open, there is no act.
    given = [one for one in orders(about, reason="canary reason") if one[0] != "open"] + [("open", {})]
    for command, fields in given:
        who = aino if command in OF_PARENTS else maija
        before = len(await sync_to_async(the_record)())
        assert (await who.send(command, **fields))["ok"], command
        added = (await sync_to_async(the_record)())[before:]
        by = unhurried.cast.aino.pk if who is aino else unhurried.cast.maija.pk
        if any(entry.actor == by for entry in added):
            recorded.add(command)
    assert HANDLERS.keys() - recorded - MODERATES_NOBODY == set(), "these leave no trace"
    assert {command for command, _fields in given} == HANDLERS.keys(), "nothing goes untried"
    assert "canary" not in str([(entry.facts, entry.about) for entry in await sync_to_async(the_record)()])


def test_a_room_left_alone_for_five_minutes_closes_and_says_so(open_evening_room: Evening) -> None:
    room = open_evening_room.room
    now = timezone.now()
    Room.objects.filter(pk=room.pk).update(attended_at=open_evening_room.cast.later(minutes=-4))
    close_unattended(now)
    room.refresh_from_db()
    assert room.state == "open"
    Room.objects.filter(pk=room.pk).update(attended_at=open_evening_room.cast.later(minutes=-6))
    close_unattended(now)
    close_unattended(now)
    room.refresh_from_db()
    assert room.state == "closed"
    (event,) = Event.objects.filter(room=room)
    assert (event.kind, event.facts) == ("closed", {"why": "unattended"})


def test_a_room_that_cannot_be_closed_leaves_no_other_open(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    rooms = [people.room(people.alder), people.room(people.birch)]
    for room, minutes in zip(rooms, (-7, -6), strict=True):
        Room.objects.filter(pk=room.pk).update(
            state=Room.State.OPEN, attended_at=people.later(minutes=minutes)
        )

    def note(room: Room, *args: Any, **given: Any) -> Event:
        if room.pk == rooms[0].pk:
            raise RuntimeError
        return noting.note(room, *args, **given)

    monkeypatch.setattr(nobody_alone, "note", note)
    with pytest.raises(SomeFailed):
        close_unattended(people.now)
    assert [Room.objects.get(pk=room.pk).state for room in rooms] == ["open", "closed"]


def test_a_facilitator_of_another_group_has_no_say_here(open_evening_room: Evening) -> None:
    from peersupport.chat import moderation
    from peersupport.chat.protocol.errors import Refused

    ruben = Membership.objects.get(user=open_evening_room.cast.ruben, group=open_evening_room.cast.birch)
    with pytest.raises(Refused):
        moderation.close(open_evening_room.room, by=ruben)
