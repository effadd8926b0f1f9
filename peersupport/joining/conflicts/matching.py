"""Who of several people must not meet, from the hashes that are known of each. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Literal, NamedTuple

from peersupport.joining.models import Identifier

Kind = Identifier.Kind
AGAINST = (Kind.MUST_NOT_MEET, Kind.ACCUSED)
Certainty = Literal["sure", "maybe"]


@dataclass(frozen=True)
class Known:
    """One hash of a person: in what role it is hers, how much it counts, what sort of identifier it is."""

    person: str
    kind: str
    hash: bytes
    strength: str
    sort: str


class Match(NamedTuple):
    """Two who must not meet, how certain that is, and by which sort of identifier.

    `evidence`: what it rests on, as a hash and in which roles it was named; the same for the same match only.
    """

    pair: frozenset[str]
    strength: Certainty
    sort: str
    evidence: str


def matches(known: Iterable[Known]) -> set[Match]:
    """Everybody who must not meet somebody else of them.

    Sure or maybe, as the two spellings are: one is named by the other as somebody never to meet or as
    accused; one wishes to be with the other, who has not said the same. Maybe: both name one person, accused
    by at least one of the two (the same case), and they do not both wish to be together.
    """
    alike = _alike_hashes(known)
    together = _wished_by_both(alike)
    found = set()
    for same in alike:
        for match in _of_one_hash(same):
            if match.pair not in together or match.kind == "named":
                found.add(Match(match.pair, match.strength, match.sort, match.evidence))
    return found


def wished_by_both(known: Iterable[Known]) -> set[frozenset[str]]:
    """Which two have named each other as somebody to be in one group with, and nobody never to meet."""
    known = list(known)
    apart = {match.pair for match in matches(known)}
    return _wished_by_both(_alike_hashes(known)) - apart


def from_one_place(known: Iterable[Known]) -> set[frozenset[str]]:
    """Which two have a village or a school in common."""
    here = _alike_hashes(one for one in known if one.kind == Kind.PLACE)
    return {frozenset(two) for same in here for two in combinations({one.person for one in same}, 2)}


def _alike_hashes(known: Iterable[Known]) -> list[list[Known]]:
    by_hash: defaultdict[bytes, list[Known]] = defaultdict(list)
    for one in known:
        by_hash[one.hash].append(one)
    return [same for same in by_hash.values() if len({one.person for one in same}) > 1]


class _Alike(NamedTuple):
    pair: frozenset[str]
    strength: Certainty
    sort: str
    kind: Literal["named", "wish", "case"]
    evidence: str


def _of_one_hash(same: list[Known]) -> Iterator[_Alike]:
    selves = [one for one in same if one.kind == Kind.SELF]
    against = [one for one in same if one.kind in AGAINST]
    for one, other in _two(against, selves):
        yield from _alike(one, other, "named")
    for one, other in _two([one for one in same if one.kind == Kind.WITH], selves):
        yield from _alike(one, other, "wish")
    for one, other in combinations(against, 2):
        if Kind.ACCUSED in (one.kind, other.kind):
            yield from _alike(one, other, "case")


def _two(ones: list[Known], others: list[Known]) -> Iterator[tuple[Known, Known]]:
    return ((one, other) for one in ones for other in others)


def _alike(one: Known, other: Known, kind: Literal["named", "wish", "case"]) -> Iterator[_Alike]:
    strength = strength_of(one, other)
    if strength is not None and one.person != other.person:
        weaker: Certainty = "maybe" if kind == "case" else strength
        evidence = " ".join([*sorted((one.kind, other.kind)), one.hash.hex()])
        yield _Alike(frozenset((one.person, other.person)), weaker, one.sort, kind, evidence)


def _wished_by_both(alike: list[list[Known]]) -> set[frozenset[str]]:
    wishes = {
        (one.person, other.person)
        for same in alike
        for one, other in _two([one for one in same if one.kind == Kind.WITH], same)
        if other.kind == Kind.SELF and one.person != other.person and strength_of(one, other) == "sure"
    }
    return {frozenset(wish) for wish in wishes if wish[::-1] in wishes}


def strength_of(one: Known, other: Known) -> Certainty | None:
    """How certain it is that two equal hashes are of one person; None where both are shadows."""
    strengths = {one.strength, other.strength}
    if strengths == {"sure"}:
        return "sure"
    return None if strengths == {"shadow"} else "maybe"
