"""What had its time is erased: rows are gone, and what was copied before cannot be read any more."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.conf import settings
from django.db.models import Model
from django.utils import timezone

from peersupport.audit.models import Entry
from peersupport.chat import log
from peersupport.chat.hub import side
from peersupport.chat.keeping.deciding import Draft
from peersupport.chat.models import Event, HeldMessage, Room
from peersupport.chat.tending import erase_ended, erase_group
from peersupport.database import pool
from peersupport.groups.models import Membership, SupportGroup
from peersupport.vault import keys
from peersupport.work.one_by_one import SomeFailed
from tests.cast import Cast
from tests.chat.conftest import Evening

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def spoken(people: Cast) -> Room:
    """Cedar's room, in which something was said and something held."""
    room = people.room(people.cedar)
    now = timezone.now()
    Room.objects.filter(pk=room.pk).update(state=Room.State.OPEN, attended_at=now)
    writer = Membership.objects.filter(group=people.cedar, state="active", role="parent").first()
    assert writer
    said(room, writer, "said long ago", now=now)
    Room.objects.filter(pk=room.pk).update(mode=Room.Mode.HOLD_ALL)
    said(room, writer, "held long ago", now=now)
    return room


@async_to_sync
async def said(room: Room, member: Membership, words: str, *, now: Any) -> None:
    """Straight into the log, as the rules of the room decide."""
    async with pool.connection() as database:
        await log.append(database, [Draft(room.pk, member.pk, uuid4(), words)], now=now)


@async_to_sync
async def read(room: Room) -> list[str | None]:
    """Every word of the room that can be read."""
    async with pool.connection() as database:
        lines = (await log.read_after(database, {room.pk: 0}))[room.pk].lines
        beside = await side.read(database, room.pk)
    return [*(line.body for line in lines), *(item["body"] for _member, item in beside.held)]


@pytest.mark.check(52)
def test_a_group_that_ended_is_erased_in_time_and_an_old_dump_of_it_stays_unreadable(
    spoken: Room, people: Cast
) -> None:
    assert read(spoken) == ["said long ago", "held long ago"]
    cedar = SupportGroup.objects.get(pk=people.cedar.pk)
    assert cedar.ended_at
    term = cedar.ended_at + timedelta(days=settings.ROOM_TEXT_DAYS)
    erase_ended(term - timedelta(minutes=1))
    assert read(spoken) == ["said long ago", "held long ago"]

    kept: dict[type[Model], list[Any]] = {
        model: list(model._default_manager.filter(**{lookup: cedar.pk}))
        for model, lookup in ((Membership, "group"), (Room, "group"), (Event, "room__group"))
    }
    others = Membership.objects.exclude(group=cedar).count()
    erase_ended(term + timedelta(minutes=1))
    assert not Room.objects.filter(group=cedar).exists()
    assert not Event.objects.exists()
    assert not HeldMessage.objects.exists()
    assert not Membership.objects.filter(group=cedar).exists()
    assert Membership.objects.count() == others
    (entry,) = Entry.objects.filter(what="group.erased")
    assert "long ago" not in str(entry.facts)

    # Somebody puts an old dump back.
    for model, rows in kept.items():
        model._default_manager.bulk_create(rows)
    assert Event.objects.filter(room=spoken, body__isnull=False).exists()
    keys.cache.clear()
    assert read(spoken) == [None]
    for member in kept[Membership]:
        with pytest.raises(keys.KeyDestroyed):
            keys.key_for(member.pk)


@pytest.mark.check(52)
def test_a_group_that_was_cancelled_is_erased_in_time_and_one_that_cannot_be_keeps_no_other(
    spoken: Room, people: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    assert people.cedar.ended_at
    people.room(people.birch)
    SupportGroup.objects.filter(pk=people.birch.pk).update(
        state=SupportGroup.State.CANCELLED, ended_at=people.cedar.ended_at + timedelta(days=1)
    )
    stuck = set(Membership.objects.filter(group=people.cedar).values_list("pk", flat=True))
    destroy = keys.destroy

    def destroyed(*, subject: UUID) -> None:
        if subject in stuck:
            raise RuntimeError("said long ago")
        destroy(subject=subject)

    monkeypatch.setattr(keys, "destroy", destroyed)
    with pytest.raises(SomeFailed):
        erase_ended(people.cedar.ended_at + timedelta(days=settings.ROOM_TEXT_DAYS + 2))
    assert not Membership.objects.filter(group=people.birch).exists()
    assert not Room.objects.filter(group=people.birch).exists()
    assert read(spoken) == ["said long ago", "held long ago"]
    assert "RuntimeError" in caplog.text
    assert "long ago" not in caplog.text


async def test_erasing_a_group_sends_away_who_is_still_in_its_room(open_evening: Evening) -> None:
    aino, maija = await open_evening.comes("aino"), await open_evening.comes("maija")
    await aino.post("a last word")
    await sync_to_async(erase_group)(open_evening.cast.alder)
    async with asyncio.timeout(5):
        assert [await one.closed() for one in (aino, maija)] == [4403, 4403]
