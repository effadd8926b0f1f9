"""Whether a group fits an applicant, with the reasons. Pure: plain facts in, sentences out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from peersupport.joining.choices import DAYS, part_of_day


@dataclass(frozen=True)
class Reason:
    """One thing that speaks for the group (`speaks_for`) or has to be talked about."""

    speaks_for: bool
    text: str


@dataclass(frozen=True)
class Wish:
    """What an applicant needs: her language, zone, times of the week, and the group she asked for."""

    language: str
    zone: ZoneInfo
    times: Collection[str]
    group: object | None


@dataclass(frozen=True)
class Possible:
    """A group with free seats: its language, the next meeting, its id."""

    language: str
    meets: datetime
    group: object


def reasons(wish: Wish, possible: Possible) -> list[Reason]:
    """Language, time and wish, each for or against."""
    found = [_language(wish, possible), _time(wish, possible)]
    if wish.group is not None:
        asked = wish.group == possible.group
        words = _("This group was asked for") if asked else _("Another group was asked for")
        found.append(Reason(asked, words))
    return found


def time_of_week(meets: datetime, zone: ZoneInfo) -> str:
    """A meeting as the answers write it, on the clock of a zone: "tue-evening"."""
    local = meets.astimezone(zone)
    return f"{DAYS[local.weekday()][0]}-{part_of_day(local.hour)}"


def _language(wish: Wish, possible: Possible) -> Reason:
    same = wish.language == possible.language
    return Reason(same, _("The language asked for") if same else _("Not the language asked for"))


def _time(wish: Wish, possible: Possible) -> Reason:
    local = possible.meets.astimezone(wish.zone)
    fits = time_of_week(possible.meets, wish.zone) in wish.times
    day = DAYS[local.weekday()][1]
    when = _("%(day)s %(time)s on their clock") % {"day": day, "time": date_format(local, "H:i")}
    words = _("%(when)s: a time they named") if fits else _("%(when)s: not a time they named")
    return Reason(fits, words % {"when": when})
