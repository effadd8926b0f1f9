"""What the page of proposals shows: each with its people, its reasons, and what can be decided."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from typing import Any

from django.utils.formats import time_format
from django.utils.translation import gettext as _

from peersupport.groups import pseudonyms
from peersupport.groups.models import Facilitator, Programme, SupportGroup
from peersupport.joining import choices, proposing
from peersupport.joining.access import applications
from peersupport.joining.gathering import first_day, leader_id, slot_in
from peersupport.joining.models import Application, PlacementRun
from peersupport.joining.placement import words
from peersupport.joining.placement.carrying import locks_in, proposals_in, unplaced_in
from peersupport.joining.placement.facts import Locks, Place
from peersupport.joining.placement.proposals import Proposal, Unplaced
from peersupport.vault import keys

# So many other places of her programme and language are named beside each parent: more is no choice.
MOST_MOVES = 20


@dataclass(frozen=True)
class Person:
    """Somebody by the name she asked to be called. `kept`: locked there; `has_page`: can be looked up."""

    id: str
    called: str
    kept: bool = False
    has_page: bool = False
    moved_on: bool = False


@dataclass(frozen=True)
class Shown:
    """A proposal on the page. `title`: the group's name, or the programme where it is new; `moves`: where its
    parents could be moved to."""

    number: int
    place: Place
    title: str
    when: str
    first: date | None
    language: str
    least: int
    most: int
    parents: list[Person]
    leaders: list[Person]
    reasons: list[str]
    accepted: bool
    suggested_name: str
    moves: tuple[Shown, ...] = ()


class Names:
    """Ids in words, for a whole page: four statements and the applicants' keys."""

    def __init__(self, people: Iterable[str], places: Iterable[Place]) -> None:
        ids, there = list(people), list(places)
        # What was withdrawn or erased meanwhile is nobody's to read.
        found = list(applications().filter(pk__in=[one for one in ids if "-" in one]))
        keys.load(one.pk for one in found)
        self._parents = {str(one.pk): (one.told.called, one.state) for one in found}
        leaders = Facilitator.objects.filter(pk__in=[one[1:] for one in ids if "-" not in one])
        self._leaders = {leader_id(pk): name for pk, name in leaders.values_list("pk", "display_name")}
        titles = Programme.objects.filter(pk__in={one.course for one in there})
        self._titles = {str(pk): title for pk, title in titles.values_list("pk", "title")}
        groups = SupportGroup.objects.filter(pk__in={one.group for one in there if one.group})
        self._groups = {str(one.pk): one for one in groups}

    def person(self, person: str, *, kept: bool = False) -> Person:
        """How she is called, and whether she waits no more."""
        if person in self._leaders:
            return Person(person, self._leaders[person], kept)
        called, state = self._parents.get(person, (_("Somebody who has gone"), ""))
        moved_on = bool(state) and state != Application.State.WAITING
        return Person(person, called, kept, has_page=bool(state), moved_on=moved_on)

    def title(self, place: Place) -> str:
        """Of a group that is there, or of the programme."""
        group = self._groups.get(place.group)
        return group.name if group else self._titles.get(place.course, "")

    def slot(self, slot: str) -> str:
        """ "Tuesday 18:00"; for a group that is there, its own time."""
        if not slot.startswith("g"):
            return _when(*slot_in(slot))
        group = self._groups.get(slot[1:])
        return _when(group.starts_on.weekday(), group.meets_at) if group else _("a time of its own")

    def language(self, language: str) -> str:
        """Its name."""
        return choices.language_name(language)

    def there(self, place: Place) -> str:
        """ "Harbour, Tuesday 18:00"."""
        return f"{self.title(place)}, {self.slot(place.slot)}"


def shown(run: PlacementRun) -> dict[str, Any]:
    """Everything the page says of a run that was worked out."""
    result, locks = run.result or {}, locks_in(run.locks)
    proposals = proposals_in(result) if "proposals" in result else []
    unplaced = unplaced_in(result) if "proposals" in result else []
    names = _names(proposals, unplaced, locks)
    found: dict[str, Any] = {"decided": list(_decided(locks, names))}
    if "contradiction" in result:
        return found | {"contradiction": words.contradiction(result["contradiction"])}
    in_use = proposing.names_in_use()
    free = (name for name in pseudonyms.names() if pseudonyms.folded(name) not in in_use)
    cards = [_shown(run, number, each, names, free) for number, each in enumerate(proposals)]
    return found | {
        "proposals": [replace(card, moves=tuple(_moves(card, cards))) for card in cards],
        "unplaced": [(names.person(one.parent), words.what_would_help(one, names)) for one in unplaced],
        "placed": sum(len(each.parents) for each in proposals),
        "how_good": words.how_good(optimal=result["optimal"], gap=result["gap"]),
    }


def first_possible(today: date) -> date:
    """When groups could begin that are proposed today: the Monday in two to three weeks."""
    day = today + timedelta(days=14)
    return day + timedelta(days=-day.weekday() % 7)


def _names(proposals: list[Proposal], unplaced: list[Unplaced], locks: Locks) -> Names:
    people = {one for each in proposals for one in (*each.parents, *each.leaders)}
    people |= {one.parent for one in unplaced} | set(locks.at) | {one for one, _place in locks.never}
    places = {one.place for one in proposals} | {one.place for one in unplaced if one.place is not None}
    places |= set(locks.at.values()) | {place for _one, place in locks.never} | set(locks.closed)
    return Names(people, places)


def _shown(run: PlacementRun, number: int, each: Proposal, names: Names, free: Iterator[str]) -> Shown:
    place, at = each.place, locks_in(run.locks).at
    return Shown(
        number=number,
        place=place,
        title=names.title(place),
        when=names.slot(place.slot),
        first=first_day(run.starts_on, slot_in(place.slot)[0]) if place.is_new else None,
        language=names.language(place.language),
        least=each.reasons.least,
        most=each.reasons.most,
        parents=_by_name(names.person(one, kept=at.get(one) == place) for one in each.parents),
        leaders=_by_name(names.person(one, kept=at.get(one) == place) for one in each.leaders),
        reasons=words.reasons(each, names),
        accepted=number in run.accepted,
        suggested_name=next(free, "") if place.is_new and number not in run.accepted else "",
    )


def _by_name(people: Iterable[Person]) -> list[Person]:
    return sorted(people, key=lambda one: (one.called.casefold(), one.id))


def _moves(card: Shown, cards: list[Shown]) -> list[Shown]:
    def is_like(other: Shown) -> bool:
        same = card.place.course == other.place.course and card.place.language == other.place.language
        return same and card.place != other.place and not other.accepted

    return [other for other in cards if is_like(other)][:MOST_MOVES]


def _decided(locks: Locks, names: Names) -> Iterator[str]:
    for person, place in sorted(locks.at.items()):
        there = {"name": names.person(person).called, "there": names.there(place)}
        yield _("%(name)s is kept at %(there)s.") % there
    for person, place in sorted(locks.never):
        there = {"name": names.person(person).called, "there": names.there(place)}
        yield _("%(name)s is not placed at %(there)s.") % there
    for place in sorted(locks.closed):
        yield _("No new group: %(there)s.") % {"there": names.there(place)}


def _when(weekday: int, at: time) -> str:
    return _("%(day)s %(time)s") % {"day": choices.DAYS[weekday][1], "time": time_format(at, "H:i")}
