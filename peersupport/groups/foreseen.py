"""What stands in the way of dates, as data: who is away or busy, whose clock differs, holidays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from django.db.models import Prefetch, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from peersupport.groups import availability
from peersupport.groups.models import Facilitator, Meeting, Membership, Rostered, SupportGroup

Span = tuple[datetime, datetime]


class Kind(StrEnum):
    """What a warning is about."""

    AWAY = "away"
    ELSEWHERE = "elsewhere"
    NOT_MARKED = "not_marked"
    UNKNOWN = "unknown"
    CLOCK = "clock"
    HOLIDAY = "holiday"
    KEPT_FREE = "kept_free"


@dataclass(frozen=True)
class Foreseen:
    """One warning: what about, on which days of the group's calendar, and in words. No parent is named."""

    kind: Kind
    days: tuple[date, ...]
    text: str


def with_their_time(
    facilitators: QuerySet[Facilitator], *, but: SupportGroup | None, now: datetime
) -> list[Facilitator]:
    """Facilitators with when they can lead, are away, and are needed by other groups. Four statements."""
    rows = Rostered.objects.filter(meeting__ends_at__gt=now, meeting__state=Meeting.State.PLANNED)
    if but is not None:
        rows = rows.exclude(meeting__group=but)
    return list(
        facilitators.select_related("user").prefetch_related(
            "available", "away", Prefetch("rostered", queryset=rows)
        )[:20]
    )


def clocks_of(group: SupportGroup) -> Counter[str]:
    """By which zones its members live, and how many by each. One statement."""
    members = group.memberships.exclude(state=Membership.State.LEFT)
    return Counter(members.values_list("user__time_zone", flat=True))


def foreseen(
    times: Sequence[Span],
    *,
    zone: ZoneInfo,
    leaders: Iterable[Facilitator],
    clocks: Mapping[str, int] | None = None,
    holidays: Mapping[date, str] | None = None,
    keep_free: Collection[date] = (),
) -> list[Foreseen]:
    """All that is known to stand in the way of these times. No statement where `leaders` came complete."""
    found = [one for leader in leaders for one in _of_leader(leader, times, zone)]
    for key, members in sorted((clocks or {}).items()):
        found += _of_clock(ZoneInfo(key), members, times, zone)
    for start, _end in times:
        day = start.astimezone(zone).date()
        name = (holidays or {}).get(day)
        if name is not None:
            words = _("%(day)s is a public holiday: %(name)s.")
            found.append(Foreseen(Kind.HOLIDAY, (day,), words % {"day": in_words([day]), "name": name}))
        if day in keep_free:
            words = _("%(day)s: a parent has asked that nothing be planned on this day.")
            found.append(Foreseen(Kind.KEPT_FREE, (day,), words % {"day": in_words([day])}))
    return found


def in_words(days: Iterable[date]) -> str:
    """ "Tue 3 Nov 2026, Tue 10 Nov 2026"."""
    return ", ".join(date_format(day, "D j M Y") for day in days)


def _of_leader(leader: Facilitator, times: Sequence[Span], zone: ZoneInfo) -> Iterable[Foreseen]:
    hers = ZoneInfo(leader.user.time_zone)
    away, weekly = list(leader.away.all()), list(leader.available.all())
    needed = [(row.during.lower, row.during.upper) for row in leader.rostered.all()]
    asked: list[tuple[Kind, str, Callable[[Span], bool]]] = [
        (Kind.AWAY, _("%(name)s is away: %(days)s."), lambda one: availability.is_away(away, *one, hers)),
        (
            Kind.ELSEWHERE,
            _("%(name)s is needed in another group: %(days)s."),
            lambda one: any(begins < one[1] and one[0] - Meeting.ARRIVAL < ends for begins, ends in needed),
        ),
    ]
    if weekly:
        asked.append(
            (
                Kind.NOT_MARKED,
                _("Not a time of the week that %(name)s has named: %(days)s."),
                lambda one: not availability.is_free(weekly, *one),
            )
        )
    else:
        words = _("%(name)s has not named any times of the week yet.")
        yield Foreseen(Kind.UNKNOWN, (), words % {"name": leader.display_name})
    for kind, words, holds in asked:
        days = tuple(one[0].astimezone(zone).date() for one in times if holds(one))
        if days:
            named = _("every one of these days") if 2 < len(times) == len(days) else in_words(days)
            yield Foreseen(kind, days, words % {"name": leader.display_name, "days": named})


def _of_clock(hers: ZoneInfo, members: int, times: Sequence[Span], zone: ZoneInfo) -> Iterable[Foreseen]:
    """Where a zone changes its clocks on another day than the group's, its hour is another for a while."""
    if not times:
        return
    ahead = [_ahead(start, hers, zone) for start, _end in times]
    usual = Counter(ahead).most_common(1)[0][0]
    odd: dict[tuple[str, str], list[date]] = {}
    for (start, _end), offset in zip(times, ahead, strict=True):
        if offset != usual:
            here = start.astimezone(zone).replace(tzinfo=None)
            shown = (date_format(here + offset, "H:i"), date_format(here + usual, "H:i"))
            odd.setdefault(shown, []).append(here.date())
    for (there, instead), days in odd.items():
        words = ngettext(
            "For one member it is %(there)s instead of %(instead)s: %(days)s.",
            "For %(members)s members it is %(there)s instead of %(instead)s: %(days)s.",
            members,
        )
        shown_words = words % {"members": members, "there": there, "instead": instead, "days": in_words(days)}
        yield Foreseen(Kind.CLOCK, tuple(days), shown_words)


def _ahead(at: datetime, hers: ZoneInfo, zone: ZoneInfo) -> timedelta:
    one, other = at.astimezone(hers).utcoffset(), at.astimezone(zone).utcoffset()
    assert one is not None
    assert other is not None
    return one - other
