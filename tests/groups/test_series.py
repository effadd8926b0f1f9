"""A series keeps its rhythm and its local time, and leaves days out, whatever the clocks do."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peersupport.groups import schedule
from peersupport.groups.public_holidays import holidays_between

HELSINKI = ZoneInfo("Europe/Helsinki")
# Half an hour of summer time, a change at midnight, on other dates than in Europe, and none.
ZONES = st.sampled_from(
    ["Europe/Helsinki", "America/New_York", "Asia/Beirut", "Australia/Lord_Howe", "America/Sao_Paulo", "UTC"]
).map(ZoneInfo)
DAYS = st.dates(date(2015, 1, 1), date(2035, 12, 31))
TIMES = st.times(time(0), time(23, 59)).map(lambda at: at.replace(second=0, microsecond=0))
WEEKS = st.sets(st.integers(0, 30), max_size=12)


def left_out(first: date, weeks: set[int]) -> dict[date, str]:
    return {first + timedelta(weeks=week): f"week {week}" for week in weeks}


@pytest.mark.check(20)
@given(first=DAYS, at=TIMES, zone=ZONES, count=st.integers(0, 16), every=st.integers(1, 4), weeks=WEEKS)
def test_a_series_has_its_number_in_order_in_its_rhythm_and_none_on_a_day_left_out(
    first: date, at: time, zone: ZoneInfo, count: int, every: int, weeks: set[int]
) -> None:
    skip = left_out(first, weeks)
    series = schedule.series(first=first, at=at, zone=zone, count=count, every=every, skip=skip)

    assert len(series.days) == len(series.starts) == count
    assert list(series.starts) == sorted(set(series.starts))
    assert not set(series.days) & set(skip)
    assert all((day - first).days % (7 * every) == 0 for day in series.days)
    # Every turn until the last is either a meeting or said to be left out, with its reason.
    turns = sorted([*series.days, *(day for day, _why in series.skipped)])
    assert turns == [first + timedelta(weeks=every * turn) for turn in range(len(turns))]
    assert all(skip[day] == why for day, why in series.skipped)


@pytest.mark.check(20)
@given(first=DAYS, at=TIMES, zone=ZONES, count=st.integers(1, 16), every=st.integers(1, 4), weeks=WEEKS)
def test_the_local_time_stays_but_for_a_time_that_the_night_skips(
    first: date, at: time, zone: ZoneInfo, count: int, every: int, weeks: set[int]
) -> None:
    series = schedule.series(
        first=first, at=at, zone=zone, count=count, every=every, skip=left_out(first, weeks)
    )

    for day, start in zip(series.days, series.starts, strict=True):
        shown = start.astimezone(zone).replace(tzinfo=None)
        asked = datetime.combine(day, at)
        exists = asked.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None) == asked
        assert start.tzinfo is UTC
        if exists:
            assert shown == asked
            # Of a time that comes twice the first is meant.
            earlier = (start - timedelta(hours=1)).astimezone(zone).replace(tzinfo=None)
            assert earlier != asked
        else:
            assert timedelta(0) < shown - asked <= timedelta(hours=1)


@given(first=DAYS, at=TIMES, zone=ZONES, count=st.integers(0, 16))
def test_a_series_of_every_week_with_nothing_left_out_is_the_weekly_one(
    first: date, at: time, zone: ZoneInfo, count: int
) -> None:
    series = schedule.series(first=first, at=at, zone=zone, count=count)
    assert list(series.starts) == schedule.weekly(first=first, at=at, zone=zone, count=count)
    assert series.skipped == ()


@pytest.mark.check(20)
def test_a_time_in_the_gap_and_a_time_that_comes_twice() -> None:
    spring = schedule.series(first=date(2026, 3, 22), at=time(3, 30), zone=HELSINKI, count=3)
    assert [f"{one.astimezone(HELSINKI):%H:%M}" for one in spring.starts] == ["03:30", "04:30", "03:30"]
    autumn = schedule.series(first=date(2026, 10, 18), at=time(3, 30), zone=HELSINKI, count=3)
    assert [f"{one:%H:%M}" for one in autumn.starts] == ["00:30", "00:30", "01:30"]


def test_a_rhythm_below_a_week_is_none() -> None:
    with pytest.raises(ValueError, match="week"):
        schedule.series(first=date(2026, 1, 1), at=time(18), zone=HELSINKI, count=2, every=0)


def test_a_follow_up_does_not_keep_a_group_open() -> None:
    class Gathering:
        def __init__(self, starts_at: datetime, kind: str = "topic") -> None:
            self.starts_at, self.kind, self.state = starts_at, kind, "planned"
            self.ends_at = starts_at + timedelta(minutes=90)

    first = datetime(2026, 11, 3, 16, tzinfo=UTC)
    two = [Gathering(first), Gathering(first + timedelta(weeks=1))]
    later = Gathering(first + timedelta(weeks=13), "follow_up")
    assert schedule.closes_at([*two, later]) == schedule.closes_at(two) == first + timedelta(weeks=1)


def test_public_holidays_of_several_countries_have_their_names() -> None:
    found = holidays_between(["fi", "SE", "xx"], date(2026, 12, 1), date(2026, 12, 31))
    assert "Independence Day (fi)" in found[date(2026, 12, 6)]
    assert "(fi)" in found[date(2026, 12, 25)]
    assert "(se)" in found[date(2026, 12, 25)]
    assert date(2026, 12, 8) not in found
    assert holidays_between([], date(2026, 12, 1), date(2026, 12, 31)) == {}
