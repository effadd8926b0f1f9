"""The rooms beside a group's room, a line, a side room, the facilitators' own: who may do what there."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from asgiref.sync import sync_to_async
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from peersupport.accounts.models import StaffRole
from peersupport.accounts.staffing import take_role
from peersupport.chat import acting, live, posting, tending
from peersupport.chat.access import furnish
from peersupport.chat.elsewhere import aside
from peersupport.chat.forgetting import forget_words_of
from peersupport.chat.models import Event, HeldMessage, Room
from peersupport.chat.moderating import nobody_alone, quieting
from peersupport.chat.protocol.commands import Command
from peersupport.chat.protocol.errors import Refused
from peersupport.groups.membership import leave
from peersupport.groups.models import Membership
from tests.chat.conftest import Evening
from tests.chat.saying import at_the_door
from tests.registries.visitors import browser, staff_browser

pytestmark = pytest.mark.django_db(transaction=True)

# Whom the rooms of the house below let in. Toivo, of another group, gets into none.
LET_IN = {
    "group": {"aino", "berit", "maija", "oskar"},
    "line": {"aino", "maija", "oskar"},
    "side": {"aino", "maija", "oskar"},
    "team": {"maija", "oskar"},
}
VISITORS = ("aino", "berit", "maija", "oskar", "toivo")

House = dict[str, UUID]


@pytest.fixture
def house(settled_evening: Evening) -> House:
    """Alder's rooms by kind: the line is Aino's, and so is the side room, to which Maija has asked her."""
    furnish(settled_evening.cast.alder.pk)
    side = stepped_aside(settled_evening, "aino", by="maija")
    rooms = Room.objects.filter(group=settled_evening.cast.alder)
    return {
        "group": settled_evening.room.pk,
        "line": rooms.get(kind=Room.Kind.LINE, member=settled_evening.seats["aino"]).pk,
        "side": side.pk,
        "team": rooms.get(kind=Room.Kind.TEAM).pk,
    }


def seat(evening: Evening, name: str) -> Membership:
    """The membership of one of Alder's."""
    return Membership.objects.select_related("user").get(pk=evening.seats[name])


def stepped_aside(evening: Evening, name: str, *, by: str) -> Room:
    """A facilitator has asked a parent aside."""
    return aside.step_aside(seat(evening, name), by=seat(evening, by), room=evening.room, now=timezone.now())


def browser_of(evening: Evening, name: str) -> Client:
    """Her browser, signed in, staff with a second factor."""
    user = getattr(evening.cast, name)
    return staff_browser(user) if user.is_staff else browser(user)


# Who gets in


@pytest.mark.check(30, 31)
def test_each_room_opens_to_those_it_is_for_and_is_missing_to_everybody_else(
    settled_evening: Evening, house: House
) -> None:
    wrong = []
    for name in VISITORS:
        client = browser_of(settled_evening, name)
        missing = [sent.content for sent in asked(client, uuid4())]
        for kind, room in house.items():
            answers = asked(client, room)
            if name in LET_IN[kind]:
                wrong += [f"{name} is kept from {kind}" for one in answers if one.status_code != 200]
            elif [one.content for one in answers] != missing or {one.status_code for one in answers} != {404}:
                wrong.append(f"{name} notices {kind}")
    assert wrong == []


def asked(client: Client, room: UUID) -> list[Any]:
    """The page, the long poll and a command over HTTPS; the address itself is taken out of the answers."""
    sent = [
        client.get(f"/room/{room}/"),
        client.get(f"/api/v1/rooms/{room}/events/"),
        client.post(f"/api/v1/rooms/{room}/messages/", {"cmd": "read", "seq": 0}, "application/json"),
    ]
    for one in sent:
        one.content = bytes(one.content).replace(str(room).encode(), b"")
    return sent


@pytest.mark.check(30, 31)
async def test_sockets_open_to_those_a_room_is_for_and_to_nobody_else(house: House, evening: Evening) -> None:
    for kind, room in house.items():
        for name in VISITORS:
            if name in LET_IN[kind]:
                hello = (await evening.comes(name, room=room)).hello
                assert hello["room"]["kind"] == kind
            else:
                with pytest.raises(Exception, match="403"):
                    await evening.comes(name, room=room)


