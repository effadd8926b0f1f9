"""A facilitator steps aside with one member: the group reads that one did, and is not alone meanwhile."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from peersupport.chat import live
from peersupport.chat.models import Event, Room, Signal
from peersupport.chat.moderating import nobody_alone
from tests.chat.conftest import Evening
from tests.chat.houses import House, house
from tests.chat.talking import PATIENCE
from tests.registries.visitors import staff_browser

__all__ = ["house"]

pytestmark = pytest.mark.django_db(transaction=True)


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
async def test_only_facilitators_ask_aside_and_only_parents_of_their_group(
    open_evening: Evening, toivo_is_there: None
) -> None:
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
    async with asyncio.timeout(PATIENCE):
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


@pytest.mark.check(59)
async def test_hard_words_in_a_side_room_call_the_facilitators_of_the_group_also_when_hers_has_gone(
    house: House, evening: Evening
) -> None:
    oskar, berit = await evening.comes("oskar"), await evening.comes("berit")
    aino, maija = [await evening.comes(name, room=house["side"]) for name in ("aino", "maija")]
    await maija.socket.close()
    message = uuid4()
    assert (await aino.post("I can't go on and I want to die", message=message))["ok"]
    alert = await oskar.pushed("alert", lambda frame: frame["signals"])
    (signal,) = alert["signals"]
    assert signal["by"]["id"] == evening.public_id("aino")
    assert (signal["level"], signal["target"]) == ("urgent", str(message))
    assert "die" not in str(alert)
    assert (await berit.send("ping"))["ok"]
    assert not [one for one in berit.frames if one.get("push") == "alert"]

    # Whoever is with her there says that it is seen to: the others read so.
    back = await evening.comes("maija", room=house["side"])
    assert (await back.send("answer", target=signal["id"]))["ok"]
    await oskar.until(
        lambda: [one for one in oskar.frames if one.get("push") == "alert"][-1]["signals"] == []
    )


def test_the_console_shows_hard_words_of_a_side_room_and_the_way_there(
    open_evening_room: Evening, house: House
) -> None:
    Signal.objects.create(
        room_id=house["side"],
        member_id=open_evening_room.seats["aino"],
        message_id=uuid4(),
        kind=Signal.Kind.OWN_LIFE,
        level=Signal.Level.URGENT,
    )
    oskar = staff_browser(open_evening_room.cast.oskar)
    page = oskar.get(f"/today/room/{open_evening_room.room.pk}/").content.decode()
    hard = page.split('id="hard-title"')[1].split("</section>")[0]
    assert "Willow" in hard
    assert f'href="/room/{house["side"]}/#newest"' in hard
    assert "Show in the room" not in hard
