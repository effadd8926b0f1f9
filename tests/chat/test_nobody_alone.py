"""No facilitator for a minute, somebody who goes quiet, a report without an answer: a person is told."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from peersupport.audit.models import Entry
from peersupport.chat.access import furnish
from peersupport.chat.models import Escalation, Event, Presence, Room, Signal
from peersupport.chat.moderating import ejecting, escalating, nobody_alone, vanishing
from peersupport.groups import tasks
from peersupport.groups.models import Task
from tests.chat.conftest import Evening

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.check(58)]


def seen_ago(evening: Evening, seconds: float, *, now: datetime) -> None:
    """When a facilitator was last seen in the room."""
    Room.objects.filter(pk=evening.room.pk).update(attended_at=now - timedelta(seconds=seconds))


def kinds(evening: Evening) -> list[str]:
    return list(Event.objects.filter(room=evening.room.pk).order_by("seq").values_list("kind", flat=True))


def test_members_are_told_once_that_nobody_is_here_and_once_that_somebody_is_back(
    open_evening_room: Evening,
) -> None:
    evening, now = open_evening_room, timezone.now()
    seen_ago(evening, 59, now=now)
    nobody_alone.tell_members(now)
    assert kinds(evening) == []
    seen_ago(evening, 61, now=now)
    for _sweep in range(2):
        nobody_alone.tell_members(now)
    assert kinds(evening) == ["unattended"]
    seen_ago(evening, 0, now=now)
    for _sweep in range(2):
        nobody_alone.tell_members(now)
    assert kinds(evening) == ["unattended", "attended"]


async def test_everybody_hears_it_at_that_moment_and_what_was_held_waits_for_who_comes_back(
    open_evening: Evening,
) -> None:
    aino = await open_evening.comes("aino")
    now = timezone.now()
    await Room.objects.filter(pk=open_evening.room.pk).aupdate(attended_at=now - timedelta(seconds=61))
    await the_sweep_runs()
    await aino.hears(kind="unattended")
    assert (await aino.post("is anybody here?"))["reason"] == "unattended"
    late = await open_evening.comes("berit")
    await late.hears(kind="unattended")
    maija = await open_evening.comes("maija")
    await the_sweep_runs()
    await aino.hears(kind="attended")
    waiting = await maija.pushed("held", lambda one: one["items"])
    assert [item["body"] for item in waiting["items"]] == ["is anybody here?"]
    assert (await aino.post("good that you are"))["state"] == "published"


async def the_sweep_runs() -> None:
    """As the work loop does every two seconds."""
    await sync_to_async(nobody_alone.tell_members)(timezone.now())


def test_a_line_or_a_room_that_is_closed_is_told_nothing(settled_evening: Evening) -> None:
    seen_ago(settled_evening, 600, now=timezone.now())
    nobody_alone.tell_members(timezone.now())
    assert kinds(settled_evening) == []


# Reports and suspensions that nobody answers


def connected(evening: Evening, name: str, *, now: datetime, room: Room | None = None) -> None:
    Presence.objects.update_or_create(
        room=room or evening.room,
        member_id=evening.seats[name],
        process=evening.room.pk,
        defaults={"seen_at": now},
    )


def test_what_waits_is_told_after_ten_minutes_and_at_once_where_nobody_is_on_duty(
    open_evening_room: Evening,
) -> None:
    evening, now = open_evening_room, timezone.now()
    connected(evening, "maija", now=now)
    escalating.expect(Escalation.What.REPORT, uuid4(), group_id=evening.room.group_id, now=now)
    first = Escalation.objects.get()
    assert first.due_at == now + timedelta(minutes=10)
    # The last facilitator goes: a minute later it is told, not nine minutes later.
    seen_ago(evening, 61, now=now)
    nobody_alone.tell_members(now)
    first.refresh_from_db()
    assert first.due_at == now
    Presence.objects.all().delete()
    escalating.expect(Escalation.What.REPORT, uuid4(), group_id=evening.room.group_id, now=now)
    assert Escalation.objects.exclude(pk=first.pk).get().due_at == now


def test_a_coordinator_can_confirm_or_lift_what_a_facilitator_began(open_evening_room: Evening) -> None:
    evening = open_evening_room
    cast = evening.cast
    seat, maija = cast.seat(cast.aino), cast.seat(cast.maija, cast.alder)
    first = ejecting.eject(seat, by=maija, room=evening.room, template="danger")
    ejecting.undo_eject(first, by=cast.salla, word="They talked; it was a misunderstanding.")
    seat.refresh_from_db()
    assert seat.state == "active"
    second = ejecting.eject(seat, by=maija, room=evening.room, template="danger")
    ejecting.confirm_eject(second, by=cast.salla)
    seat.refresh_from_db()
    assert seat.state == "left"


# Somebody who goes quiet


def signal_of(evening: Evening, name: str, *, now: datetime, room: Room | None = None) -> Signal:
    return Signal.objects.create(
        room=room or evening.room,
        member_id=evening.seats[name],
        message_id=uuid4(),
        kind=Signal.Kind.DESPAIR,
        level=Signal.Level.URGENT,
        at=now,
    )


def looked(now: datetime, *, seconds: int) -> datetime:
    """The sweep, every ten seconds for so long; gives the time it is then."""
    for _sweep in range(seconds // 10):
        now += timedelta(seconds=10)
        vanishing.look_for(now)
    return now


def test_who_is_gone_two_minutes_after_a_signal_becomes_one_task_for_a_person(
    open_evening_room: Evening,
) -> None:
    evening, now = open_evening_room, timezone.now() - timedelta(minutes=20)
    connected(evening, "maija", now=now + timedelta(hours=1))
    signal_of(evening, "aino", now=now)
    signal_of(evening, "aino", now=now)
    now = looked(now, seconds=120)
    assert not Task.objects.exists()
    now = looked(now, seconds=40)
    task = Task.objects.get()
    assert (task.what, task.about_id, task.whom) == ("vanished", evening.seats["aino"], "facilitator")
    assert Escalation.objects.get().about == task.pk
    tasks.open_task(task, by=evening.cast.maija, now=now)
    tasks.close(task, by=evening.cast.maija, outcome=Task.Outcome.REACHED, next_step="", now=now)
    looked(now, seconds=200)
    assert not Signal.objects.filter(answered_at=None).exists()
    assert Task.objects.count() == 1


def seen_to(signal: Signal, *, now: datetime) -> None:
    """A facilitator has marked it."""
    Signal.objects.filter(pk=signal.pk).update(answered_at=now, answered_by=uuid4())


def test_who_stays_and_who_comes_back_in_time_is_no_task(open_evening_room: Evening) -> None:
    evening, now = open_evening_room, timezone.now()
    later = now + timedelta(hours=1)
    for name in ("aino", "berit"):
        signal_of(evening, name, now=now)
    connected(evening, "aino", now=later)
    connected(evening, "maija", now=later)
    now = looked(now, seconds=100)
    connected(evening, "berit", now=later)
    looked(now, seconds=300)
    assert not Task.objects.exists()


def test_who_goes_after_urgent_words_is_a_task_though_they_were_marked_as_seen_to(
    open_evening_room: Evening,
) -> None:
    evening, now = open_evening_room, timezone.now()
    connected(evening, "maija", now=now + timedelta(hours=1))
    for name in ("elias", "berit"):
        seen_to(signal_of(evening, name, now=now), now=now)
    # What is only worth an eye was seen to for good.
    Signal.objects.filter(member=evening.seats["berit"]).update(level=Signal.Level.WATCH)
    connected(evening, "elias", now=now + timedelta(seconds=100))
    now = looked(now, seconds=100)
    assert not Task.objects.exists()
    now = looked(now, seconds=160)
    task = Task.objects.get()
    assert (task.what, task.about_id) == ("vanished", evening.seats["elias"])
    with pytest.raises(tasks.Unread):
        tasks.close(task, by=evening.cast.maija, outcome=Task.Outcome.REACHED, next_step="", now=now)
    tasks.open_task(task, by=evening.cast.maija, now=now)
    tasks.close(task, by=evening.cast.maija, outcome=Task.Outcome.REACHED, next_step="", now=now)
    looked(now, seconds=200)
    assert Task.objects.count() == 1
    assert not Entry.objects.filter(what="signal.answered").exists(), "it was before"


@pytest.mark.parametrize("over", [{"state": Room.State.CLOSED}, {"state": Room.State.OPEN}])
def test_when_everybody_leaves_at_the_end_nobody_who_was_seen_to_has_vanished(
    over: dict[str, Any], open_evening_room: Evening
) -> None:
    """The room was closed; or it stands open for the next meeting."""
    evening, now = open_evening_room, timezone.now()
    connected(evening, "maija", now=now + timedelta(hours=1))
    long_ago = now if over["state"] == Room.State.CLOSED else now - timedelta(days=7)
    seen_to(signal_of(evening, "elias", now=long_ago), now=now)
    Room.objects.filter(pk=evening.room.pk).update(**over)
    looked(now, seconds=300)
    assert not Task.objects.exists()


def test_hard_words_on_a_line_that_nobody_reads_are_told_to_the_coordinators_though_she_is_still_there(
    open_evening_room: Evening,
) -> None:
    evening, now = open_evening_room, timezone.now()
    furnish(evening.cast.alder.pk)
    line = Room.objects.get(kind=Room.Kind.LINE, member=evening.seats["aino"])
    signal_of(evening, "aino", now=now, room=line)
    connected(evening, "aino", now=now + timedelta(hours=1), room=line)
    now = looked(now, seconds=110)
    assert not Task.objects.exists()
    now = looked(now, seconds=20)
    task = Task.objects.get()
    assert (task.what, task.about_id) == ("vanished", evening.seats["aino"])
    assert Escalation.objects.get(about=task.pk).due_at <= now
    looked(now, seconds=60)
    assert Task.objects.count() == 1


def test_hard_words_on_a_line_wait_for_a_facilitator_who_is_there(open_evening_room: Evening) -> None:
    evening, now = open_evening_room, timezone.now()
    signal_of(evening, "aino", now=now)
    for name in ("aino", "maija"):
        connected(evening, name, now=now + timedelta(hours=1))
    now = looked(now, seconds=300)
    assert not Task.objects.exists()
    # She goes, and nobody else is there.
    Presence.objects.filter(member=evening.seats["maija"]).delete()
    looked(now, seconds=10)
    assert Task.objects.exists()


def test_a_task_cannot_be_closed_unread_nor_end_with_somebody_still_to_reach(
    open_evening_room: Evening,
) -> None:
    evening, now = open_evening_room, timezone.now()
    maija = evening.cast.maija
    task = tasks.make(
        what=Task.What.VANISHED,
        about=evening.cast.seat(evening.cast.aino),
        whom=Task.For.FACILITATOR,
        until=now,
        by=None,
        now=now,
    )
    given: Any = {"by": maija, "now": now, "outcome": Task.Outcome.NOT_REACHED}
    with pytest.raises(tasks.Unread):
        tasks.close(task, next_step="", **given)
    tasks.open_task(task, by=maija, now=now)
    with pytest.raises(tasks.StepMissing):
        tasks.close(task, next_step="", **given)
    tasks.close(task, next_step="Salla calls her tomorrow at ten.", **given)
    with pytest.raises(tasks.ClosedAlready):
        tasks.close(task, next_step="again", **given)
