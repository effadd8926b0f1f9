"""Safe hours: by the clock on her wall, also on the days it is moved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peersupport.accounts.hours import is_allowed, next_allowed

HELSINKI = "Europe/Helsinki"


def at(text: str, zone: str = HELSINKI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "hours", "then"),
    [
        ("2027-01-14T12:00", (9, 17), "2027-01-14T12:00"),
        ("2027-01-14T08:59", (9, 17), "2027-01-14T09:00"),
        ("2027-01-14T17:00", (9, 17), "2027-01-15T09:00"),
        ("2027-01-14T12:00", (22, 6), "2027-01-14T22:00"),
        ("2027-01-14T23:30", (22, 6), "2027-01-14T23:30"),
        ("2027-01-14T05:59", (22, 6), "2027-01-14T05:59"),
        ("2027-01-14T03:00", (0, 24), "2027-01-14T03:00"),
        ("2027-01-14T03:00", (None, None), "2027-01-14T03:00"),
        ("2027-12-31T20:00", (9, 17), "2028-01-01T09:00"),
    ],
)
def test_a_mail_waits_for_the_next_safe_hour(
    now: str, hours: tuple[int | None, int | None], then: str
) -> None:
    found = next_allowed(at(now), from_hour=hours[0], until_hour=hours[1], time_zone=HELSINKI)
    assert found == at(then)


@pytest.mark.check(20)
def test_the_evening_is_the_evening_on_both_sides_of_the_change_to_summer_time() -> None:
    # In Helsinki clocks go from 03:00 to 04:00 on 28 March 2027.
    found = [
        next_allowed(at(day), from_hour=18, until_hour=20, time_zone=HELSINKI)
        for day in ("2027-03-27T12:00", "2027-03-28T12:00")
    ]
    assert [one.astimezone(ZoneInfo(HELSINKI)).hour for one in found] == [18, 18]
    assert found[1] - found[0] == timedelta(hours=23)


@pytest.mark.check(20)
def test_a_window_that_the_change_skips_opens_on_the_next_day() -> None:
    found = next_allowed(at("2027-03-28T01:00"), from_hour=3, until_hour=4, time_zone=HELSINKI)
    assert found == at("2027-03-29T03:00")


@pytest.mark.check(20)
def test_an_hour_that_comes_twice_is_safe_both_times() -> None:
    # Clocks go from 04:00 back to 03:00 on 31 October 2027: 03:30 comes at 00:30 and at 01:30 UTC.
    for hour in (0, 1):
        now = datetime(2027, 10, 31, hour, 30, tzinfo=UTC)
        assert next_allowed(now, from_hour=3, until_hour=4, time_zone=HELSINKI) == now


@pytest.mark.check(20)
@given(
    now=st.datetimes(
        min_value=datetime(2024, 1, 1),  # noqa: DTZ001 - given its zone below
        max_value=datetime(2031, 1, 1),  # noqa: DTZ001
        timezones=st.just(UTC),
    ),
    begins=st.integers(0, 23),
    ends=st.integers(1, 24),
    zone=st.sampled_from(
        [HELSINKI, "Europe/London", "America/St_Johns", "Asia/Kathmandu", "Australia/Lord_Howe"]
    ),
)
def test_a_mail_comes_in_a_safe_hour_and_within_three_days(
    now: datetime, begins: int, ends: int, zone: str
) -> None:
    rule: dict[str, Any] = {"from_hour": begins, "until_hour": ends, "time_zone": zone}
    found = next_allowed(now, **rule)
    assert found >= now
    assert is_allowed(found, **rule)
    assert found - now < timedelta(days=3)
