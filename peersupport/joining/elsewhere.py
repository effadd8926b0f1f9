"""Who a group is not for, and where to go instead: situations in plain words, lines of the guides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guides import helplines
from guides.helplines import Line

# A situation, and the need whose lines answer it.
SITUATIONS: tuple[tuple[str | Promise, str], ...] = (
    (_("You or a child is in danger now"), "emergency"),
    (_("You are in a crisis and need somebody to talk to now"), "crisis"),
    (_("You are under 18 yourself"), "child"),
    (_("You want to report what happened"), "reporting"),
    (_("A picture or film has to be removed"), "removal"),
    (_("You worry about your own thoughts or actions"), "concerned_adult"),
)


@dataclass(frozen=True)
class Elsewhere:
    """A situation in which something else comes first, and who helps with it. `line` may be missing."""

    words: str
    line: Line | None


def instead(country: str, today: date) -> list[Elsewhere]:
    """For a country (or where we know none of it, the European numbers): each situation with one line."""
    known = helplines.for_country(country, today) or helplines.for_country("eu", today)
    groups = {group.need: (*group.lines, *group.also) for group in known.groups} if known else {}
    return [Elsewhere(str(words), _first(groups.get(need, ()))) for words, need in SITUATIONS]


def _first(lines: tuple[Line, ...]) -> Line | None:
    ways = [line for line in lines if line.phones or line.site]
    return next((line for line in ways if line.phones), ways[0] if ways else None)