async def test_the_groups_room_names_the_others_that_somebody_may_enter(
    house: House, evening: Evening
) -> None:
    def found(person: Any) -> dict[str, str]:
        return {one["id"]: one["kind"] for one in person.hello["rooms"]}

    aino, maija = await evening.comes("aino"), await evening.comes("maija")
    assert found(aino) == {str(house[kind]): kind for kind in ("line", "side")}
    assert found(maija).items() >= {str(house[kind]): kind for kind in ("line", "side", "team")}.items()
    of = {one["id"]: one.get("member", {}).get("name") for one in maija.hello["rooms"]}
    assert of[str(house["line"])] == aino.hello["you"]["name"]
    assert list(found(maija).values()).count("line") == 6, "one for each parent, also who never came"


async def test_a_room_that_was_never_made_is_made_when_somebody_comes(evening: Evening) -> None:
    aino = await evening.comes("aino")
    (line,) = aino.hello["rooms"]
    assert line["kind"] == "line"
    assert (await (await evening.comes("aino", room=UUID(line["id"]))).post("anybody?"))["ok"]


@pytest.mark.check(30)
async def test_nobody_writes_past_the_door_of_a_room(house: House, evening: Evening) -> None:
    berit = await at_the_door(evening, "berit")
    command = {"id": str(uuid4()), "body": "let me in"}
    for kind in ("line", "side", "team"):
        with pytest.raises(Refused, match="not_allowed"):
            await posting.post(Command("post", "", command), by=replace(berit, room_id=house[kind]))
    with pytest.raises(Refused, match="closed"):
        await posting.post(Command("post", "", command), by=berit)


@pytest.mark.check(30)
async def test_what_makes_no_sense_in_a_room_is_not_allowed_there(house: House, evening: Evening) -> None:
    given = {"target": str(uuid4()), "reason": "so", "member": evening.public_id("berit"), "mode": "live"}
    meaningful = {"line": {"retract", "answer"}, "team": {"retract"}, "side": {"retract", "answer", "close"}}
    for kind, possible in meaningful.items():
        maija = await evening.comes("maija", room=house[kind])
        for name in sorted(set(acting.NAMES) - possible):
            reply = await maija.send(name, **given)
            assert (kind, name, reply["error"]["code"]) == (kind, name, "not_allowed")
    states = Room.objects.filter(pk__in=house.values()).exclude(kind="group")
    assert [state async for state in states.values_list("state", flat=True)] == ["open"] * 3


# A private line


@pytest.fixture
def group_is_shut(settled_evening: Evening, house: House) -> None:
    """Nobody attends the group's room, it is paused, everything would be held, and Aino may only read."""
    long_ago = timezone.now() - timedelta(hours=8)
    Room.objects.filter(pk=settled_evening.room.pk).update(
        state="paused", mode="hold_all", attended_at=long_ago
    )
    quieting.mute(
        seat(settled_evening, "aino"),
        by=seat(settled_evening, "maija"),
        minutes=60,
        reason="a pause",
        room=settled_evening.room,
    )


async def test_on_her_line_she_can_always_write(house: House, group_is_shut: None, evening: Evening) -> None:
    in_the_room, on_the_line = await evening.comes("aino"), await evening.comes("aino", room=house["line"])
    assert (await in_the_room.post("hello?"))["error"]["code"] == "paused"
    assert (await on_the_line.post("I cannot sleep"))["state"] == "published"
    assert not await HeldMessage.objects.aexists()
    oskar = await evening.comes("oskar", room=house["line"])
    assert oskar.bodies == ["I cannot sleep"]
    assert (await oskar.post("I am here"))["state"] == "published"
    await on_the_line.hears(body="I am here")


def test_the_database_itself_keeps_lines_open_and_rooms_in_their_kind(house: House) -> None:
    wrongs: dict[str, dict[str, str | None]] = {
        "line": {"state": "closed"},
        "team": {"state": "paused"},
        "group": {"kind": "side"},
        "side": {"member": None},
    }
    for kind, wrong in wrongs.items():
        with pytest.raises(IntegrityError), transaction.atomic():
            Room.objects.filter(pk=house[kind]).update(**wrong)
    line = Room.objects.get(pk=house["line"])
    with pytest.raises(IntegrityError), transaction.atomic():
        Room.objects.create(group=line.group, kind="line", member=line.member, state="open")


