"""What the desk shows of dates: a plan before it is kept, a group's meetings, what stands in their way."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from peersupport.groups import cancelling, foreseen, forming, free_days, rearranging, schedule
from peersupport.groups.foreseen import Foreseen
from peersupport.groups.models import Change, Facilitator, Meeting, SupportGroup
from peersupport.groups.public_holidays import holidays_between
from peersupport.joining import merging
from peersupport.joining.merging import Merge
from peersupport.joining.models import Application, Placement
from peersupport.vault import keys

#: From so long before a meeting on a stand-in is looked for: nobody knows of half a year ahead.
SOON = timedelta(weeks=4)
#: By so many weeks a beginning is proposed to be moved.
LATER = (1, 2, 4)


@dataclass(frozen=True)
class Planned:
    """A date of a plan: which meeting, when; or why there is none on that day."""

    day: date
    starts: datetime | None
    words: str


@dataclass(frozen=True)
class Preview:
    """All dates of a plan in their order, what stands in their way, and what tells this plan from another."""

    rows: list[Planned]
    foreseen: list[Foreseen]
    seen: str


def skipped_days(asked: Mapping[str, Any]) -> dict[date, str]:
    """The days on which a plan has no meeting, as the form of a new group says it, each with why."""
    found: dict[date, str] = {}
    if asked["on_holidays"] == "skip" and asked["countries"]:
        found |= holidays_between(
            asked["countries"], asked["starts_on"], asked["starts_on"] + timedelta(days=3 * 366)
        )
    return found | dict.fromkeys(asked["off"], _("left out"))


def preview(asked: Mapping[str, Any], *, now: datetime) -> Preview:
    """The dates of a group that does not exist yet. Nothing is written; a fixed number of statements."""
    programme, zone, at = asked["programme"], ZoneInfo(asked["time_zone"]), asked["meets_at"]
    series, after = forming.dates_of(
        programme, first=asked["starts_on"], at=at, zone=zone, skip=skipped_days(asked)
    )
    rows = [
        Planned(day, start, topic)
        for day, start, topic in zip(series.days, series.starts, programme.topics, strict=True)
    ]
    rows += [
        Planned(day, start, _("Meeting again")) for day, start in zip(after.days, after.starts, strict=True)
    ]
    rows += [Planned(day, None, why) for day, why in (*series.skipped, *after.skipped)]
    starts = (*series.starts, *after.starts)
    length = timedelta(minutes=programme.minutes)
    leaders = foreseen.with_their_time(
        Facilitator.objects.filter(pk__in=[one.pk for one in asked["facilitators"]]), but=None, now=now
    )
    found = foreseen.foreseen(
        [(start, start + length) for start in starts],
        zone=zone,
        leaders=leaders,
        holidays=holidays_between(asked["countries"], *_span(starts, zone)) if starts else {},
    )
    return Preview(sorted(rows, key=lambda one: one.day), found, fingerprint(starts))


def fingerprint(starts: Sequence[datetime]) -> str:
    """What tells these dates from others: a form brings it back, and nobody keeps dates she has not seen."""
    return "-".join(f"{int(start.timestamp()) // 60:x}" for start in starts)


@dataclass(frozen=True)
class Row:
    """A meeting at the desk. `cancelled`: the change that called it off, alone and not with its group.

    `is_soon`: it goes on or is so near that somebody may be looked for who stands in.
    """

    meeting: Meeting
    cancelled: Change | None
    can_change: bool
    can_be_taken_back: bool
    is_soon: bool


@dataclass(frozen=True)
class Later:
    """What it would mean to begin so many weeks later."""

    weeks: int
    first: datetime
    foreseen: list[Foreseen]


@dataclass(frozen=True)
class TooSmall:
    """A group that begins soon with fewer parents than it needs: the facts, and what could be done."""

    missing: int
    days: int
    waiting: int
    merges: list[Merge]
    later: list[Later]


@dataclass(frozen=True)
class Dates:
    """The dates of a group as its page at the desk shows them."""

    rows: list[Row]
    foreseen: list[Foreseen]
    too_small: TooSmall | None
    called_off: Change | None
    can_be_taken_back: bool


def dates_of(group: SupportGroup, *, parents: int, now: datetime) -> Dates:
    """Everything about a group's dates, with a fixed number of statements."""
    meetings = list(group.meetings.order_by("number")[:100])
    changes = list(group.changes.filter(undone_at=None)[:200])
    keys.load(one.pk for one in changes)
    called_off = next((one for one in changes if one.what == Change.What.GROUP_CANCELLED), None)
    cancelled = {one.meeting_id: one for one in changes if one.what == Change.What.CANCELLED}
    around = _around(group, meetings, now)
    ahead = [one for one in meetings if one.state == Meeting.State.PLANNED and one.starts_at > now]
    small = merging.is_too_small(group, parents, now=now)
    return Dates(
        rows=[_row(one, group, cancelled, now) for one in meetings],
        foreseen=around.of([(one.starts_at, one.ends_at) for one in ahead]) if ahead else [],
        too_small=_too_small(group, parents, ahead, around, now) if small and ahead else None,
        called_off=called_off,
        can_be_taken_back=called_off is not None and cancelling.can_be_taken_back(called_off, group),
    )


