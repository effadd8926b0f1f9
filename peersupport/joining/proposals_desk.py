"""What the page of proposals shows: each with its people, its reasons, and what can be decided."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from peersupport.groups import pseudonyms
from peersupport.groups.models import Facilitator, Programme, SupportGroup
from peersupport.joining import choices
from peersupport.joining.models import Application, PlacementRun
from peersupport.joining.placement import words
from peersupport.joining.placement.carrying import locks_in, proposals_in, unplaced_in
from peersupport.joining.placement.facts import Locks, Place
from peersupport.joining.placement.proposals import Proposal, Unplaced
from peersupport.joining.placement.solving import Contradiction
from peersupport.vault import keys


@dataclass(frozen=True)
class Person:
    """One of a proposal, by the name she asked to be called; `kept`: locked there."""

    id: str
    called: str
    kept: bool


@dataclass(frozen=True)
class Shown:
    """A proposal on the page. `title`: the group's name, or the programme where it is new."""

    number: int
    place: Place
    title: str
    when: str
    language: str
    parents: list[Person]
    leaders: list[Person]
    reasons: list[str]
    accepted: bool
    suggested_name: str


class Names:
    """Ids in words. Read once for the whole page: four statements and the applicants' keys."""

    def __init__(self, people: Iterable[str]) -> None:
        applications = list(Application.objects.filter(pk__in=[one for one in people if "-" in one]))
        keys.load(one.pk for one in applications)
        self._called = {str(one.pk): one.told.called for one in applications}
        self._leaders = {
            f"f{pk}": name for pk, name in Facilitator.objects.values_list("pk", "display_name")[:500]
        }
        self._titles = {str(pk): title for pk, title in Programme.objects.values_list("pk", "title")[:200]}
        groups = SupportGroup.objects.filter(state__in=("forming", "running"))
        self._groups = {str(one.pk): one for one in groups.order_by("-starts_on")[:500]}

    def person(self, person: str) -> str:
        """How she is called."""
        return self._leaders.get(person) or self._called.get(person) or _("Somebody who has gone")

    def title(self, place: Place) -> str:
        """Of a group that is there, or of the programme."""
        group = self._groups.get(place.group)
        return group.name if group else self._titles.get(place.course, "")

    def slot(self, slot: str) -> str:
        """ "Tuesday 18:00"; for a group that is there, its own time."""
        if slot.startswith("g"):
            group = self._groups.get(slot[1:])
            return _when(group.starts_on.weekday(), f"{group.meets_at:%H:%M}") if group else ""
        weekday, hour = slot.split("-")
        return _when(int(weekday), f"{int(hour):02d}:00")

    def language(self, language: str) -> str:
        """Its name."""
        return choices.language_name(language)

    @property
    def taken(self) -> set[str]:
        """Names of groups that are in use."""
        return {pseudonyms.folded(one.name) for one in self._groups.values()}


def _when(weekday: int, clock: str) -> str:
    return _("%(day)s %(time)s") % {"day": choices.DAYS[weekday][1], "time": clock}


def shown(run: PlacementRun) -> dict[str, Any]:
    """Everything the page says of a run that was worked out."""
    result = run.result or {}
    if "contradiction" in result:
        return {"contradiction": words.contradiction(Contradiction(tuple(result["contradiction"])))}
    proposals, unplaced = proposals_in(result), unplaced_in(result)
    people = {one for each in proposals for one in each.parents} | {one.parent for one in unplaced}
    names = Names(people)
    locks = locks_in(run.locks)
    free = (name for name in pseudonyms.names() if pseudonyms.folded(name) not in names.taken)
    return {
        "proposals": [
            _shown(number, each, names, locks, number in run.accepted, next(free, ""))
            for number, each in enumerate(proposals)
        ],
        "unplaced": [_left(one, names) for one in unplaced],
        "placed": sum(len(each.parents) for each in proposals),
        "how_good": words.how_good(optimal=result["optimal"], gap=result["gap"]),
        "closed": [(place, names.title(place), names.slot(place.slot)) for place in sorted(locks.closed)],
    }


def _shown(
    number: int, each: Proposal, names: Names, locks: Locks, accepted: bool, suggested: str
) -> Shown:
    return Shown(
        number=number,
        place=each.place,
        title=names.title(each.place),
        when=names.slot(each.place.slot),
        language=names.language(each.place.language),
        parents=[Person(one, names.person(one), locks.at.get(one) == each.place) for one in each.parents],
        leaders=[Person(one, names.person(one), locks.at.get(one) == each.place) for one in each.leaders],
        reasons=words.reasons(each, names),
        accepted=accepted,
        suggested_name=suggested,
    )


def _left(one: Unplaced, names: Names) -> tuple[Person, str]:
    return Person(one.parent, names.person(one.parent), kept=False), words.what_would_help(one, names)


def first_day(today: date) -> date:
    """When groups could begin that are proposed today: the Monday in two to three weeks."""
    day = today + timedelta(days=14)
    return day + timedelta(days=-day.weekday() % 7)