@pytest.mark.check(55)
async def test_facilitators_hear_at_once_that_something_waits_on_a_line_and_never_what(
    house: House, evening: Evening
) -> None:
    maija, oskar, berit = [await evening.comes(name) for name in ("maija", "oskar", "berit")]
    aino = await evening.comes("aino", room=house["line"])
    secret = "the blue bicycle"
    for words in (secret, f"{secret} again"):
        assert (await aino.post(words))["ok"]
    for facilitator in (maija, oskar):
        alert = await facilitator.pushed("alert", lambda one: waiting(one) == [2])
        assert alert["lines"][0]["room"] == str(house["line"])
        assert alert["lines"][0]["by"]["id"] == evening.public_id("aino")
    reading = await evening.comes("oskar", room=house["line"])
    assert secret in reading.bodies, "it must have been there to leak"
    for facilitator in (maija, oskar):
        facilitator.frames[:] = [one for one in facilitator.frames if waiting(one) != []]
    assert (await reading.send("read", seq=2))["ok"]
    for facilitator in (maija, oskar):
        await facilitator.pushed("alert", lambda one: waiting(one) == [])
        assert secret not in str(facilitator.frames)
    assert str(house["line"]) not in str(berit.frames)


async def test_what_she_takes_back_on_her_line_waits_no_more(house: House, evening: Evening) -> None:
    maija, aino = await evening.comes("maija"), await evening.comes("aino", room=house["line"])
    message = uuid4()
    await aino.post("not so important", message=message)
    await maija.pushed("alert", lambda one: waiting(one) == [1])
    maija.frames.clear()
    assert (await aino.send("retract", target=str(message)))["ok"]
    await maija.pushed("alert", lambda one: waiting(one) == [])


async def test_distress_on_a_line_reaches_the_groups_facilitators_and_is_answered_from_there(
    house: House, evening: Evening
) -> None:
    maija, aino = await evening.comes("maija"), await evening.comes("aino", room=house["line"])
    message = uuid4()
    assert (await aino.post("I don't want to live any more", message=message))["state"] == "published"
    alert = await maija.pushed("alert", lambda one: one["signals"])
    assert [one["target"] for one in alert["signals"]] == [str(message)]
    maija.frames.clear()
    assert (await maija.send("answer", target=alert["signals"][0]["id"]))["ok"]
    await maija.pushed("alert", lambda one: not one["signals"])


def waiting(frame: dict[str, Any]) -> list[int] | None:
    """How much waits on each line, as an alert says."""
    return [line["count"] for line in frame["lines"]] if frame.get("push") == "alert" else None


async def test_a_facilitator_in_the_groups_room_is_within_call_on_every_line(
    house: House, evening: Evening
) -> None:
    aino = await evening.comes("aino", room=house["line"])
    hub = live.hub_here()
    assert hub
    await evening.comes("berit")
    maija = await evening.comes("maija")
    hub.check_soon()
    seen = await aino.pushed("presence", lambda one: len(one["present"]) == 2)
    assert [one["role"] for one in seen["present"]] == ["facilitator", "parent"]
    aino.frames.clear()
    await maija.socket.close()
    hub.check_soon()
    await aino.pushed("presence", lambda one: len(one["present"]) == 1)


# Stepping aside


async def test_a_facilitator_asks_one_member_aside_and_the_group_reads_only_that_one_did(
    open_evening: Evening,
) -> None:
    aino, berit, maija, oskar = [
        await open_evening.comes(name) for name in ("aino", "berit", "maija", "oskar")
    ]
    reply = await maija.send("side_room", member=open_evening.public_id("aino"))
    for person in (aino, maija, oskar):
        asked_in = await person.pushed("side_room")
        assert (asked_in["room"], asked_in["open"]) == (reply["room"], True)
    again = await oskar.send("side_room", member=open_evening.public_id("aino"))
    assert again["room"] == reply["room"]
    line = await berit.hears(kind="aside")
    assert line.keys() == {"seq", "at", "kind"}
    # A command of hers is answered after everything that was under way for her.
    assert (await berit.send("ping"))["ok"]
    assert not [one for one in berit.frames if one.get("push") == "side_room"]

    side = UUID(reply["room"])
    hers, his = await open_evening.comes("aino", room=side), await open_evening.comes("oskar", room=side)
    await his.post("only the two of us")
    await hers.hears(body="only the two of us")
    assert (await his.send("close"))["ok"]
    await hers.hears(kind="closed")
    await berit.hears(kind="back")
    await aino.pushed("side_room", lambda one: not one["open"])
    assert [event["kind"] for event in berit.log] == ["aside", "back"]
    assert (await maija.send("side_room", member=open_evening.public_id("aino"), end=True))["ok"]
    assert (await maija.send("side_room", member=open_evening.public_id("elias"), end=True))["ok"] is False


