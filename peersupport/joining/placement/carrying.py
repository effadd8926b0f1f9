"""Facts, locks and proposals as plain JSON values: kept in a row, or sent to a process of its own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from peersupport.joining.placement.facts import (
    Course,
    Facilitator,
    Facts,
    Locks,
    OpenGroup,
    Pair,
    Parent,
    Place,
    Slot,
)
from peersupport.joining.placement.proposals import Proposal, Proposed, Reasons, Unplaced

Plain = dict[str, Any]


def facts_out(facts: Facts) -> Plain:
    """As JSON values."""
    return {
        "courses": [vars(one) for one in facts.courses],
        "slots": [
            [slot.id, [[moment.isoformat() for moment in each] for each in slot.meetings]]
            for slot in facts.slots
        ],
        "parents": [_listed(one) for one in facts.parents],
        "facilitators": [_listed(one) for one in facts.facilitators],
        "groups": [_listed(one) for one in facts.groups],
        "pairs": [sorted(map(list, pairs)) for pairs in (facts.apart, facts.near, facts.together)],
        "locks": locks_out(facts.locks),
    }


def facts_in(plain: Plain) -> Facts:
    """What `facts_out` wrote."""
    apart, near, together = (frozenset(Pair(*pair) for pair in pairs) for pairs in plain["pairs"])
    return Facts(
        courses=tuple(Course(**one) for one in plain["courses"]),
        slots=tuple(_slot(*one) for one in plain["slots"]),
        parents=tuple(Parent(**_sets(one)) for one in plain["parents"]),
        facilitators=tuple(Facilitator(**_sets(one)) for one in plain["facilitators"]),
        groups=tuple(OpenGroup(**_sets(one)) for one in plain["groups"]),
        apart=apart,
        near=near,
        together=together,
        locks=locks_in(plain["locks"]),
    )


def locks_out(locks: Locks) -> Plain:
    """As JSON values."""
    return {
        "at": {person: list(place) for person, place in sorted(locks.at.items())},
        "never": sorted([person, list(place)] for person, place in locks.never),
        "closed": sorted(map(list, locks.closed)),
    }


def locks_in(plain: Plain) -> Locks:
    """What `locks_out` wrote; nothing locked where nothing was kept."""
    return Locks(
        at={person: Place(*place) for person, place in plain.get("at", {}).items()},
        never=frozenset((person, Place(*place)) for person, place in plain.get("never", ())),
        closed=frozenset(Place(*place) for place in plain.get("closed", ())),
    )


def proposed_out(found: Proposed) -> Plain:
    """The proposals, who is left, and how good the plan is: without the plan itself."""
    return {
        "proposals": [
            [list(one.place), list(one.parents), list(one.leaders), vars(one.reasons)]
            for one in found.proposals
        ],
        "unplaced": [
            [one.parent, one.lack, list(one.place) if one.place else None, one.missing]
            for one in found.unplaced
        ],
        "optimal": found.solved.is_optimal,
        "gap": found.solved.gap,
        "seconds": found.solved.seconds,
    }


def proposals_in(plain: Plain) -> list[Proposal]:
    """The proposals that `proposed_out` wrote."""
    return [
        Proposal(Place(*place), tuple(parents), tuple(leaders), Reasons(**reasons))
        for place, parents, leaders, reasons in plain["proposals"]
    ]


def unplaced_in(plain: Plain) -> list[Unplaced]:
    """Who has no seat, as `proposed_out` wrote it."""
    return [
        Unplaced(parent, lack, Place(*place) if place else None, missing)
        for parent, lack, place, missing in plain["unplaced"]
    ]


def _listed(one: Parent | Facilitator | OpenGroup) -> Plain:
    return {
        name: sorted(value) if isinstance(value, frozenset) else value for name, value in vars(one).items()
    }


def _sets(plain: Mapping[str, Any]) -> Plain:
    return {name: frozenset(value) if isinstance(value, list) else value for name, value in plain.items()}


def _slot(slot: str, meetings: list[list[str]]) -> Slot:
    pairs = ((datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in meetings)
    return Slot(slot, tuple(pairs))
