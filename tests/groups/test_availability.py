"""When somebody can lead: on her own clocks, in summer and in winter, and not on the days she is away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peersupport.groups import schedule
from peersupport.groups.availability import is_away, is_free

HELSINKI = ZoneInfo("Europe/Helsinki")
NEW_YORK = ZoneInfo("America/New_York")
# Both changes, at different dates, on both halves of the Earth; half an hour; none at all.
ZONES = st.sampled_from(
    [
        *("Europe/Helsinki", "Europe/London", "America/New_York", "America/Santiago"),
        *("Australia/Sydney", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"),
    ]
)
LENGTH = timedelta(minutes=90)
# A year and more: every series crosses both changes.
WEEKS = 60


@dataclass
class Window:
    weekday: int
    from_time: time
    until_time: time
    time_zone: str = "Europe/Helsinki"


@dataclass
class Days:
    first: date
    last: date


def series(first: date, at: time, zone: ZoneInfo, count: int = WEEKS) -> list[tuple[datetime, datetime]]:
    return [(one, one + LENGTH) for one in schedule.weekly(first=first, at=at, zone=zone, count=count)]


@settings(max_examples=50)
@given(
    first=st.dates(date(2024, 1, 1), date(2034, 12, 31)),
    hour=st.integers(5, 21),
    zone=ZONES,
    spare=st.booleans(),
)
def test_who_is_free_at_a_time_of_her_week_is_free_at_it_on_both_sides_of_both_changes(
    first: date, hour: int, zone: str, spare: bool
) -> None:
    until = time(hour + 2) if spare else time(hour + 1, 30)
    hers = [Window(first.weekday(), time(hour), until, zone)]

    assert all(is_free(hers, *meeting) for meeting in series(first, time(hour), ZoneInfo(zone)))
    # The day before, and a minute too early or too late, is not hers.
    other = [Window((first.weekday() + 1) % 7, time(hour), until, zone)]
    short = [Window(first.weekday(), time(hour, 1), until, zone)]
    ends = [Window(first.weekday(), time(hour), time(hour + 1, 29), zone)]
    for not_hers in (other, short, ends):
        assert not any(is_free(not_hers, *meeting) for meeting in series(first, time(hour), ZoneInfo(zone)))


@settings(max_examples=50)
@given(
    first=st.dates(date(2024, 1, 1), date(2034, 12, 31)),
    hour=st.integers(9, 20),
    hers=ZONES,
    theirs=ZONES,
    before=st.integers(0, 90),
    after=st.integers(0, 90),
)
def test_where_she_lives_elsewhere_a_meeting_is_hers_exactly_while_its_shift_leaves_it_in_her_time(
    first: date, hour: int, hers: str, theirs: str, before: int, after: int
) -> None:
    meetings = series(first, time(hour), ZoneInfo(theirs))
    shifts = [start.astimezone(ZoneInfo(hers)).utcoffset() for start, _end in meetings]
    local = meetings[0][0].astimezone(ZoneInfo(hers)).replace(tzinfo=None)
    begins, ends = local - timedelta(minutes=before), local + LENGTH + timedelta(minutes=after)
    if begins.date() != ends.date():
        return
    window = [Window(local.weekday(), begins.time(), ends.time(), hers)]
    for number, (start, end) in enumerate(meetings):
        # How far her clocks show it from where they showed the first one.
        own, first_own = shifts[number], shifts[0]
        assert own is not None
        assert first_own is not None
        moved = (start - meetings[0][0]) % timedelta(weeks=1)
        moved = moved - timedelta(weeks=1) if moved > timedelta(days=3) else moved
        moved += own - first_own
        fits = -timedelta(minutes=before) <= moved <= timedelta(minutes=after)
        # Not on the nights of the changes themselves: no group meets then.
        if _calm(start, hers) and _calm(start, theirs):
            assert is_free(window, start, end) == fits


def _calm(moment: datetime, zone: str) -> bool:
    there = ZoneInfo(zone)
    around = [(moment + timedelta(hours=hours)).astimezone(there).utcoffset() for hours in (-26, 26)]
    return around[0] == around[1]


@pytest.mark.parametrize(("first", "fits"), [(date(2027, 3, 2), 9), (date(2027, 10, 12), 9)])
def test_between_the_changes_of_two_continents_she_is_an_hour_off(first: date, fits: int) -> None:
    # America changes on 14 March and 7 November, Europe on 28 March and 31 October.
    hers = [Window(1, time(11), time(12, 30), "America/New_York")]
    meetings = series(first, time(18), HELSINKI, count=fits + (2 if first.month == 3 else 1))
    off = [start.date() for start, end in meetings if not is_free(hers, start, end)]

    assert off == ([date(2027, 3, 16), date(2027, 3, 23)] if first.month == 3 else [date(2027, 11, 2)])


def test_whoever_named_no_time_is_not_known_to_be_free_and_two_times_do_not_add_up() -> None:
    start = datetime(2027, 3, 2, 16, tzinfo=UTC)
    assert not is_free([], start, start + LENGTH)
    halves = [Window(1, time(18), time(19)), Window(1, time(19), time(20))]
    assert not is_free(halves, start, start + LENGTH)
    assert is_free([*halves, Window(1, time(17), time(20))], start, start + LENGTH)


@pytest.mark.parametrize(
    ("start", "away"),
    [
        ("2027-03-01T23:00", False),
        ("2027-03-01T23:30", True),
        ("2027-03-02T00:00", True),
        ("2027-03-04T22:30", True),
        ("2027-03-05T00:00", False),
    ],
)
def test_days_away_count_on_her_own_clocks_from_the_first_to_the_last(start: str, away: bool) -> None:
    days = [Days(date(2027, 3, 2), date(2027, 3, 4))]
    for zone in (HELSINKI, NEW_YORK):
        begins = datetime.fromisoformat(start).replace(tzinfo=zone)
        assert is_away(days, begins, begins + timedelta(hours=1), zone) == away
    begins = datetime.fromisoformat(start).replace(tzinfo=HELSINKI)
    assert not is_away([], begins, begins + timedelta(hours=1), HELSINKI)