@pytest.mark.check(30)
async def test_only_facilitators_ask_aside_and_only_parents_of_their_group(open_evening: Evening) -> None:
    aino, maija = await open_evening.comes("aino"), await open_evening.comes("maija")
    tries = [(aino, "berit"), (aino, "aino"), (maija, "oskar"), (maija, "toivo")]
    for person, member in tries:
        reply = await person.send("side_room", member=open_evening.public_id(member))
        assert reply["error"]["code"] == "not_allowed"
    assert not await Room.objects.filter(kind="side").aexists()


async def test_who_is_in_a_side_room_is_with_the_group_all_the_same(house: House, evening: Evening) -> None:
    berit, maija = await evening.comes("berit"), await evening.comes("maija")
    for name in ("aino", "oskar"):
        await evening.comes(name, room=house["side"])
    assert (await maija.send("open"))["ok"], "two facilitators are with the group, one of them aside"
    await maija.socket.close()
    hub = live.hub_here()
    assert hub
    long_ago = timezone.now() - timedelta(minutes=4)
    await Room.objects.filter(pk=house["group"]).aupdate(attended_at=long_ago)
    hub.check_soon()
    seen = await berit.pushed("presence", lambda one: len(one["present"]) == 3)
    assert {one["id"] for one in seen["present"]} == {
        evening.public_id(one) for one in ("aino", "berit", "oskar")
    }
    async with asyncio.timeout(8):
        while (await Room.objects.aget(pk=house["group"])).attended_at == long_ago:
            pass
    assert (await berit.post("shall I go on?"))["state"] == "published"


def test_a_side_room_that_nobody_attends_any_more_closes_with_care(
    open_evening_room: Evening, house: House
) -> None:
    now = timezone.now()
    Room.objects.filter(pk=house["side"]).update(attended_at=now - timedelta(minutes=6))
    nobody_alone.close_unattended(now)
    assert Room.objects.get(pk=house["side"]).state == "closed"
    (closed,) = Event.objects.filter(room=house["side"], kind="closed")
    assert closed.facts == {"why": "unattended"}
    assert [event.kind for event in Event.objects.filter(room=house["group"]).order_by("seq")] == [
        "aside",
        "back",
    ]
    # A line has waited longer than any room may, and stays.
    assert Room.objects.get(pk=house["line"]).state == "open"


# Coming to an end


@pytest.mark.check(33)
async def test_who_loses_her_role_or_her_membership_is_out_of_these_rooms_within_five_seconds(
    house: House, evening: Evening
) -> None:
    gone = [await evening.comes("maija", room=house[kind]) for kind in ("line", "side", "team")]
    hers = [await evening.comes("aino", room=house[kind]) for kind in ("line", "side")]
    demoted = await evening.comes("oskar", room=house["team"])

    def end() -> None:
        take_role(of=evening.cast.maija, role=StaffRole.Role.FACILITATOR, by=evening.cast.salla)
        leave(membership=seat(evening, "aino"), by=evening.cast.salla, now=timezone.now())
        Membership.objects.filter(pk=evening.seats["oskar"]).update(role="parent")

    await sync_to_async(end)()
    async with asyncio.timeout(5):
        assert [await one.closed() for one in gone] == [4401] * 3
        assert [await one.closed() for one in hers] == [4403] * 2
        assert await demoted.closed() == 4403
    for name, kind in (("maija", "line"), ("aino", "line"), ("oskar", "team")):
        with pytest.raises(Exception, match="403"):
            await evening.comes(name, room=house[kind])


async def test_her_erasure_takes_her_line_and_her_side_room_with_it(house: House, evening: Evening) -> None:
    oskar = await evening.comes("oskar", room=house["line"])
    assert (await oskar.post("how are you today?"))["ok"]

    def erase() -> None:
        with transaction.atomic():
            forget_words_of(user=evening.cast.aino, by=evening.cast.salla, now=timezone.now())

    await sync_to_async(erase)()
    assert await oskar.closed() == 4403
    left = Room.objects.filter(pk__in=house.values()).values_list("kind", flat=True)
    assert {kind async for kind in left} == {"group", "team"}
    assert not await Event.objects.filter(room=house["line"]).aexists()


def test_all_rooms_of_a_group_are_erased_with_it(settled_evening: Evening, house: House) -> None:
    tending.erase_group(settled_evening.cast.alder)
    assert not Room.objects.filter(pk__in=house.values()).exists()
    assert not Event.objects.filter(room__in=house.values()).exists()
