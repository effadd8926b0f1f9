"""Whether somebody would meet a person she must not meet. Says that there is a match, never with whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from django.db.models import Q

from peersupport.groups.models import Facilitator, Membership, SupportGroup
from peersupport.joining.conflicts.naming import hashes
from peersupport.joining.conflicts.spellings import Form, TooVague, forms_of_email, forms_of_name
from peersupport.joining.models import Application, Identifier, Placement

Kind = Identifier.Kind
AGAINST = (Kind.MUST_NOT_MEET, Kind.ACCUSED)


class Match(NamedTuple):
    """Two of those who were compared, by the ids they came with, and how certain it is that they must not meet."""

    one: str
    other: str
    strength: Literal["sure", "maybe"]


@dataclass(frozen=True)
class Known:
    """One hash of somebody: who she is here, in what role the hash is hers, and how much it counts."""

    person: str
    kind: str
    hash: bytes
    strength: str


def matches(known: Iterable[Known]) -> set[Match]:
    """Everybody who is named by another as someone never to meet, or whose accused is the same person.

    Two who wish to be in one group (each names the other so) are not kept apart for having one accused.
    """
    by_hash: defaultdict[bytes, list[Known]] = defaultdict(list)
    for one in known:
        by_hash[one.hash].append(one)
    found: set[Match] = set()
    together = wished_together(by_hash.values())
    for same in by_hash.values():
        for one in same:
            for other in same:
                strength = _strength(one, other)
                if strength is None or one.person == other.person:
                    continue
                pair = tuple(sorted((one.person, other.person)))
                if one.kind in AGAINST and other.kind == Kind.SELF:
                    found.add(Match(pair[0], pair[1], strength))
                elif one.kind == other.kind == Kind.ACCUSED and pair not in together:
                    found.add(Match(pair[0], pair[1], "maybe"))
    return found


def wished_together(groups: Iterable[list[Known]]) -> set[tuple[str, ...]]:
    """Pairs of whom each named the other as someone to be with."""
    wishes = {
        (one.person, other.person)
        for same in groups
        for one in same
        for other in same
        if one.kind == Kind.WITH and other.kind == Kind.SELF and _strength(one, other) == "sure"
    }
    return {tuple(sorted(pair)) for pair in wishes if pair[::-1] in wishes}


def clashes(application: Application, group: SupportGroup) -> Literal["", "maybe", "sure"]:
    """Whether she and somebody of the group, or somebody who has an offer in it, must not meet. Five statements."""
    members = Membership.objects.filter(group=group).exclude(state=Membership.State.LEFT)
    offered = Placement.objects.filter(group=group, state=Placement.State.OFFERED)
    there = Application.objects.filter(
        Q(user__in=members.values("user")) | Q(placements__in=offered)
    ).exclude(pk=application.pk)
    hers = str(application.pk)
    people = [application.pk, *there.values_list("pk", flat=True).distinct()]
    led = Facilitator.objects.filter(user__in=members.values("user")).select_related("user")
    strengths = {
        match.strength
        for match in matches([*of_applications(people), *of_facilitators(led)])
        if hers in (match.one, match.other)
    }
    return "sure" if "sure" in strengths else "maybe" if strengths else ""


def of_applications(people: Collection[object]) -> list[Known]:
    """What is kept of these applications. One statement."""
    rows = Identifier.objects.filter(application__in=people)
    columns = rows.values_list("application_id", "kind", "hash", "strength")
    return [Known(str(pk), kind, bytes(digest), strength) for pk, kind, digest, strength in columns]


def of_facilitators(facilitators: Iterable[Facilitator]) -> list[Known]:
    """What they are called and written to at, hashed now; kept nowhere."""
    found = []
    for one in facilitators:
        forms: list[Form] = []
        for text, forms_of_it in ((one.display_name, forms_of_name), (one.user.email or "", forms_of_email)):
            try:
                forms += forms_of_it(text)
            except TooVague:
                continue
        found += [
            Known(f"f{one.pk}", Kind.SELF, digest, strength) for digest, strength in hashes(forms)
        ]
    return found


def _strength(one: Known, other: Known) -> Literal["sure", "maybe"] | None:
    strengths = {one.strength, other.strength}
    if strengths == {"sure"}:
        return "sure"
    return None if strengths == {"shadow"} else "maybe"
