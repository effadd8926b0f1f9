"""Weekly meetings keep their local time, whatever the clocks do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peersupport.groups import schedule

HELSINKI = ZoneInfo("Europe/Helsinki")
PARIS = ZoneInfo("Europe/Paris")
ZONES = st.sampled_from(
    ["Europe/Helsinki", "Europe/London", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]
).map(ZoneInfo)
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))
TIMES = st.times(time(0), time(23, 59)).map(lambda at: at.replace(second=0, microsecond=0))


@dataclass
class Gathering:
    starts_at: datetime
    ends_at: datetime
    state: str = "planned"
    kind: str = "topic"


def gathering(start: datetime, state: str = "planned") -> Gathering:
    return Gathering(start, start + timedelta(minutes=90), state)


@pytest.mark.check(20)
def test_a_group_that_meets_at_six_meets_at_six_on_both_sides_of_the_change_to_winter_time() -> None:
    starts = schedule.weekly(first=date(2026, 10, 20), at=time(18), zone=HELSINKI, count=3)

    assert [start.hour for start in starts] == [15, 16, 16]
    assert {start.astimezone(HELSINKI).hour for start in starts} == {18}


@pytest.mark.check(20)
def test_a_time_that_the_night_skips_is_read_with_the_clock_before_the_change() -> None:
    start = schedule.moment(date(2026, 3, 29), time(3, 30), HELSINKI)

    assert start == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert start.astimezone(HELSINKI).time() == time(4, 30)


@pytest.mark.check(20)
def test_of_a_time_that_comes_twice_the_first_is_meant() -> None:
    assert schedule.moment(date(2026, 10, 25), time(3, 30), HELSINKI) == datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )


@pytest.mark.check(20)
@given(first=DAYS, at=TIMES, zone=ZONES, count=st.integers(1, 20))
def test_every_meeting_falls_on_the_same_weekday_and_local_time(
    first: date, at: time, zone: ZoneInfo, count: int
) -> None:
    starts = schedule.weekly(first=first, at=at, zone=zone, count=count)

    assert len(starts) == count
    for number, start in enumerate(starts):
        shown = start.astimezone(zone)
        assert start.tzinfo is UTC
        day = first + timedelta(weeks=number)
        exists = datetime.combine(day, at, tzinfo=zone).astimezone(UTC).astimezone(zone).time() == at
        if exists:
            assert (shown.date(), shown.time()) == (day, at)
        else:
            # The gap is at most two hours long, and the meeting is moved forward by it.
            moved = shown.replace(tzinfo=None) - datetime.combine(day, at)
            assert timedelta(0) < moved <= timedelta(hours=2)


@given(first=DAYS, at=TIMES, zone=ZONES, count=st.integers(2, 20))
def test_a_later_meeting_is_never_before_an_earlier_one(
    first: date, at: time, zone: ZoneInfo, count: int
) -> None:
    starts = schedule.weekly(first=first, at=at, zone=zone, count=count)

    assert starts == sorted(set(starts))


def test_a_plan_without_meetings_is_empty() -> None:
    assert schedule.weekly(first=date(2026, 1, 1), at=time(18), zone=PARIS, count=0) == []


def test_the_meeting_that_is_under_way_comes_before_the_next_one_and_a_cancelled_one_not_at_all() -> None:
    now = datetime(2026, 11, 17, 16, 30, tzinfo=UTC)
    begun = gathering(now - timedelta(minutes=30))
    cancelled = gathering(now + timedelta(days=7), state="cancelled")
    later = gathering(now + timedelta(days=14))
    over = gathering(now - timedelta(days=7))

    assert schedule.upcoming([later, cancelled, over, begun], now) == [begun, later]


def test_the_room_opens_before_the_meeting_and_shuts_with_its_end() -> None:
    start = datetime(2026, 11, 17, 16, tzinfo=UTC)
    meeting = gathering(start)
    early = timedelta(minutes=15)

    assert not schedule.is_open(meeting, start - timedelta(minutes=15, seconds=1), arrival=early)
    assert schedule.is_open(meeting, start - early, arrival=early)
    assert schedule.is_open(meeting, meeting.ends_at - timedelta(seconds=1), arrival=early)
    assert not schedule.is_open(meeting, meeting.ends_at, arrival=early)
    assert not schedule.is_open(gathering(start, "cancelled"), start, arrival=early)


def test_two_zones_agree_or_not_by_the_clock_of_that_day() -> None:
    in_winter = gathering(datetime(2026, 12, 1, 16, tzinfo=UTC))
    in_summer = gathering(datetime(2026, 7, 1, 16, tzinfo=UTC))
    lagos = ZoneInfo("Africa/Lagos")

    assert schedule.same_clock(in_winter, PARIS, lagos)
    assert not schedule.same_clock(in_summer, PARIS, lagos)


def test_a_group_takes_nobody_in_after_its_second_meeting_has_begun() -> None:
    first = datetime(2026, 11, 3, 16, tzinfo=UTC)
    weeks = [gathering(first + timedelta(weeks=number)) for number in range(8)]

    assert schedule.closes_at(weeks) == first + timedelta(weeks=2)
    assert schedule.closes_at(weeks[:1]) == first
    assert schedule.closes_at([]) is None
