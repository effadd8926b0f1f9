"""What stands in the way of dates is said before they are kept: who is away, whose clock differs."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from peersupport.groups import foreseen, marking_time, schedule
from peersupport.groups.foreseen import Kind
from peersupport.groups.foreseen import foreseen as warned
from peersupport.groups.marking_time import WeeklyTime
from peersupport.groups.models import Facilitator
from tests.cast import Cast

HELSINKI, NEW_YORK = ZoneInfo("Europe/Helsinki"), ZoneInfo("America/New_York")


def tuesdays(count: int = 4, first: date = date(2027, 10, 19)) -> list[tuple[datetime, datetime]]:
    """Six in the evening, Helsinki, across both changes to winter time (31 October, 7 November)."""
    starts = schedule.weekly(first=first, at=time(18), zone=HELSINKI, count=count)
    return [(start, start + timedelta(minutes=90)) for start in starts]


@pytest.mark.check(20)
def test_where_clocks_change_on_another_date_the_odd_hour_is_named_and_nobody(db: None) -> None:
    [one] = warned(
        tuesdays(), zone=HELSINKI, leaders=[], clocks={"America/New_York": 1, "Europe/Helsinki": 5}
    )
    assert (one.kind, one.days) == (Kind.CLOCK, (date(2027, 11, 2),))
    assert one.text == "For one member it is 12:00 instead of 11:00: Tue 2 Nov 2027."
    [two] = warned(tuesdays(), zone=HELSINKI, leaders=[], clocks={"America/New_York": 2})
    assert two.text.startswith("For 2 members it is 12:00")


def test_a_zone_that_changes_with_the_groups_is_no_matter_and_one_without_summer_time_is() -> None:
    assert warned(tuesdays(), zone=HELSINKI, leaders=[], clocks={"Europe/Paris": 3}) == []
    [one] = warned(tuesdays(), zone=HELSINKI, leaders=[], clocks={"Africa/Lagos": 1})
    # Of two hours that come equally often the first is the usual one.
    assert one.days == (date(2027, 11, 2), date(2027, 11, 9))
    assert warned([], zone=HELSINKI, leaders=[], clocks={"Africa/Lagos": 1}) == []


def test_a_holiday_has_its_name() -> None:
    [one] = warned(tuesdays(), zone=HELSINKI, leaders=[], holidays={date(2027, 10, 26): "A feast (fi)"})
    assert (one.kind, one.text) == (Kind.HOLIDAY, "Tue 26 Oct 2027 is a public holiday: A feast (fi).")


@pytest.mark.django_db
def test_a_facilitator_who_is_away_busy_or_has_not_named_the_time_is_said(cast: Cast) -> None:
    maija = cast.maija.facilitator
    maija.available.all().delete()

    def of_her() -> dict[Kind, tuple[date, ...]]:
        leaders = foreseen.with_their_time(Facilitator.objects.filter(pk=maija.pk), but=None, now=cast.now)
        return {one.kind: one.days for one in warned(tuesdays(), zone=HELSINKI, leaders=leaders)}

    assert of_her() == {Kind.UNKNOWN: ()}
    when = WeeklyTime(1, time(17), time(19, 30), "Europe/Helsinki")
    marking_time.add_time(facilitator=maija, when=when, by=cast.maija)
    assert of_her() == {}
    marking_time.add_away(facilitator=maija, first=date(2027, 10, 25), last=date(2027, 10, 26), by=cast.salla)
    assert of_her() == {Kind.AWAY: (date(2027, 10, 26),)}
    [row] = maija.available.all()
    marking_time.remove_time(facilitator=maija, row=row.pk, by=cast.maija)
    short = WeeklyTime(1, time(17), time(19), "Europe/Helsinki")
    marking_time.add_time(facilitator=maija, when=short, by=cast.maija)
    assert of_her()[Kind.NOT_MARKED] == tuple(start.astimezone(HELSINKI).date() for start, _end in tuesdays())


@pytest.mark.django_db
def test_another_groups_meeting_is_seen_and_the_groups_own_is_not(cast: Cast) -> None:
    fifth = cast.meeting(cast.alder, 5)
    times = [(fifth.ends_at + timedelta(minutes=10), fifth.ends_at + timedelta(minutes=100))]
    found = Facilitator.objects.filter(user=cast.maija)
    but = foreseen.with_their_time(found, but=cast.alder, now=cast.now)
    assert Kind.ELSEWHERE not in {one.kind for one in warned(times, zone=HELSINKI, leaders=but)}
    # The doors open a quarter of an hour before: these two would overlap.
    among = foreseen.with_their_time(found, but=None, now=cast.now)
    assert Kind.ELSEWHERE in {one.kind for one in warned(times, zone=HELSINKI, leaders=among)}


@pytest.mark.django_db
def test_the_same_twice_stands_once_and_there_is_an_end_to_it(cast: Cast) -> None:
    maija = cast.maija.facilitator
    maija.available.all().delete()
    when = WeeklyTime(1, time(17), time(19), "Europe/Helsinki")
    for _twice in range(2):
        marking_time.add_time(facilitator=maija, when=when, by=cast.maija)
    assert maija.available.count() == 1
    for minute in range(marking_time.MOST - 1):
        other = WeeklyTime(2, time(10, minute), time(12), "Europe/Helsinki")
        marking_time.add_time(facilitator=maija, when=other, by=cast.maija)
    with pytest.raises(marking_time.Enough):
        marking_time.add_time(facilitator=maija, when=WeeklyTime(3, time(10), time(12), "UTC"), by=cast.maija)
    assert maija.available.count() == marking_time.MOST


@pytest.mark.django_db
def test_many_facilitators_cost_no_more_statements_than_one(cast: Cast) -> None:
    cast.group("alder")
    counts = []
    for found in (Facilitator.objects.filter(user=cast.maija), Facilitator.objects.all()):
        with CaptureQueriesContext(connection) as noted:
            leaders = foreseen.with_their_time(found, but=None, now=cast.now)
            warned(tuesdays(), zone=HELSINKI, leaders=leaders)
        counts.append((len(leaders), len(noted)))
    assert counts[0][0] == 1 < counts[1][0]
    assert counts[0][1] == counts[1][1]
