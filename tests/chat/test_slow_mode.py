"""Each parent writes once in a while: calmly said, nothing lost, facilitators as they like."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.db.models import F
from django.utils import timezone

from peersupport.audit.models import Entry
from peersupport.chat.models import Event, HeldMessage, Room
from peersupport.chat.moderating import quieting
from peersupport.chat.protocol.errors import Refused
from tests.chat.conftest import Evening
from tests.chat.reader import Reader
from tests.chat.test_without_sockets import asking, behind_a_proxy
from tests.registries.visitors import staff_browser

__all__ = ["behind_a_proxy"]

pytestmark = pytest.mark.django_db(transaction=True)


async def later(seconds: float) -> None:
    """As if everything had been written so long before."""
    ago = timedelta(seconds=seconds)
    await Event.objects.filter(kind="message").aupdate(at=F("at") - ago)
    await HeldMessage.objects.aupdate(held_at=F("held_at") - ago)


async def test_everybody_is_told_and_a_parent_who_writes_too_soon_is_told_how_long(
    open_evening: Evening,
) -> None:
    maija, aino, berit = [await open_evening.comes(name) for name in ("maija", "aino", "berit")]
    assert (await aino.post("before"))["ok"]
    assert (await maija.send("slow", seconds=30))["seq"] == 2
    assert "seq" not in await maija.send("slow", seconds=30)
    for one in (aino, berit, maija):
        assert (await one.hears(kind="slow"))["seconds"] == 30
    refused = (await aino.post("and more"))["error"]
    assert (refused["code"], refused["slow"]) == ("rate_limited", 30)
    assert 0 < refused["retry_after"] <= 30
    assert "once in 30 seconds" in refused["message"]
    # Others have their own turn, facilitators write as they like, and a repeated id is no new message.
    message = uuid4()
    for _again in range(2):
        assert (await berit.post("mine", message=message))["seq"] == 3
    for words in ("one", "two"):
        assert (await maija.post(words))["ok"]
    await later(31)
    assert (await aino.post("and more"))["ok"]
    assert (await open_evening.comes("elias")).hello["room"]["slow"] == 30
    # A message that waits for a facilitator was written as well.
    await sync_to_async(Room.objects.filter(pk=open_evening.room.pk).update)(mode="hold_all")
    await later(31)
    assert (await aino.post("held"))["state"] == "held"
    assert (await aino.post("at once"))["error"]["code"] == "rate_limited"
    entry = await Entry.objects.filter(what="room.slow").alatest("at")
    assert (entry.actor, entry.facts) == (open_evening.cast.maija.pk, {"seconds": 30})


async def test_a_facilitator_alone_sets_it_within_bounds_and_it_ends_with_the_meeting(
    open_evening: Evening,
) -> None:
    maija, aino = await open_evening.comes("maija"), await open_evening.comes("aino")
    assert (await aino.send("slow", seconds=30))["error"]["code"] == "not_allowed"
    for wrong in (-1, 1, 601, 2.5, "30", None, True):
        assert (await maija.send("slow", seconds=wrong))["error"]["code"] == "invalid", wrong
    assert (await maija.send("slow", seconds=60))["ok"]
    assert (await aino.post("one"))["ok"]
    assert (await maija.send("slow", seconds=0))["ok"]
    assert (await aino.post("two"))["ok"]
    await maija.send("slow", seconds=60)
    await maija.send("close")
    assert (await maija.send("slow", seconds=60))["error"]["code"] == "closed"
    room = await Room.objects.aget(pk=open_evening.room.pk)
    assert room.slow_seconds == 0


async def test_without_a_socket_the_answer_is_429_with_the_time(open_evening: Evening) -> None:
    await sync_to_async(slow)(open_evening, 30)
    async with asking(open_evening, "aino") as aino:
        assert (await aino.ask())["room"]["slow"] == 30
        assert (await aino.post("one"))["ok"]
        answer = await aino.send(id=str(uuid4()), body="two")
        assert answer.status_code == 429
        error = answer.json()["error"]
        assert (error["code"], error["slow"]) == ("rate_limited", 30)
        assert error["retry_after"] > 0


async def test_many_at_once_by_one_parent_are_one(open_evening: Evening) -> None:
    await sync_to_async(slow)(open_evening, 30)
    phones = [await open_evening.comes("aino") for _phone in range(5)]
    replies = await asyncio.gather(*(phone.post("now") for phone in phones))
    assert sorted(reply["ok"] for reply in replies) == [False] * 4 + [True]


def slow(evening: Evening, seconds: int) -> None:
    """Maija has everybody write more slowly."""
    seat = evening.cast.seat(evening.cast.maija, evening.cast.alder)
    quieting.slow_down(evening.room, seconds, by=seat)


def test_without_a_script_the_page_says_so_and_her_words_stay(open_evening_room: Evening) -> None:
    slow(open_evening_room, 60)
    aino = Reader(open_evening_room, open_evening_room.cast.aino)
    assert "Each of us writes at most once in a minute just now." in aino.reads()
    aino.presses("post", body="First.")
    aino.id = str(uuid4())
    answer = aino.presses("post", body="Second.")
    page = unescape(answer.content.decode())
    assert answer.status_code == 400
    assert re.search(r"Yours can go out in (\d\d seconds|a minute); your words stay here\.", page)
    assert "Second.</textarea>" in page
    Event.objects.filter(kind="message").update(at=timezone.now() - timedelta(seconds=61))
    assert aino.presses("post", body="Second.").status_code == 302


def test_the_console_sets_it_and_takes_it_back(open_evening_room: Evening) -> None:
    evening = open_evening_room
    maija, console = staff_browser(evening.cast.maija), f"/today/room/{evening.room.pk}/"
    said = maija.post(f"{console}act/", {"act": "slow", "seconds": "120"}, follow=True)
    page = unescape(said.content.decode())
    assert "From now on each parent writes at most once in 2 minutes." in page
    assert '<option value="120" selected>at most once in 2 minutes</option>' in page
    maija.post(f"{console}act/", {"act": "slow", "seconds": "7"})
    evening.room.refresh_from_db()
    assert evening.room.slow_seconds == 120
    maija.post(f"{console}act/", {"act": "slow", "seconds": "0"})
    evening.room.refresh_from_db()
    assert evening.room.slow_seconds == 0
    with pytest.raises(Refused):
        quieting.slow_down(evening.room, 30, by=evening.cast.seat(evening.cast.aino))
