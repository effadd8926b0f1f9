"""Whether somebody would meet a person she must not meet. Says that there is a match, never with whom."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import permutations
from uuid import UUID

from django.db.models import Q

from peersupport.groups.models import Facilitator, Membership, SupportGroup
from peersupport.joining.conflicts import prints
from peersupport.joining.conflicts.crowd import gathered
from peersupport.joining.conflicts.matching import (
    Certainty,
    Match,
    from_one_place,
    matches,
    wished_by_both,
)
from peersupport.joining.models import Application, Placement


@dataclass(frozen=True)
class Clash:
    """There is a match: how certain it is, and by which sorts of identifier (name, email, phone).

    `prints`: of each match that makes it up, as `prints.prints_of` gives them; `seen`: which matches these
    are, in one value, for a form that shows that they are there.
    """

    strength: Certainty
    sorts: tuple[str, ...]
    prints: frozenset[frozenset[str]] = field(default=frozenset(), compare=False, repr=False)
    seen: str = field(default="", compare=False, repr=False)

    @property
    def is_sure(self) -> bool:
        return self.strength == "sure"

    def was_looked_into(self, kept: Collection[str]) -> bool:
        """Whether each of these matches is one of those of which these prints were kept."""
        return all(not one.isdisjoint(kept) for one in self.prints)


@dataclass(frozen=True)
class Apart:
    """Who must not meet, for whoever plans places: sure and maybe alike: a person looks into both.

    Two applications (by id, smaller first); an application and a facilitator; to whom each group is closed.
    `together`: two who wish to be; `near`: two from one village or school; `near_groups`: who would meet
    somebody from there in a group.
    """

    applications: frozenset[tuple[UUID, UUID]]
    facilitators: frozenset[tuple[UUID, int]]
    groups: dict[UUID, frozenset[UUID]]
    together: frozenset[tuple[UUID, UUID]] = frozenset()
    near: frozenset[tuple[UUID, UUID]] = frozenset()
    near_groups: dict[UUID, frozenset[UUID]] = field(default_factory=dict)


def clashes(application: Application, group: SupportGroup) -> Clash | None:
    """Whether she and somebody who belongs to the group, or has an offer there, must not meet."""
    return closed_to(application, [group]).get(group.pk)


def closed_to(application: Application, groups: Collection[SupportGroup]) -> dict[UUID, Clash]:
    """Groups (by id) in which there is a match for an application. Six statements, however many groups."""
    crowd = gathered(applications=[application.pk], groups=[group.pk for group in groups])
    hers = crowd.applications.get(application.pk, "")
    found = [match for match in matches(crowd.known) if hers in match.pair]
    by_group = {
        group: [match for match in found if match.pair & (people - {hers})]
        for group, people in crowd.groups.items()
    }
    printed = prints.prints_of(found, crowd.applications)
    of_her = {group: {printed[one] for one in matches_there} for group, matches_there in by_group.items()}
    return {
        group: replace(
            clash,
            prints=frozenset(of_her[group]),
            seen=prints.together(of_her[group], of=application.pk),
        )
        for group, clash in _clashes(by_group).items()
    }


def within(groups: Collection[SupportGroup]) -> dict[UUID, Clash]:
    """Groups (by id) in which two are together already who must not meet. Six statements.

    For what no offer sees: a facilitator who came later, an address that changed, somebody named afterwards.
    """
    crowd = gathered(groups=[group.pk for group in groups])
    found = matches(crowd.known)
    return _clashes(
        {group: [one for one in found if one.pair <= people] for group, people in crowd.groups.items()}
    )


def where_she_is(application: Application) -> list[tuple[SupportGroup, Clash]]:
    """Her own groups and the one she has an offer in, where there is a match now."""
    offered = Q(placements__application=application, placements__state=Placement.State.OFFERED)
    seats = Membership.objects.filter(user=application.user_id).exclude(state=Membership.State.LEFT)
    on = SupportGroup.objects.filter(state__in=[SupportGroup.State.FORMING, SupportGroup.State.RUNNING])
    groups = list(on.filter(offered | Q(pk__in=seats.values("group"))).distinct())
    found = closed_to(application, groups) if groups else {}
    return [(group, found[group.pk]) for group in groups if group.pk in found]


def pairs(
    applications: Collection[Application],
    facilitators: Collection[Facilitator],
    groups: Collection[SupportGroup],
) -> Apart:
    """Who of these must not meet, and to whom of them each group is closed. Six statements, however many."""
    crowd = gathered(
        applications=[one.pk for one in applications],
        facilitators=[one.pk for one in facilitators],
        groups=[one.pk for one in groups],
    )
    asked = {crowd.applications[one.pk]: one.pk for one in applications if one.pk in crowd.applications}
    leading = {crowd.facilitators[one.pk]: one.pk for one in facilitators if one.pk in crowd.facilitators}
    apart = {match.pair for match in matches(crowd.known)}
    near = from_one_place(crowd.known)
    ordered = [(one, other) for pair in apart for one, other in permutations(pair) if one in asked]
    return Apart(
        _two_of(asked, apart),
        frozenset((asked[one], leading[other]) for one, other in ordered if other in leading),
        _in_groups(asked, apart, crowd.groups),
        _two_of(asked, wished_by_both(crowd.known)),
        _two_of(asked, near),
        _in_groups(asked, near, crowd.groups),
    )


def _two_of(asked: Mapping[str, UUID], pairs: Iterable[frozenset[str]]) -> frozenset[tuple[UUID, UUID]]:
    found = [sorted(asked[one] for one in pair) for pair in pairs if pair <= asked.keys()]
    return frozenset((one, other) for one, other in found)


def _in_groups(
    asked: Mapping[str, UUID], pairs: Iterable[frozenset[str]], groups: Mapping[UUID, set[str]]
) -> dict[UUID, frozenset[UUID]]:
    """Of each group, who of those asked about makes a pair with somebody in it."""
    ordered = [(one, other) for pair in pairs for one, other in permutations(pair) if one in asked]
    found = {
        group: frozenset(asked[one] for one, other in ordered if other in people)
        for group, people in groups.items()
    }
    return {group: ids for group, ids in found.items() if ids}


def leaders_apart(facilitators: Collection[Facilitator], group: SupportGroup) -> set[int]:
    """Which of these facilitators (by id) must not meet somebody of a group, be it sure or maybe.

    Six statements. For whoever is to lead there once: nobody has the time to look into a match.
    """
    crowd = gathered(facilitators=[one.pk for one in facilitators], groups=[group.pk])
    people = crowd.groups.get(group.pk, set())
    found = [match.pair for match in matches(crowd.known)]
    return {
        pk
        for pk, label in crowd.facilitators.items()
        if any(label in pair and pair & (people - {label}) for pair in found)
    }


def _clashes(by_group: dict[UUID, list[Match]]) -> dict[UUID, Clash]:
    return {group: _strongest(found) for group, found in by_group.items() if found}


def _strongest(found: Collection[Match]) -> Clash:
    strength: Certainty = "sure" if any(one.strength == "sure" for one in found) else "maybe"
    return Clash(strength, tuple(sorted({one.sort for one in found if one.strength == strength})))
