"""Reminders and notes about dates: planned once, at her hour, in her safe hours, or not at all and why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from peersupport.accounts import contact as contacts
from peersupport.accounts import switches
from peersupport.accounts.contact import Wishes
from peersupport.accounts.models import Mail, MailSwitch, SafeContact, User
from peersupport.groups import membership, notices, running, schedule
from peersupport.groups.models import Attendance, Meeting, Membership, SupportGroup
from peersupport.work.duties import duties
from peersupport.work.loop import do_due
from tests.accounts.post_office import post_office
from tests.cast import Cast
from tests.catalogues import OFFERED, offer_finnish

pytestmark = [pytest.mark.django_db, pytest.mark.check(20, 48)]

HELSINKI, NEW_YORK = "Europe/Helsinki", "America/New_York"
# A Thursday, 18:00 in Helsinki.
EVENING = datetime(2027, 1, 14, 16, 0, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
REMINDERS = MailSwitch.Kind.REMINDERS


def reachable(user: User, *, hours: tuple[int, int] | None = None) -> None:
    """It is safe to write to her (in those hours)."""
    begins, ends = hours or (None, None)
    contact = contacts.of(user) or SafeContact(user=user, subject=user.pk)
    wishes = Wishes(email_is_safe=True, address="her@demo.example", from_hour=begins, until_hour=ends)
    contacts.keep(contact=contact, wishes=wishes, time_zone=user.time_zone, by=user)


@pytest.fixture
def meeting(cast: Cast) -> Meeting:
    """The first meeting of Birch, at a time we know; its others are out of the way."""
    cast.birch.meetings.exclude(number=1).delete()
    return at(cast.meeting(cast.birch, 1), EVENING)


@pytest.fixture
def toivo(cast: Cast, meeting: Meeting) -> Membership:
    """A parent of Birch to whom mail is safe at any hour."""
    reachable(cast.toivo)
    return cast.seat(cast.toivo)


def at(meeting: Meeting, starts: datetime) -> Meeting:
    """The meeting moved, as whoever moves one has to: its sequence rises."""
    meeting.starts_at, meeting.ends_at = starts, starts + timedelta(minutes=90)
    meeting.sequence += 1
    meeting.save()
    return meeting


def cancel(meeting: Meeting, *, again: bool = False) -> None:
    """Cancelled, or taking place after all."""
    meeting.state = Meeting.State.PLANNED if again else Meeting.State.CANCELLED
    meeting.sequence += 1
    meeting.save()


def mails(seat: Membership, *kinds: str) -> list[Mail]:
    found = Mail.objects.filter(member=seat.pk, template__in=kinds or notices.REMINDERS)
    return list(found.order_by("due_at", "edition"))


def work(now: datetime) -> None:
    """What the sweep and the worker do at this moment, in a demonstration: a mail that is sent is kept."""
    notices.follow_the_dates(now)
    do_due(duties["mail"], now=now, most=500)


@pytest.fixture(autouse=True)
def in_a_demonstration(settings: Any) -> None:
    settings.DEMO = True


def test_a_date_has_its_two_reminders_once_however_often_it_is_planned(
    toivo: Membership, meeting: Meeting
) -> None:
    for _again in range(3):
        notices.follow_the_dates(EVENING - 3 * DAY)
    assert [(one.template, one.due_at) for one in mails(toivo)] == [
        ("day-before", EVENING - DAY),
        ("hour-before", EVENING - HOUR),
    ]
    again = Mail(
        template="day-before", member=toivo.pk, about=meeting.pk, subject=toivo.user_id, due_at=EVENING
    )
    again.address = again.body = ""
    with pytest.raises(IntegrityError, match="mail_planned_once"), transaction.atomic():
        again.save()


def test_a_reminder_is_sent_once_at_its_hour_with_the_time_on_her_clock(
    cast: Cast, toivo: Membership
) -> None:
    work(EVENING - DAY - timedelta(seconds=1))
    assert [one.state for one in mails(toivo)] == ["due", "due"]
    for _again in range(2):
        work(EVENING - DAY)
    day, hour = mails(toivo)
    assert (day.state, hour.state) == ("done", "due")
    assert "Thursday 14 January 2027, 18:00 (Helsinki)" in day.body
    assert f"https://localhost/my/{cast.birch.slug}/" in day.body
    assert day.address == "her@demo.example"


@pytest.mark.parametrize(
    ("offered", "when"),
    [(True, "torstai 14. tammikuuta 2027, 18.00"), (False, "Thursday 14 January 2027, 18:00")],
)
def test_the_words_come_in_her_language_where_pages_are_offered_in_it(
    cast: Cast, toivo: Membership, settings: Settings, tmp_path: Path, *, offered: bool, when: str
) -> None:
    offer_finnish(settings, tmp_path)
    if not offered:
        settings.LANGUAGES = OFFERED[:1]
    User.objects.filter(pk=cast.toivo.pk).update(language="fi")
    notices.follow_the_dates(EVENING - 3 * DAY)
    work(EVENING - DAY)
    assert when in mails(toivo)[0].body


def test_a_moved_date_takes_its_reminders_along(toivo: Membership, meeting: Meeting) -> None:
    notices.follow_the_dates(EVENING - 3 * DAY)
    later = EVENING + 2 * DAY
    notices.moved(meeting=at(meeting, later), now=EVENING - 2 * DAY)
    assert [one.due_at for one in mails(toivo)] == [later - DAY, later - HOUR]
    # Also where whoever moved it told nobody.
    at(meeting, later + DAY)
    notices.follow_the_dates(EVENING)
    assert [one.due_at for one in mails(toivo)] == [later, later + DAY - HOUR]


def test_a_date_moved_after_its_reminder_was_sent_is_reminded_of_once_more(
    toivo: Membership, meeting: Meeting
) -> None:
    notices.follow_the_dates(EVENING - 3 * DAY)
    work(EVENING - DAY)
    later = EVENING + 2 * DAY
    at(meeting, later)
    for _again in range(2):
        work(EVENING - HOUR)
    rows = [(one.template, one.edition, one.state, one.due_at) for one in mails(toivo)]
    assert rows == [
        ("day-before", 0, "done", EVENING - DAY),
        ("day-before", 1, "due", later - DAY),
        ("hour-before", 0, "due", later - HOUR),
    ]


def test_a_cancelled_date_is_not_reminded_of_unless_it_takes_place_after_all(
    toivo: Membership, meeting: Meeting
) -> None:
    notices.follow_the_dates(EVENING - 3 * DAY)
    cancel(meeting)
    notices.cancelled(meeting=meeting, now=EVENING - 2 * DAY)
    assert {(one.state, one.why) for one in mails(toivo)} == {("skipped", "the date was cancelled")}
    cancel(meeting, again=True)
    notices.follow_the_dates(EVENING - 2 * DAY)
    assert [(one.state, one.why) for one in mails(toivo)] == [("due", ""), ("due", "")]


def test_a_date_cancelled_in_the_last_moment_is_noticed_when_the_reminder_is_due(
    toivo: Membership, meeting: Meeting
) -> None:
    notices.follow_the_dates(EVENING - 3 * DAY)
    cancel(meeting)
    do_due(duties["mail"], now=EVENING - DAY)
    assert mails(toivo)[0].why == "the date was cancelled"


def test_everybody_is_told_once_that_a_date_has_changed_and_then_that_it_is_cancelled(
    toivo: Membership, meeting: Meeting
) -> None:
    now = EVENING - 3 * DAY
    at(meeting, EVENING + DAY)
    for _again in range(2):
        notices.moved(meeting=meeting, now=now)
    at(meeting, EVENING + 2 * DAY)
    notices.moved(meeting=meeting, now=now)
    work(now)
    first, second = mails(toivo, "moved")
    assert (first.state, first.why) == ("skipped", "a newer one follows")
    assert second.state == "done"
    assert "Saturday 16 January 2027, 18:00 (Helsinki)" in second.body
    cancel(meeting)
    notices.cancelled(meeting=meeting, now=now)
    work(now)
    [told] = mails(toivo, "cancelled")
    assert (told.state, told.title) == ("done", "A date is cancelled")
    assert Mail.objects.filter(template="cancelled").count() == cast_seats(toivo.group)


def cast_seats(group: SupportGroup) -> int:
    return group.memberships.filter(state=Membership.State.ACTIVE).count()


def test_a_cancellation_that_was_taken_back_before_it_was_sent_is_not_sent(
    toivo: Membership, meeting: Meeting
) -> None:
    cancel(meeting)
    notices.cancelled(meeting=meeting, now=EVENING - DAY)
    cancel(meeting, again=True)
    work(EVENING - DAY)
    [told] = mails(toivo, "cancelled")
    assert (told.state, told.why) == ("skipped", "the date takes place after all")


@pytest.mark.parametrize(
    ("zone", "meets", "before"),
    [
        # Helsinki goes forward on 28 March 2027 and back on 31 October, New York on 14 March and 7 November.
        (HELSINKI, datetime(2027, 3, 28, 15, tzinfo=UTC), 23),
        (HELSINKI, datetime(2027, 10, 31, 16, tzinfo=UTC), 25),
        (NEW_YORK, datetime(2027, 3, 14, 22, tzinfo=UTC), 23),
        (NEW_YORK, datetime(2027, 11, 7, 23, tzinfo=UTC), 25),
        (HELSINKI, datetime(2027, 3, 14, 16, tzinfo=UTC), 24),
        (NEW_YORK, datetime(2027, 3, 28, 16, tzinfo=UTC), 24),
    ],
)
def test_the_day_before_is_at_her_hour_when_clocks_are_moved(
    cast: Cast, toivo: Membership, meeting: Meeting, zone: str, meets: datetime, before: int
) -> None:
    User.objects.filter(pk=cast.toivo.pk).update(time_zone=zone)
    notices.moved(meeting=at(meeting, meets), now=meets - 5 * DAY)
    day, hour = mails(toivo)
    assert day.due_at == meets - timedelta(hours=before)
    assert hour.due_at == meets - HOUR
    there = ZoneInfo(zone)
    assert day.due_at.astimezone(there).time() == meets.astimezone(there).time()
    assert day.due_at.astimezone(there).date() == meets.astimezone(there).date() - DAY


def test_an_hour_that_the_clocks_skip_or_repeat_on_the_day_before_is_still_one_moment() -> None:
    zone = ZoneInfo(HELSINKI)
    skipped = schedule.day_before(datetime(2027, 3, 29, 3, 30, tzinfo=zone), zone)
    repeated = schedule.day_before(datetime(2027, 11, 1, 3, 30, tzinfo=zone), zone)
    assert skipped == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    assert repeated == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


def test_what_is_due_outside_her_hours_waits_for_the_next_that_is_safe(cast: Cast, toivo: Membership) -> None:
    reachable(cast.toivo, hours=(9, 12))
    notices.follow_the_dates(EVENING - 3 * DAY)
    work(EVENING - DAY)
    day = mails(toivo)[0]
    nine = datetime(2027, 1, 14, 7, 0, tzinfo=UTC)
    assert (day.state, day.due_at) == ("due", nine)
    # Planning again does not undo it.
    notices.follow_the_dates(EVENING - DAY)
    work(nine)
    assert mails(toivo)[0].state == "done"


def test_her_safe_hours_are_those_of_her_own_clock_also_on_the_day_on_which_it_changes(
    cast: Cast, toivo: Membership, meeting: Meeting
) -> None:
    reachable(cast.toivo, hours=(9, 12))
    # Helsinki goes forward in the night before; the reminder is due on the evening of the old time.
    at(meeting, datetime(2027, 3, 28, 15, 0, tzinfo=UTC))
    notices.follow_the_dates(meeting.starts_at - 3 * DAY)
    work(datetime(2027, 3, 27, 16, 0, tzinfo=UTC))
    [day, _hour] = mails(toivo)
    nine_in_summer = datetime(2027, 3, 28, 6, 0, tzinfo=UTC)
    assert (day.state, day.due_at) == ("due", nine_in_summer)
    work(nine_in_summer - timedelta(minutes=1))
    assert mails(toivo)[0].state == "due"
    work(nine_in_summer)
    assert mails(toivo)[0].state == "done"


def test_a_reminder_for_which_no_safe_hour_is_left_is_not_sent_and_says_why(
    cast: Cast, toivo: Membership
) -> None:
    reachable(cast.toivo, hours=(9, 12))
    work(EVENING - HOUR)
    rows = {one.template: (one.state, one.why) for one in mails(toivo)}
    assert rows["hour-before"] == ("skipped", "too late to be of use")


def test_a_worker_that_was_away_until_the_date_began_sends_nothing_any_more(toivo: Membership) -> None:
    notices.follow_the_dates(EVENING - 3 * DAY)
    do_due(duties["mail"], now=EVENING)
    assert {(one.state, one.why) for one in mails(toivo)} == {("skipped", "too late to be of use")}


@pytest.mark.parametrize(
    ("unsafe", "why"),
    [
        (lambda user: SafeContact.objects.filter(user=user).delete(), "nothing was marked safe"),
        (
            lambda user: SafeContact.objects.filter(user=user).update(email_is_safe=False),
            "nothing was marked safe",
        ),
        (
            lambda user: switches.switch_off(user=user, kind=REMINDERS, by=user, now=EVENING),
            "switched off by the person",
        ),
        (
            lambda user: Membership.objects.filter(user=user).update(state=Membership.State.SUSPENDED),
            "no longer a member",
        ),
        (lambda user: User.objects.filter(pk=user.pk).update(is_active=False), "no longer a member"),
    ],
    ids=["no contact", "not safe", "switched off", "suspended", "closed account"],
)
def test_what_must_not_be_sent_is_a_row_that_says_why(
    cast: Cast, settings: Any, toivo: Membership, unsafe: Callable[[User], Any], why: str
) -> None:
    notices.follow_the_dates(EVENING - 3 * DAY)
    with post_office() as office:
        settings.EMAIL_URL = f"smtp://127.0.0.1:{office.port}"
        do_due(duties["mail"], now=EVENING - DAY)
        assert office.to("her@demo.example"), "it would have been sent"
        office.taken.clear()
        unsafe(cast.toivo)
        do_due(duties["mail"], now=EVENING - HOUR)
        assert office.to("her@demo.example") == []
    hour = mails(toivo)[1]
    assert (hour.state, hour.why, hour.address, hour.body) == ("skipped", why, "", "")


def test_who_comes_in_late_is_not_reminded_of_yesterday(cast: Cast, toivo: Membership) -> None:
    seat = toivo
    notices.placed(seat=seat, now=EVENING - 3 * HOUR)
    work(EVENING - 3 * HOUR)
    assert [one.template for one in mails(seat)] == ["hour-before"]
    [placed] = mails(seat, "placed")
    assert placed.state == "done"
    assert "It begins on Thursday 14 January 2027, 18:00 (Helsinki)" in placed.body


def test_a_parent_who_was_not_there_gets_a_kind_note_on_the_next_day(
    cast: Cast, toivo: Membership, meeting: Meeting
) -> None:
    noor = cast.seat(cast.noor)
    Membership.objects.filter(group=cast.birch).update(since=EVENING - 20 * DAY)
    late, leads = EVENING + timedelta(hours=6), cast.seat(cast.ruben, cast.birch)
    Attendance.objects.create(meeting=meeting, member=leads, first_seen=EVENING, last_seen=EVENING)
    notices.follow_the_dates(late)
    assert mails(toivo, "missed") == [], "where none of the parents was, nobody missed it"
    Attendance.objects.create(meeting=meeting, member=noor, first_seen=EVENING, last_seen=EVENING)
    for _again in range(2):
        notices.follow_the_dates(late)
    assert mails(noor, "missed") == []
    assert mails(leads, "missed") == []
    [note] = mails(toivo, "missed")
    assert note.due_at == EVENING + DAY
    do_due(duties["mail"], now=note.due_at, most=500)
    note.refresh_from_db()
    assert "that is all right" in note.body


def test_the_parents_are_thanked_when_their_group_has_ended_unless_that_is_long_ago(
    cast: Cast, toivo: Membership
) -> None:
    running.end(group=cast.birch, by=None, at=EVENING)
    assert mails(cast.seat(cast.ruben, cast.birch), "ended") == []
    do_due(duties["mail"], now=EVENING + HOUR, most=500)
    [thanks] = mails(toivo, "ended")
    assert thanks.state == "done"
    assert "Thank you for being there" in thanks.body
    Mail.objects.filter(template="ended").update(state="due")
    do_due(duties["mail"], now=EVENING + 30 * DAY, most=500)
    [thanks] = mails(toivo, "ended")
    assert thanks.why == "too late to be of use"


def test_who_has_left_hears_nothing_more(cast: Cast, toivo: Membership) -> None:
    notices.follow_the_dates(EVENING - 3 * DAY)
    membership.leave(membership=toivo, by=None, now=EVENING - 2 * DAY)
    work(EVENING - DAY)
    assert mails(toivo)[0].why == "no longer a member"


def test_planning_costs_as_many_statements_for_one_date_as_for_many(cast: Cast) -> None:
    now = cast.now
    meetings = list(cast.alder.meetings.filter(starts_at__gt=now))
    assert len(meetings) > 2
    costs = []
    for planned in (meetings[:1], meetings):
        with CaptureQueriesContext(connection) as asked:
            notices.remind(meetings=planned, now=now)
        costs.append(len(asked))
    assert costs[0] == costs[1]
    assert Mail.objects.filter(template="hour-before").count() > 2 * cast_seats(cast.alder)
