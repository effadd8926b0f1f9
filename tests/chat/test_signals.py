"""A quiet alert: facilitators learn that a member may not be well. Nobody else does; no word of hers goes."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from peersupport.audit.models import Entry
from peersupport.chat import live, log
from peersupport.chat.forgetting import forget_words_of
from peersupport.chat.keeping.deciding import Distress, Draft, Outcome
from peersupport.chat.models import Room, Signal
from peersupport.chat.tending import erase_group
from peersupport.database import pool
from tests.chat.conftest import Evening
from tests.chat.talking import Talker

pytestmark = pytest.mark.django_db(transaction=True)

URGENT, WATCH = Distress("own_life", "urgent"), Distress("despair", "watch")


async def says(
    evening: Evening, name: str, signal: Distress | None, *, message: UUID | None = None
) -> Outcome:
    """A message in which such a signal was found goes into the log as any other does."""
    draft = Draft(evening.room.pk, evening.seats[name], message or uuid4(), "private words", signal=signal)
    async with pool.connection() as connection:
        (outcome,) = await log.append(connection, [draft], now=timezone.now())
    live.hint(evening.room.pk)
    return outcome


def signalled(frame: dict[str, Any]) -> list[str]:
    """The levels of an alert."""
    return [signal["level"] for signal in frame["signals"]]


def alerts(talker: Talker) -> list[dict[str, Any]]:
    """Every alert she got, in order."""
    return [frame for frame in talker.frames if frame.get("push") == "alert"]


@pytest.mark.check(59)
async def test_facilitators_are_told_who_and_when_and_nobody_is_told_the_words(open_evening: Evening) -> None:
    maija, aino, elias = [await open_evening.comes(name) for name in ("maija", "aino", "elias")]
    message = uuid4()
    await says(open_evening, "elias", WATCH)
    await says(open_evening, "aino", URGENT, message=message)

    alert = await maija.pushed("alert", lambda frame: signalled(frame) == ["urgent", "watch"])
    (first, _second) = alert["signals"]
    assert first["by"]["id"] == open_evening.public_id("aino")
    assert (first["kind"], first["target"]) == ("own_life", str(message))
    assert "words" not in str(alert)

    for parent in (aino, elias):
        await parent.hears(body="private words", id=str(message))
        assert "urgent" not in str(parent.frames)
        assert not alerts(parent)


@pytest.mark.check(59)
async def test_a_signal_is_answered_by_a_facilitator_alone_and_audited(open_evening: Evening) -> None:
    maija, aino = await open_evening.comes("maija"), await open_evening.comes("aino")
    await says(open_evening, "aino", URGENT)
    alert = await maija.pushed("alert", lambda frame: frame["signals"])
    signal = alert["signals"][0]["id"]

    refused = await aino.send("answer", target=signal)
    assert refused["error"]["code"] == "not_allowed"
    assert (await maija.send("answer", target=signal))["ok"]
    await maija.until(lambda: alerts(maija)[-1]["signals"] == [])
    kept = await Signal.objects.aget(pk=signal)
    assert kept.answered_at
    entry = await Entry.objects.aget(what="signal.answered")
    assert entry.actor == kept.answered_by


async def test_a_held_message_signals_too_and_one_sent_twice_signals_once(open_evening: Evening) -> None:
    await Room.objects.filter(pk=open_evening.room.pk).aupdate(mode=Room.Mode.HOLD_ALL)
    message = uuid4()
    for _again in range(2):
        await says(open_evening, "aino", WATCH, message=message)
    assert await Signal.objects.filter(message_id=message).acount() == 1


async def test_a_facilitators_own_words_signal_nothing(open_evening: Evening) -> None:
    await says(open_evening, "maija", URGENT)
    assert not await Signal.objects.aexists()


async def test_signals_go_with_the_text_of_the_room_and_with_the_person(open_evening: Evening) -> None:
    cast = open_evening.cast
    for name in ("aino", "elias"):
        await says(open_evening, name, WATCH)
    await sync_to_async(forget_words_of)(user=cast.aino, by=None, now=timezone.now())
    assert [one.member_id async for one in Signal.objects.all()] == [open_evening.seats["elias"]]
    await sync_to_async(erase_group)(cast.alder)
    assert not await Signal.objects.aexists()
