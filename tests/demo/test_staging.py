"""The demonstration: set up at each start, dated anew, never doubled."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from peersupport.accounts.models import User
from peersupport.chat.keeping.noting import locked, note
from peersupport.chat.models import Event, Room
from peersupport.chat.tending import erase_group
from peersupport.demo import staging
from peersupport.demo.cast import APPLICANTS, CIRCLES, PASSWORD, PEOPLE
from peersupport.groups.membership import admit
from peersupport.groups.models import Meeting, Membership, Rostered, SupportGroup
from peersupport.joining import seats
from peersupport.joining.models import Application

pytestmark = pytest.mark.django_db


def _counts() -> dict[str, int]:
    return {
        model.__name__: model.objects.count()
        for model in (User, SupportGroup, Membership, Meeting, Rostered, Application)
    }


def _alder() -> SupportGroup:
    return SupportGroup.objects.get(name="Alder")


def test_outside_the_demonstration_the_command_refuses_and_makes_nobody() -> None:
    with pytest.raises(CommandError, match="PEERSUPPORT_DEMO"):
        call_command("demo")
    assert not User.objects.exists()


def test_the_command_prints_who_can_sign_in_and_the_password_works(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.DEMO = True
    call_command("demo")
    printed = capsys.readouterr().out
    assert PASSWORD in printed
    for key in ("aino", "berit", "maija", "salla", "tuuli"):
        assert PEOPLE[key].signs_in_with in printed
    assert APPLICANTS["lumi"].code in printed
    assert User.objects.get(email="maija@demo.example").check_password(PASSWORD)
    assert User.objects.get(sign_in_name=PEOPLE["berit"].sign_in_name).check_password(PASSWORD)


def test_alders_fourth_meeting_is_under_way_birch_is_forming_and_cedar_has_ended() -> None:
    now = timezone.now()
    staging.set_up(now=now)
    fourth = _alder().meetings.get(number=4)
    assert timedelta(minutes=10) <= now - fourth.starts_at <= timedelta(minutes=11)
    assert {group.name: group.state for group in SupportGroup.objects.all()} == {
        "Alder": "running",
        "Birch": "forming",
        "Cedar": "ended",
    }


def test_setting_up_twice_doubles_nothing_and_leaves_a_meeting_under_way_as_it_is() -> None:
    now = timezone.now()
    staging.set_up(now=now)
    before, began = _counts(), _alder().meetings.get(number=4).starts_at
    staging.set_up(now=now + timedelta(minutes=20))
    assert _counts() == before
    assert _alder().meetings.get(number=4).starts_at == began


@pytest.mark.parametrize("days", [0.2, 7, 200])
def test_days_later_every_group_has_fresh_dates(days: float) -> None:
    now = timezone.now()
    staging.set_up(now=now)
    before = _counts()
    later = now + timedelta(days=days)
    staging.set_up(now=later)
    assert _counts() == before
    assert timedelta(minutes=10) <= later - _alder().meetings.get(number=4).starts_at < timedelta(minutes=11)
    birch = SupportGroup.objects.get(name="Birch")
    assert (birch.state, birch.meetings.filter(starts_at__lt=later).count()) == ("forming", 0)
    ended_at = SupportGroup.objects.get(name="Cedar").ended_at
    assert ended_at is not None
    assert ended_at < later
    _assert_rosters_follow_meetings()


@pytest.mark.parametrize("month", [3, 10])
def test_the_nights_when_clocks_change_do_not_stop_it(month: int) -> None:
    last_sunday = {3: 28, 10: 31}[month]
    for hour in (0, 1, 2, 23):
        staging.set_up(now=datetime.fromisoformat(f"2027-{month:02}-{last_sunday}T{hour:02}:05:00+00:00"))
        _assert_rosters_follow_meetings()


def test_a_visitor_who_changed_a_password_does_not_lock_out_the_next_one() -> None:
    now = timezone.now()
    staging.set_up(now=now)
    maija = User.objects.get(email="maija@demo.example")
    maija.set_password("something-else-entirely")
    maija.save()
    staging.set_up(now=now)
    maija.refresh_from_db()
    assert maija.check_password(PASSWORD)


def test_applications_stand_in_every_state_there_is() -> None:
    staging.set_up(now=timezone.now())
    assert set(Application.objects.values_list("state", flat=True)) == set(Application.State.values)


def test_the_rooms_hold_what_was_said_something_that_waits_and_a_report() -> None:
    staging.set_up(now=timezone.now())
    room = Room.objects.get(group=_alder())
    assert room.state == Room.State.OPEN
    assert room.head == room.events.count() > 30
    assert (room.held.get().decision, room.reports.get().answered_at) == ("waiting", None)
    assert Room.objects.get(group__name="Cedar").state == Room.State.CLOSED


def test_what_a_visitor_did_stays_for_the_meeting_and_is_gone_with_the_next() -> None:
    now = timezone.now()
    staging.set_up(now=now)
    room = Room.objects.get(group=_alder())
    head, epoch = room.head, room.epoch
    note_by_maija = Event.Kind.PAUSED
    with locked(room.pk) as held:
        note(held, note_by_maija, by=_alder().memberships.get(pseudonym="Maija"))
    staging.set_up(now=now + timedelta(minutes=30))
    assert room.events.filter(kind=note_by_maija).exists()
    staging.set_up(now=now + timedelta(days=1))
    room.refresh_from_db()
    assert not room.events.filter(kind=note_by_maija).exists()
    # Numbers never go back: a client that was here asks from where it stood.
    assert (room.events.order_by("seq")[0].seq, room.epoch != epoch) == (head + 2, True)


def test_a_group_whose_retention_ran_out_while_nobody_looked_comes_back() -> None:
    now = timezone.now()
    staging.set_up(now=now)
    cedar = SupportGroup.objects.get(name="Cedar")
    erase_group(cedar)
    assert not cedar.memberships.exists()
    staging.set_up(now=now + timedelta(days=40))
    assert cedar.memberships.count() == 6
    assert Event.objects.filter(room__group=cedar, kind="message").count() > 3


def test_a_place_that_a_visitor_gave_is_free_again_a_day_later() -> None:
    now = timezone.now()
    staging.set_up(now=now)
    birch = SupportGroup.objects.get(name="Birch")
    before = seats.left(birch, now)
    stranger = User.objects.create_user(email="visitor@demo.example", password=PASSWORD)
    admit(user=stranger, group=birch, by=None, now=now)
    assert seats.left(birch, now) == before - 1
    staging.set_up(now=now + timedelta(hours=2))
    assert seats.left(birch, now) == before - 1
    later = now + timedelta(days=2)
    staging.set_up(now=later)
    assert seats.left(birch, later) == before


def test_every_name_of_the_cast_points_at_somebody_who_exists() -> None:
    for circle in CIRCLES.values():
        assert {*circle.facilitators, *(seat.person for seat in circle.seats)} <= PEOPLE.keys()
    assert len({person.signs_in_with for person in PEOPLE.values()}) == len(PEOPLE)


def _assert_rosters_follow_meetings() -> None:
    for rostered in Rostered.objects.select_related("meeting"):
        assert rostered.during.lower == rostered.meeting.opens_at
        assert rostered.during.upper == rostered.meeting.ends_at
