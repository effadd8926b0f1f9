"""Two hours in rooms without a break of ten minutes: then a facilitator is asked to take one."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from peersupport.accounts.models import User
from peersupport.chat.meeting import breaks
from peersupport.chat.models import Presence, Room, Shift
from tests.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.check(60)]


class Clock:
    """The sweep, every thirty seconds of a long evening."""

    def __init__(self) -> None:
        self.now: datetime = timezone.now()

    def passes(self, minutes: float, *people: tuple[User, Room], cast: Cast) -> datetime:
        """So long these people are connected to these rooms, and nobody else is anywhere."""
        until = self.now + timedelta(minutes=minutes)
        while self.now < until:
            self.now += timedelta(seconds=30)
            Presence.objects.all().delete()
            for user, room in people:
                Presence.objects.create(
                    room=room, member=cast.seat(user, room.group), process=uuid4(), seen_at=self.now
                )
            breaks.note_present(self.now)
            breaks.forget(self.now)
        return self.now


def test_after_two_hours_a_break_is_due_and_a_minute_before_it_is_not(cast: Cast) -> None:
    clock, room = Clock(), cast.room(cast.alder)
    now = clock.passes(119, (cast.maija, room), cast=cast)
    assert not breaks.is_due(cast.maija, now=now)
    now = clock.passes(2, (cast.maija, room), cast=cast)
    assert breaks.is_due(cast.maija, now=now)
    assert not breaks.is_due(cast.oskar, now=now)


def test_nine_minutes_away_are_no_break_and_ten_are_one(cast: Cast) -> None:
    clock, room = Clock(), cast.room(cast.alder)
    clock.passes(119, (cast.maija, room), (cast.oskar, room), cast=cast)
    clock.passes(9, (cast.oskar, room), cast=cast)
    now = clock.passes(1, (cast.maija, room), cast=cast)
    assert breaks.is_due(cast.maija, now=now)
    assert breaks.is_due(cast.oskar, now=now)
    # Ten minutes later it is not said any more, and the two hours begin anew.
    now = clock.passes(10, (cast.oskar, room), cast=cast)
    assert not breaks.is_due(cast.maija, now=now)
    now = clock.passes(100, (cast.maija, room), cast=cast)
    assert not breaks.is_due(cast.maija, now=now)


def test_two_groups_one_after_the_other_count_together(cast: Cast) -> None:
    clock = Clock()
    alder, birch = cast.room(cast.alder), cast.room(cast.birch)
    clock.passes(70, (cast.pirkko, alder), cast=cast)
    now = clock.passes(51, (cast.pirkko, birch), cast=cast)
    assert breaks.is_due(cast.pirkko, now=now)


def test_of_parents_nothing_is_noted_and_of_a_facilitator_nothing_is_kept(cast: Cast) -> None:
    clock, room = Clock(), cast.room(cast.alder)
    clock.passes(1, (cast.aino, room), (cast.maija, room), cast=cast)
    assert [one.user for one in Shift.objects.all()] == [cast.maija]
    breaks.forget(clock.now + timedelta(minutes=10))
    assert not Shift.objects.exists()