def of_move(meeting: Meeting, times: rearranging.Times, *, now: datetime) -> list[Foreseen]:
    """What would stand in the way once a meeting, or several, were moved."""
    meetings = rearranging.planned(meeting.group)
    spans = [times.get(one.pk, (one.starts_at, one.ends_at)) for one in meetings]
    return _around(meeting.group, meetings, now).of(
        [span for span in spans if span[0] > now], only=set(times.values())
    )


@dataclass(frozen=True)
class _Around:
    """What is known around a group: who leads it, by which clocks its members live, whose holidays count."""

    zone: ZoneInfo
    leaders: list[Facilitator]
    clocks: Mapping[str, int]
    countries: Sequence[str]
    keep_free: Collection[date]

    def of(self, spans: Sequence[foreseen.Span], *, only: set[foreseen.Span] | None = None) -> list[Foreseen]:
        """Warnings about these times; with `only`, those that touch one of its days."""
        holidays = holidays_between(self.countries, *_span([start for start, _end in spans], self.zone))
        found = foreseen.foreseen(
            spans,
            zone=self.zone,
            leaders=self.leaders,
            clocks=self.clocks,
            holidays=holidays,
            keep_free=self.keep_free,
        )
        if only is None:
            return found
        days = {start.astimezone(self.zone).date() for start, _end in only}
        return [one for one in found if not one.days or days & set(one.days)]


def _around(group: SupportGroup, meetings: Sequence[Meeting], now: datetime) -> _Around:
    return _Around(
        zone=ZoneInfo(group.time_zone),
        leaders=foreseen.with_their_time(rearranging.who_leads(group), but=group, now=now),
        clocks=foreseen.clocks_of(group),
        countries=group.countries,
        keep_free=free_days.of_groups([group]) | free_days.asked_for(_offered(group)),
    )


def _offered(group: SupportGroup) -> list[UUID]:
    """The applications that have an offer in the group."""
    found = Placement.objects.filter(group=group, state=Placement.State.OFFERED)
    return list(found.values_list("application", flat=True)[:100])


def _span(starts: Sequence[datetime], zone: ZoneInfo) -> tuple[date, date]:
    return min(starts).astimezone(zone).date(), max(starts).astimezone(zone).date()


def _row(
    meeting: Meeting, group: SupportGroup, cancelled: Mapping[UUID | None, Change], now: datetime
) -> Row:
    goes_on = group.state in rearranging.OPEN
    is_open = goes_on and meeting.opens_at > now
    takes_place = goes_on and meeting.state == Meeting.State.PLANNED
    change = cancelled.get(meeting.pk)
    return Row(
        meeting=meeting,
        cancelled=change,
        can_change=is_open and meeting.state == Meeting.State.PLANNED,
        can_be_taken_back=is_open and change is not None,
        is_soon=takes_place and meeting.ends_at > now and meeting.starts_at <= now + SOON,
    )


def _too_small(
    group: SupportGroup, parents: int, ahead: list[Meeting], around: _Around, now: datetime
) -> TooSmall:
    waiting = Application.objects.filter(state=Application.State.WAITING, language=group.language)
    day, at = schedule.local(ahead[0], around.zone)[0].date(), group.meets_at
    later = []
    for weeks in LATER:
        moved = {
            one.pk: (
                _weeks_later(one.starts_at, weeks, around.zone),
                _weeks_later(one.ends_at, weeks, around.zone),
            )
            for one in ahead
        }
        first = schedule.moment(day + timedelta(weeks=weeks), at, around.zone)
        later.append(Later(weeks, first, around.of(list(moved.values()))))
    return TooSmall(
        missing=group.programme.minimum - parents,
        days=(day - now.astimezone(around.zone).date()).days,
        waiting=waiting.count(),
        merges=merging.merges(group, now=now),
        later=later,
    )


def _weeks_later(at: datetime, weeks: int, zone: ZoneInfo) -> datetime:
    local = at.astimezone(zone)
    return schedule.moment(local.date() + timedelta(weeks=weeks), local.time(), zone)
