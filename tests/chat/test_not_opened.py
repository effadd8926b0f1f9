"""A meeting has begun and no two facilitators came: who waits is told kindly, and so are the coordinators."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connections
from django.utils import timezone

from peersupport.audit.models import Entry
from peersupport.chat import moderation
from peersupport.chat.models import Escalation, Event, Presence, Room
from peersupport.chat.moderating import not_opened
from peersupport.groups import tasks
from peersupport.groups.models import Meeting, Membership, SupportGroup, Task
from tests.chat.conftest import Evening
from tests.chat.reader import Reader

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.check(58)]


def begun(evening: Evening, minutes: float) -> Meeting:
    """The group's meeting began so long ago."""
    meeting = evening.cast.meeting(evening.cast.alder, 4)
    starts_at = timezone.now() - timedelta(minutes=minutes)
    Meeting.objects.filter(pk=meeting.pk).update(
        starts_at=starts_at, ends_at=starts_at + timedelta(minutes=90)
    )
    meeting.refresh_from_db()
    return meeting


def kinds(evening: Evening) -> list[str]:
    return list(Event.objects.filter(room=evening.room.pk).order_by("seq").values_list("kind", flat=True))


def connected(evening: Evening, *names: str) -> None:
    for name in names:
        Presence.objects.create(room=evening.room, member_id=evening.seats[name], process=uuid4())


def test_ten_minutes_after_the_beginning_the_room_and_the_coordinators_are_told_once(
    settled_evening: Evening,
) -> None:
    evening = settled_evening
    meeting = begun(evening, minutes=10)
    not_opened.tell_who_waits(meeting.starts_at + timedelta(minutes=9, seconds=59))
    assert (kinds(evening), Task.objects.count()) == ([], 0)
    # One facilitator who is there alone cannot open it: that is no reason to wait.
    connected(evening, "maija")
    ten_past = meeting.starts_at + timedelta(minutes=10)
    for _sweep in range(3):
        not_opened.tell_who_waits(ten_past)
    assert kinds(evening) == ["late"]
    task = Task.objects.get()
    assert (task.what, task.whom, task.source) == ("not_opened", "coordinator", meeting.pk)
    assert task.about.is_facilitator
    assert Escalation.objects.get().about == task.pk
    assert Escalation.objects.get().due_at == ten_past
    assert Entry.objects.filter(what="room.late").count() == 1


def test_of_several_processes_that_look_at_the_same_moment_one_tells(
    settled_evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun(settled_evening, minutes=15)
    now, found, looks = timezone.now(), Barrier(6), not_opened._without_a_room

    def looked(at: datetime) -> list[Meeting]:
        """All of them have found the meeting before any of them does something about it."""
        meetings = looks(at)
        found.wait(timeout=30)
        return meetings

    monkeypatch.setattr(not_opened, "_without_a_room", looked)

    def sweeps() -> None:
        try:
            not_opened.tell_who_waits(now)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=6) as threads:
        for sweep in [threads.submit(sweeps) for _process in range(6)]:
            sweep.result()
    assert kinds(settled_evening) == ["late"]
    assert (Task.objects.count(), Escalation.objects.count()) == (1, 1)


def _open(evening: Evening) -> Event | None:
    connected(evening, "maija", "oskar")
    return moderation.open_room(evening.room, by=evening.cast.seat(evening.cast.maija, evening.cast.alder))


def _open_and_close(evening: Evening) -> None:
    _open(evening)
    moderation.close(evening.room, by=evening.cast.seat(evening.cast.maija, evening.cast.alder))


def _without_parents(evening: Evening) -> None:
    Membership.objects.filter(role=Membership.Role.PARENT).update(state=Membership.State.LEFT)


NO_CASES: dict[str, Callable[[Evening], object]] = {
    "the room is open": _open,
    "the room was open and has closed": _open_and_close,
    "the room was opened, and the group's row does not say so": lambda evening: (
        _open(evening),
        SupportGroup.objects.update(room_open=False),
    ),
    "the meeting is cancelled": lambda _evening: Meeting.objects.update(state=Meeting.State.CANCELLED),
    "the group is cancelled": lambda _evening: SupportGroup.objects.update(
        state=SupportGroup.State.CANCELLED, ended_at=timezone.now()
    ),
    "the meeting is over": lambda evening: begun(evening, minutes=91),
    "nobody could wait": _without_parents,
}


