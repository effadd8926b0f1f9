"""Whether a line is open now: by hours that a program can read, and only where somebody has verified them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from guides import opening
from guides.helplines import Line, for_country
from guides.opening import NotUnderstood, in_words, read
from tests.guides.test_helplines import entry
from tests.guides.trees import Tree

# A Monday, half past ten in Helsinki.
MONDAY = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
WEEKDAYS = [{"days": "mon-fri", "from": "09:00", "until": "20:00"}]
ALWAYS = [{"days": "mon-sun", "from": "00:00", "until": "24:00"}]


def usual(*hours: dict[str, str]) -> dict[str, Any]:
    return {"zone": "Europe/Helsinki", "hours": list(hours)}


@pytest.mark.parametrize(
    ("hours", "later", "words"),
    [
        (WEEKDAYS, timedelta(), "Open now, usually until 20:00"),
        (WEEKDAYS, timedelta(minutes=-91), "Closed now, usually opens at 09:00"),
        (WEEKDAYS, timedelta(minutes=-90), "Open now, usually until 20:00"),
        (WEEKDAYS, timedelta(hours=9, minutes=29), "Open now, usually until 20:00"),
        (WEEKDAYS, timedelta(hours=9, minutes=30), "Closed now, usually opens on Tuesday at 09:00"),
        (WEEKDAYS, timedelta(days=5), "Closed now, usually opens on Monday at 09:00"),
        (
            [{"days": "mon,wed", "from": "17:00", "until": "01:00"}],
            timedelta(hours=14),
            "Open now, usually until 01:00",
        ),
        ([{"days": "sun", "from": "22:00", "until": "11:00"}], timedelta(), "Open now, usually until 11:00"),
        (
            [
                {"days": "sat-sun", "from": "00:00", "until": "24:00"},
                {"days": "mon", "from": "00:00", "until": "12:00"},
            ],
            timedelta(),
            "Open now, usually until 12:00",
        ),
        (
            [
                {"days": "sun", "from": "10:00", "until": "24:00"},
                {"days": "mon", "from": "00:00", "until": "12:00"},
            ],
            timedelta(days=6, hours=10),
            "Open now, usually until 12:00",
        ),
        (ALWAYS, timedelta(), "Open now"),
        (ALWAYS, timedelta(days=6, hours=13, minutes=20), "Open now"),
    ],
)
def test_open_or_closed_and_until_when(hours: list[dict[str, str]], later: timedelta, words: str) -> None:
    assert in_words(read(usual(*hours)), MONDAY + later, with_city=False) == words


def test_the_clock_on_the_wall_counts_when_clocks_change() -> None:
    # On 28 March 2027 clocks in Finland go from 3 to 4.
    night = read(usual({"days": "sun", "from": "02:00", "until": "06:00"}))
    at = datetime(2027, 3, 28, 0, 30, tzinfo=UTC)
    until = night.until(at)
    assert until is not None
    assert (until.hour, until - at) == (6, timedelta(hours=2, minutes=30))


def test_a_line_for_many_countries_names_the_city_of_its_clock() -> None:
    words = in_words(read(usual(*WEEKDAYS)), MONDAY, with_city=True)
    assert words == "Open now, usually until 20:00 (time in Helsinki)"


@pytest.mark.parametrize(
    "given",
    [
        [],
        {},
        usual(),
        {**usual(*WEEKDAYS), "zone": "Moon/Base"},
        {**usual(*WEEKDAYS), "note": "x"},
        usual({"days": "mon-fri", "from": "9:00", "until": "20:00"}),
        usual({"days": "mon-fri", "from": "09:00", "until": "24:30"}),
        usual({"days": "fri-mon", "from": "09:00", "until": "20:00"}),
        usual({"days": "weekdays", "from": "09:00", "until": "20:00"}),
        usual({"days": "mon", "from": "09:00"}),
    ],
)
def test_hours_that_cannot_be_read_are_refused(given: Any) -> None:
    with pytest.raises(NotUnderstood):
        opening.read(given)


def line(tree: Tree, *, now: datetime | None = MONDAY, **facts: Any) -> Line:
    tree.helplines(fi=[entry("Line", "parent", **facts)])
    country = for_country("fi", MONDAY.date(), now=now)
    assert country is not None
    return country.lines[0]


@pytest.mark.parametrize(
    ("verified", "words"),
    [
        (None, ""),
        ("2026-11-01", "Open now, usually until 20:00"),
        ("2026-05-24", "Open now, usually until 20:00"),
        ("2026-05-23", ""),
        ("2024-01-01", ""),
    ],
)
def test_open_now_is_said_only_of_hours_verified_of_late(
    tree: Tree, verified: str | None, words: str
) -> None:
    assert line(tree, opening=usual(*WEEKDAYS), verified_by_ngo=verified).now == words


def test_nothing_is_said_without_hours_that_can_be_read_nor_where_no_time_is_given(tree: Tree) -> None:
    assert line(tree, hours="Mon-Fri 9-20", verified_by_ngo="2026-11-01").now == ""
    assert line(tree, now=None, opening=usual(*WEEKDAYS), verified_by_ngo="2026-11-01").now == ""
