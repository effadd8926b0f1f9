"""What placement is told. Ids are any text; whoever fills this in knows what they stand for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import NamedTuple


@dataclass(frozen=True)
class Course:
    """A programme, as far as sizes go: no group begins with fewer than `minimum` or more than `most`."""

    id: str
    minimum: int
    most: int


@dataclass(frozen=True)
class Slot:
    """A series of meetings that a group could have: (start, end) of each, aware."""

    id: str
    meetings: tuple[tuple[datetime, datetime], ...]


@dataclass(frozen=True)
class Parent:
    """Somebody who waits. `free` and `prefers` are ids of slots, free at every meeting of them."""

    id: str
    languages: frozenset[str]
    courses: frozenset[str]
    free: frozenset[str]
    prefers: frozenset[str] = frozenset()
    weeks: int = 0


@dataclass(frozen=True)
class Facilitator:
    """Somebody who leads. `load`: how many more groups she may take on."""

    id: str
    languages: frozenset[str]
    courses: frozenset[str]
    free: frozenset[str]
    load: int = 1


@dataclass(frozen=True)
class OpenGroup:
    """A group that takes somebody in. `closed_to`: whom its people must not meet."""

    id: str
    course: str
    language: str
    slot: str
    seats: int
    closed_to: frozenset[str] = frozenset()
    near: frozenset[str] = frozenset()


class Place(NamedTuple):
    """Where somebody could be: a group that is there already (`group`), or new ones of this kind."""

    course: str
    language: str
    slot: str
    group: str = ""

    @property
    def is_new(self) -> bool:
        """Whether its groups would have to be formed."""
        return not self.group


class Pair(NamedTuple):
    """Two people, in the order of their ids."""

    one: str
    other: str

    @classmethod
    def of(cls, one: str, other: str) -> Pair:
        """The same pair, whoever is named first."""
        return cls(*sorted((one, other)))


@dataclass(frozen=True)
class Locks:
    """What a coordinator has decided: these people there, these not, no new groups of that kind."""

    at: Mapping[str, Place] = field(default_factory=dict)
    never: frozenset[tuple[str, Place]] = frozenset()
    closed: frozenset[Place] = frozenset()


@dataclass(frozen=True)
class Facts:
    """Everything that is weighed. `apart` must never meet, `near` rather not, `together` both or none."""

    courses: tuple[Course, ...]
    slots: tuple[Slot, ...]
    parents: tuple[Parent, ...]
    facilitators: tuple[Facilitator, ...] = ()
    groups: tuple[OpenGroup, ...] = ()
    apart: frozenset[Pair] = frozenset()
    near: frozenset[Pair] = frozenset()
    together: frozenset[Pair] = frozenset()
    locks: Locks = Locks()

    @cached_property
    def course(self) -> dict[str, Course]:
        """By id."""
        return {course.id: course for course in self.courses}

    @cached_property
    def parent(self) -> dict[str, Parent]:
        """By id."""
        return {parent.id: parent for parent in self.parents}

    @cached_property
    def first(self) -> dict[str, tuple[datetime, datetime]]:
        """By slot: its first meeting, where it has any."""
        return {slot.id: slot.meetings[0] for slot in self.slots if slot.meetings}

    @cached_property
    def leader(self) -> dict[str, Facilitator]:
        """By id."""
        return {one.id: one for one in self.facilitators}

    @cached_property
    def group(self) -> dict[str, OpenGroup]:
        """By id."""
        return {group.id: group for group in self.groups}

    @cached_property
    def strangers(self) -> dict[str, frozenset[str]]:
        """By person: whom she must never meet."""
        return _neighbours(self.apart)

    @cached_property
    def companions(self) -> dict[str, frozenset[str]]:
        """By person: everybody who has to be where she is, herself too; only those who wish so."""
        found: dict[str, frozenset[str]] = {}
        for pair in self.together:
            all_of_them = frozenset().union(*(found.get(one, frozenset({one})) for one in pair))
            found.update(dict.fromkeys(all_of_them, all_of_them))
        return found

    @cached_property
    def clashing(self) -> tuple[frozenset[str], ...]:
        """Sets of slots of which nobody can have two: some meetings of them fall into the same time."""
        return _clashing(self.slots)

    def meeting(self, slots: Collection[str]) -> frozenset[str]:
        """These slots and every other that somebody who has them cannot have."""
        return frozenset(slots).union(*(clash for clash in self.clashing if not clash.isdisjoint(slots)))


def _neighbours(pairs: Iterable[Pair]) -> dict[str, frozenset[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for one, other in pairs:
        found[one].add(other)
        found[other].add(one)
    return {person: frozenset(others) for person, others in found.items()}


def _clashing(slots: Iterable[Slot]) -> tuple[frozenset[str], ...]:
    starts = sorted((start, end, slot.id) for slot in slots for start, end in slot.meetings)
    found: set[frozenset[str]] = set()
    going: list[tuple[datetime, str]] = []
    for start, end, slot in starts:
        # Who is on when something begins meets it; every set of slots that meet has such a moment.
        going = [(until, other) for until, other in going if until > start]
        going.append((end, slot))
        found.add(frozenset(other for _until, other in going))
    largest = sorted((each for each in found if len(each) > 1), key=len, reverse=True)
    kept: list[frozenset[str]] = []
    for each in largest:
        if not any(each <= other for other in kept):
            kept.append(each)
    return tuple(kept)
