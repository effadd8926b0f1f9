"""A parent's line to the facilitators: she can always write there, and they hear that something waits."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from peersupport.chat import live
from peersupport.chat.models import HeldMessage, Room
from peersupport.chat.moderating import quieting
from tests.chat.conftest import Evening
from tests.chat.houses import House, house, seat

__all__ = ["house"]

pytestmark = pytest.mark.django_db(transaction=True)


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
