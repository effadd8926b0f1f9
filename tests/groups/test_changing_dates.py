"""Meetings are moved and called off; calendars follow, facilitators are asked for once, everybody is told."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
from django.db import connection

from peersupport.accounts import switches
from peersupport.accounts.models import Mail, MailSwitch, User
from peersupport.audit.models import Entry
from peersupport.chat import tending
from peersupport.groups import cancelling, forming, notices, rearranging, running, schedule
from peersupport.groups.calendar import calendar_file
from peersupport.groups.models import Change, Meeting, Rostered, SupportGroup
from peersupport.groups.rearranging import NotPossible
from peersupport.groups.said_changes import said_changes
from peersupport.vault.models import DataKey
from peersupport.work.duties import duties
from peersupport.work.loop import do_due
from tests.accounts.test_mail import reachable
from tests.cast import Cast

pytestmark = pytest.mark.django_db
HELSINKI = ZoneInfo("Europe/Helsinki")
SAID = cancelling.Said(reason="The trainer of Maija moves house.", words=Change.Words.UNABLE)


def hazel(cast: Cast, **changes: Any) -> SupportGroup:
    """A group led by Maija on autumn Tuesdays, across the end of summer time, with a follow-up."""
    programme = cast.birch.programme
    programme.follow_up_weeks = changes.pop("follow_up_weeks", 12)
    options: dict[str, Any] = {
        "programme": programme,
        "name": "Hazel",
        "starts_on": date(2027, 10, 12),
        "meets_at": time(18),
        "time_zone": "Europe/Helsinki",
        "language": "en",
        "facilitators": [cast.maija.facilitator],
        "by": cast.salla,
        "now": cast.now,
    }
    return forming.form(**{**options, **changes})


def local(group: SupportGroup) -> list[datetime]:
    return [
        one.starts_at.astimezone(HELSINKI).replace(tzinfo=None) for one in group.meetings.order_by("number")
    ]


def move(cast: Cast, meeting: Meeting, day: date, at: time = time(18), *, following: bool = False) -> Change:
    return rearranging.move(
        meeting=meeting,
        day=day,
        at=at,
        following=following,
        by=cast.salla,
        now=cast.now,
        reason="A training.",
    )


def rostered_right(group: SupportGroup) -> bool:
    """Whether every meeting that takes place, and no other, has its facilitator in its own time."""
    taken = {row.meeting_id: row.during for row in Rostered.objects.filter(meeting__group=group)}
    on = [one for one in group.meetings.all() if one.state == Meeting.State.PLANNED]
    return set(taken) == {one.pk for one in on} and all(
        (taken[one.pk].lower, taken[one.pk].upper) == (one.opens_at, one.ends_at) for one in on
    )


@pytest.mark.check(20)
def test_a_group_is_formed_without_the_days_left_out_and_meets_once_more_later(cast: Cast) -> None:
    group = hazel(
        cast, skip={date(2027, 10, 12): "left out", date(2027, 10, 26): "a holiday"}, countries=["fi"]
    )
    meetings = list(group.meetings.order_by("number"))
    topics = [one for one in meetings if not one.is_follow_up]
    assert [one.topic for one in topics] == group.programme.topics
    assert [day.date() for day in local(group)][:3] == [
        date(2027, 10, 19),
        date(2027, 11, 2),
        date(2027, 11, 9),
    ]
    assert {day.time() for day in local(group)} == {time(18)}
    assert group.starts_on == date(2027, 10, 19)
    [after] = [one for one in meetings if one.is_follow_up]
    assert after.starts_at.astimezone(HELSINKI).date() == local(group)[-2].date() + timedelta(weeks=12)
    assert rostered_right(group)
    # It keeps nobody's door open for longer.
    assert schedule.closes_at(meetings) == topics[2].starts_at


def test_a_programme_can_do_without_a_follow_up_and_meet_every_other_week(cast: Cast) -> None:
    cast.birch.programme.every_weeks = 2
    group = hazel(cast, follow_up_weeks=0)
    assert not any(one.is_follow_up for one in group.meetings.all())
    days = [day.date() for day in local(group)]
    assert {later - earlier for earlier, later in pairwise(days)} == {timedelta(weeks=2)}


def test_the_group_ends_with_its_follow_up_and_its_room_is_this_meetings_then(cast: Cast) -> None:
    group = hazel(cast)
    after = group.meetings.get(kind=Meeting.Kind.FOLLOW_UP)
    last = group.meetings.filter(kind=Meeting.Kind.TOPIC).latest("starts_at")
    running.follow_the_calendar(last.ends_at)
    running.follow_the_calendar(last.ends_at + timedelta(days=1))
    group.refresh_from_db()
    assert group.state == SupportGroup.State.RUNNING
    running.follow_the_calendar(after.ends_at)
    group.refresh_from_db()
    assert (group.state, group.ended_at) == (SupportGroup.State.ENDED, after.ends_at)


@pytest.mark.check(20)
def test_one_meeting_is_moved_and_keeps_its_entry_in_every_calendar(cast: Cast) -> None:
    group = hazel(cast)
    second, others = group.meetings.get(number=2), local(group)
    before = icalendar.Calendar.from_ical(calendar_file([second], now=cast.now)).walk("VEVENT")[0]
    change = move(cast, second, date(2027, 10, 21), time(19, 30))
    second.refresh_from_db()
    after = icalendar.Calendar.from_ical(calendar_file([second], now=cast.now)).walk("VEVENT")[0]
    assert after["uid"] == before["uid"]
    assert (before["sequence"], after["sequence"]) == (0, 1)
    assert local(group) == [others[0], datetime.combine(date(2027, 10, 21), time(19, 30)), *others[2:]]
    assert second.ends_at - second.starts_at == timedelta(minutes=group.programme.minutes)
    assert rostered_right(group)
    assert change.before == {str(second.pk): ["2027-10-19T15:00:00+00:00", "2027-10-19T16:30:00+00:00"]}
    entry = Entry.objects.get(what="meeting.moved")
    assert (entry.actor, entry.facts["meetings"]) == (cast.salla.pk, 1)
    group.refresh_from_db()
    assert group.meets_at == time(18)


@pytest.mark.check(20)
def test_a_meeting_and_all_that_follow_move_to_another_day_and_time(cast: Cast) -> None:
    group = hazel(cast)
    before = local(group)
    # One week later: the first that moves comes to lie where the next one lay.
    move(cast, group.meetings.get(number=3), date(2027, 11, 2), time(17), following=True)
    shifted = [(day + timedelta(weeks=1)).replace(hour=17) for day in before[2:]]
    assert local(group) == [*before[:2], *shifted]
    assert list(group.meetings.order_by("number").values_list("sequence", flat=True))[:4] == [0, 0, 1, 1]
    assert rostered_right(group)
    group.refresh_from_db()
    assert (group.meets_at, group.starts_on) == (time(17), date(2027, 10, 12))


def test_moving_the_first_meeting_moves_the_day_on_which_the_group_begins(cast: Cast) -> None:
    group = hazel(cast)
    move(cast, group.meetings.get(number=1), date(2027, 10, 14))
    group.refresh_from_db()
    assert group.starts_on == date(2027, 10, 14)


@pytest.mark.parametrize(
    ("number", "day", "why"),
    [
        (2, date(2027, 10, 12), "order"),
        (2, date(2027, 10, 26), "order"),
        (2, date(2027, 10, 19), "same"),
        (2, date(2020, 1, 1), "begun"),
    ],
)
def test_dates_that_cannot_be_are_refused_and_nothing_is_changed(
    cast: Cast, number: int, day: date, why: str
) -> None:
    group = hazel(cast)
    before = local(group)
    with pytest.raises(NotPossible, match=why):
        move(cast, group.meetings.get(number=number), day)
    assert local(group) == before
    assert not Change.objects.exists()


def test_a_meeting_whose_room_can_be_entered_stays_where_it_is(cast: Cast) -> None:
    fourth = cast.meeting(cast.alder, 4)
    with pytest.raises(NotPossible, match="begun"):
        move(cast, fourth, (cast.now + timedelta(days=2)).date())
    with pytest.raises(NotPossible, match="begun"):
        cancelling.cancel(meeting=fourth, said=SAID, by=cast.salla, now=cast.now)


def test_a_facilitator_who_is_needed_elsewhere_keeps_a_meeting_from_being_moved_there(cast: Cast) -> None:
    group = hazel(cast)
    hazel(cast, name="Elm", starts_on=date(2027, 10, 14), follow_up_weeks=0)
    before = local(group)
    with pytest.raises(NotPossible, match="elsewhere"):
        move(cast, group.meetings.get(number=1), date(2027, 10, 14))
    assert local(group) == before
    assert rostered_right(group)
    assert not Entry.objects.filter(what="meeting.moved").exists()


def test_everybody_is_told_once_in_neutral_words_and_only_where_mail_is_safe(
    cast: Cast, settings: Any
) -> None:
    settings.DEMO = True
    reachable(cast.aino)
    meeting = cast.meeting(cast.alder, 6)
    day = meeting.starts_at.astimezone(HELSINKI).date() + timedelta(days=1)
    seats = {cast.seat(user).pk: user for user in (cast.aino, cast.berit)}

    def told(kind: str) -> dict[tuple[User, str], Mail]:
        """Who has got, or not got, a mail of that kind."""
        do_due(duties["mail"], now=cast.now, most=500)
        found = Mail.objects.filter(template=kind, member__in=seats)
        return {(seats[one.member], one.why or one.state): one for one in found if one.member}

    # One date: both moves before the mail is sent are one mail, with the time it is now.
    move(cast, meeting, day)
    move(cast, cast.meeting(cast.alder, 6), day, time(10))
    moved = told("moved")
    not_safe = (cast.berit, "nothing was marked safe")
    assert set(moved) == {
        (cast.aino, notices.NEWER),
        (cast.aino, "done"),
        (cast.berit, notices.NEWER),
        not_safe,
    }
    assert f"{day.day} {day:%B %Y}, 10:00" in moved[cast.aino, "done"].body
    # Several: one mail, which leads to her page.
    for week in (1, 2):
        move(cast, cast.meeting(cast.alder, 6), day + timedelta(weeks=week), following=True)
    plan = told("dates")
    assert set(plan) == {(cast.aino, "done"), not_safe}
    assert Mail.objects.filter(template="dates", member__in=seats).count() == 2
    for mail in (moved[cast.aino, "done"], plan[cast.aino, "done"]):
        assert mail.address == "aino@demo.example"
        for telling in (cast.alder.name, meeting.topic, "group", "parent"):
            assert telling.lower() not in (mail.title + mail.body).replace(cast.alder.slug, "").lower()
    # Whoever wants none of these has none; whoever gets one again after the first was sent gets a second.
    switches.switch_off(user=cast.aino, kind=MailSwitch.Kind.CHANGES, by=None, now=cast.now)
    move(cast, cast.meeting(cast.alder, 6), day, following=True)
    assert (cast.aino, "switched off by the person") in told("dates")


@pytest.mark.check(20)
def test_a_meeting_is_called_off_with_kind_words_and_takes_place_after_all(cast: Cast) -> None:
    group = hazel(cast)
    second = group.meetings.get(number=2)
    change = cancelling.cancel(meeting=second, said=SAID, by=cast.salla, now=cast.now)
    second.refresh_from_db()
    assert (second.state, second.sequence) == (Meeting.State.CANCELLED, 1)
    assert rostered_right(group)
    assert said_changes(group).of_meetings == {second.pk: str(Change.Words.UNABLE.label)}
    with pytest.raises(NotPossible, match="state"):
        cancelling.cancel(meeting=second, said=SAID, by=cast.salla, now=cast.now)

    cancelling.take_back(change=change, by=cast.salla, now=cast.now)
    second.refresh_from_db()
    assert (second.state, second.sequence) == (Meeting.State.PLANNED, 2)
    assert rostered_right(group)
    assert said_changes(group).of_meetings == {}
    with pytest.raises(NotPossible, match="state"):
        cancelling.take_back(change=change, by=cast.salla, now=cast.now)
    # What was taken back can be called off again.
    assert cancelling.cancel(meeting=second, said=SAID, by=cast.salla, now=cast.now)


def test_taking_back_asks_again_for_facilitators_order_and_time(cast: Cast) -> None:
    group = hazel(cast)
    third = group.meetings.get(number=3)
    change = cancelling.cancel(meeting=third, said=SAID, by=cast.salla, now=cast.now)
    with pytest.raises(NotPossible, match="begun"):
        cancelling.take_back(change=change, by=cast.salla, now=third.opens_at)
    cast.birch.programme.topics = ["Only one"]
    elm = hazel(cast, name="Elm", starts_on=date(2027, 10, 26), follow_up_weeks=0)
    with pytest.raises(NotPossible, match="elsewhere"):
        cancelling.take_back(change=change, by=cast.salla, now=cast.now)
    third.refresh_from_db()
    assert third.state == Meeting.State.CANCELLED
    cancelling.cancel(meeting=elm.meetings.get(), said=SAID, by=cast.salla, now=cast.now)
    move(cast, group.meetings.get(number=2), date(2027, 10, 26))
    with pytest.raises(NotPossible, match="order"):
        cancelling.take_back(change=change, by=cast.salla, now=cast.now)


def test_reasons_and_own_words_are_sealed_and_go_with_what_the_group_wrote(cast: Cast) -> None:
    group = hazel(cast)
    words = "We rest this week, and see you in the next."
    said = cancelling.Said(reason=SAID.reason, words=Change.Words.OWN, own_words=words)
    change = cancelling.cancel(meeting=group.meetings.get(number=2), said=said, by=cast.salla, now=cast.now)
    assert said_changes(group).of_meetings == {change.meeting_id: words}
    with connection.cursor() as cursor:
        cursor.execute("SELECT reason, own_words FROM groups_change")
        stored = b"".join(bytes(one) for one in cursor.fetchone())
    assert stored
    assert b"moves house" not in stored
    assert b"rest" not in stored
    assert Change.objects.get().reason == SAID.reason
    tending.erase_group(group)
    assert not Change.objects.exists()
    assert DataKey.objects.get(subject=change.pk).wrapped is None
