"""What to do when something is wrong: the levels as the organisation has them, and a country's numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from guides import helplines
from guides.helplines import Line
from peersupport.accounts.models import User
from peersupport.audit.recording import record
from peersupport.safeguarding import levels
from peersupport.safeguarding.levels import CardLevel, Content
from peersupport.safeguarding.models import LevelsEdition

NEEDS = ("emergency", "crisis")
FALLBACK = "eu"


@dataclass(frozen=True)
class Card:
    """What stands beside a side room. `levels` from the calmest to the gravest; numbers of one country."""

    language: str
    country: str
    country_name: str
    levels: tuple[CardLevel, ...]
    emergency: tuple[Line, ...]
    crisis: tuple[Line, ...]


class Changed(Exception):
    """Somebody else has written an edition since this one was begun."""


class Wrong(Exception):
    """The content is not complete: field and words of each problem."""

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{field} {words}" for field, words in problems))
        self.problems = problems


def protocol_card(language: str, country: str, *, today: date | None = None) -> Card:
    """The card in a language (code) for a country (lower-case code). One statement.

    A language without words of its own is answered in English, a country without lines with Europe's numbers;
    an emergency number is on every card that has any line at all.
    """
    found = helplines_of(country, today or timezone.localdate())
    return Card(
        language=language,
        country=country,
        country_name=found.name if found else country,
        levels=levels.in_language(content()[1], language),
        emergency=_for(found, "emergency"),
        crisis=_for(found, "crisis"),
    )


def helplines_of(country: str, today: date) -> helplines.Country | None:
    """The lines of a country, or Europe's."""
    return helplines.for_country(country, today) or helplines.for_country(FALLBACK, today)


def content() -> tuple[int, Content]:
    """The number of the newest edition and what it says; 0 and the shipped one where there is none."""
    edition = LevelsEdition.objects.first()
    return (edition.number, edition.content) if edition else (0, levels.shipped())


def until(level: str, *, now: datetime) -> datetime:
    """When a coordinator must have opened a concern of this level."""
    return now + timedelta(minutes=content()[1][level]["minutes"])


@transaction.atomic
def write(*, content: dict[str, Any], based_on: int, by: User, now: datetime) -> LevelsEdition:
    """A new edition; the old ones stay. Raises Wrong, and Changed where `based_on` is not the newest."""
    problems = list(levels.wrong(content))
    if problems:
        raise Wrong(problems)
    newest = LevelsEdition.objects.select_for_update().first()
    if (newest.number if newest else 0) != based_on:
        raise Changed
    made, is_new = LevelsEdition.objects.get_or_create(
        number=based_on + 1, defaults={"content": content, "by": by.pk, "at": now}
    )
    if not is_new:
        raise Changed
    record(what="levels.written", by=by, about=made)
    return made


def _for(country: helplines.Country | None, need: str) -> tuple[Line, ...]:
    return tuple(line for line in country.lines if need in line.needs) if country else ()