@pytest.mark.parametrize("case", NO_CASES)
def test_nobody_is_told_where(settled_evening: Evening, case: str) -> None:
    begun(settled_evening, minutes=15)
    NO_CASES[case](settled_evening)
    not_opened.tell_who_waits(timezone.now())
    assert "late" not in kinds(settled_evening)
    assert not Task.objects.exists()


def test_when_two_come_after_all_everything_goes_on_as_usual_and_the_task_is_closed(
    settled_evening: Evening,
) -> None:
    evening, now = settled_evening, timezone.now()
    aino = Reader(evening, evening.cast.aino)
    begun(evening, minutes=20)
    not_opened.tell_who_waits(now)
    assert 'data-phase="late"' in aino.reads()
    _open(evening)
    assert 'data-phase="open"' in aino.reads()
    not_opened.tell_who_waits(now)
    moderation.close(evening.room, by=evening.cast.seat(evening.cast.maija, evening.cast.alder))
    not_opened.tell_who_waits(now)
    assert 'data-phase="ended"' in aino.reads()
    assert kinds(evening) == ["late", "opened", "closed"]
    task = Task.objects.get()
    tasks.open_task(task, by=evening.cast.salla, now=now)
    tasks.close(task, by=evening.cast.salla, outcome=Task.Outcome.OPENED, next_step="", now=now)
    assert not tasks.open_for(evening.cast.salla, now=now).exists()


def late_section(page: str) -> str:
    return page.split('data-phase-section="late"')[1].split("</section>")[0]


def test_without_a_script_she_reads_that_it_is_not_her_fault_whom_to_call_and_where_to_write(
    settled_evening: Evening,
) -> None:
    evening = settled_evening
    aino = Reader(evening, evening.cast.aino)
    begun(evening, minutes=12)
    before = aino.reads()
    assert 'data-phase="early"' in before
    assert late_section(before).startswith(" hidden>")
    not_opened.tell_who_waits(timezone.now())
    page = aino.reads()
    assert 'data-phase="late"' in page
    assert 'data-phase-section="early" hidden' in page
    late = late_section(page)
    assert late.startswith(">")
    for words in (
        "We are sorry: the facilitators are late",
        "you have done nothing wrong",
        "The coordinators have been told",
        "You may just as well go",
        'href="tel:112"',
        "country=fi",
        "Write to the facilitators only",
    ):
        assert words in late
    line = Room.objects.get(kind=Room.Kind.LINE, member=aino.seat)
    assert f'href="/room/{line.pk}/#newest"' in late
    # Nothing can be written meanwhile, and what she tries stays in her box.
    refused = aino.presses("post", body="Is anybody there?")
    assert refused.status_code == 400
    assert "Is anybody there?</textarea>" in refused.content.decode()


def test_after_its_end_she_reads_that_it_did_not_take_place_and_when_the_next_one_is(
    settled_evening: Evening,
) -> None:
    evening = settled_evening
    aino = Reader(evening, evening.cast.aino)
    meeting = begun(evening, minutes=60)
    not_opened.tell_who_waits(timezone.now())
    Meeting.objects.filter(pk=meeting.pk).update(ends_at=timezone.now())
    late = late_section(aino.reads())
    assert "the meeting did not take place" in late
    assert "We meet again on" in late
    assert "are late" not in late
    # The next week begins anew.
    ended = timezone.now() - Meeting.RUNS_OVER
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=ended - timedelta(hours=1), ends_at=ended)
    assert 'data-phase="early"' in aino.reads()


def test_the_page_of_the_group_does_not_promise_a_moment_any_more(settled_evening: Evening) -> None:
    evening = settled_evening
    aino = Reader(evening, evening.cast.aino)
    begun(evening, minutes=12)

    def group_page() -> str:
        return str(aino.client.get(f"/my/{evening.cast.alder.slug}/").content.decode())

    assert "The facilitators open it in a moment." in group_page()
    not_opened.tell_who_waits(timezone.now())
    page = group_page()
    assert "The facilitators open it in a moment." not in page
    assert "We are sorry: the facilitators are late" in page


def test_a_room_is_made_for_a_group_that_never_had_one(settled_evening: Evening) -> None:
    meeting = begun(settled_evening, minutes=12)
    Room.objects.filter(group=meeting.group_id).delete()
    now: datetime = timezone.now()
    not_opened.tell_who_waits(now)
    assert Event.objects.get(room__group=meeting.group_id).kind == "late"
