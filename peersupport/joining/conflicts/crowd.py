"""Who is in which group or has an offer there, and what is known of everybody. Read anew each time.

What a person told herself (her safe address, the name she goes by, the address she signs in with) and what
facilitators are called is hashed here while it is looked at, and kept nowhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q

from peersupport.accounts.models import User
from peersupport.groups.models import Membership
from peersupport.joining.conflicts.hashing import hashes
from peersupport.joining.conflicts.matching import Known
from peersupport.joining.conflicts.spellings import Form, TooVague, forms_of_email, forms_of_name
from peersupport.joining.models import Application, Identifier, Placement
from peersupport.vault import keys


@dataclass(frozen=True)
class Crowd:
    """What is known of all of them, and as which person everybody stands there."""

    known: list[Known]
    applications: dict[UUID, str]
    facilitators: dict[int, str]
    groups: dict[UUID, set[str]]


def gathered(
    *, applications: Collection[UUID] = (), groups: Collection[UUID] = (), facilitators: Collection[int] = ()
) -> Crowd:
    """These applications and facilitators, and whoever belongs to these groups. Six statements."""
    # Offers first: one that is accepted meanwhile is seen twice and not missed.
    offered = _offered(groups)
    seats = _seats(groups)
    accounts = _accounts({user for _group, user in seats}, facilitators)
    told = _applications({*applications, *(pk for _group, pk in offered)}, [one.pk for one in accounts])
    # An account and the applications it came by are one person.
    people = {one.pk: f"user {one.user_id}" if one.user_id else f"application {one.pk}" for one in told}
    in_group: defaultdict[UUID, set[str]] = defaultdict(set)
    for group, user in seats:
        in_group[group].add(f"user {user}")
    for group, application in offered:
        if application in people:
            in_group[group].add(people[application])
    known = [*_named(people), *_told(told, people)]
    for one in accounts:
        known += _own(f"user {one.pk}", one.email, one.called)
    led = {one.facilitator: f"user {one.pk}" for one in accounts if one.facilitator is not None}
    return Crowd(known, people, led, dict(in_group))


class _Account(NamedTuple):
    pk: UUID
    email: str
    facilitator: int | None
    called: str


def _offered(groups: Collection[UUID]) -> list[tuple[UUID, UUID]]:
    found = Placement.objects.filter(group__in=groups, state=Placement.State.OFFERED)
    return list(found.values_list("group_id", "application_id"))


def _seats(groups: Collection[UUID]) -> list[tuple[UUID, UUID]]:
    found = Membership.objects.filter(group__in=groups).exclude(state=Membership.State.LEFT)
    return list(found.values_list("group_id", "user_id"))


def _accounts(users: Collection[UUID], facilitators: Collection[int]) -> list[_Account]:
    found = User.objects.filter(Q(pk__in=users) | Q(facilitator__in=facilitators))
    columns = found.values_list("pk", "email", "facilitator__pk", "facilitator__display_name")
    return [
        _Account(pk, email or "", facilitator, called or "") for pk, email, facilitator, called in columns
    ]


def _applications(wanted: Collection[UUID], users: Collection[UUID]) -> list[Application]:
    found = Application.objects.filter(Q(pk__in=wanted) | Q(user__in=users))
    return list(found.select_related("contact"))


def _named(people: dict[UUID, str]) -> Iterator[Known]:
    rows = Identifier.objects.filter(application__in=people)
    for pk, kind, digest, strength, sort in rows.values_list(
        "application_id", "kind", "hash", "strength", "sort"
    ):
        yield Known(people[pk], kind, bytes(digest), strength, sort)


def _told(applications: list[Application], people: dict[UUID, str]) -> Iterator[Known]:
    subjects = {one.pk for one in applications}
    subjects |= {one.contact.subject for one in applications if one.contact is not None}
    # One statement for all keys.
    keys.load(subjects)
    for one in applications:
        try:
            address = one.contact.address if one.contact is not None else ""
            called = one.told.called
        except keys.KeyDestroyed:
            # She is being erased at this moment.
            continue
        yield from _own(people[one.pk], address, called)


def _own(person: str, address: str, called: str) -> Iterator[Known]:
    forms = [*_forms(forms_of_email, address), *_forms(forms_of_name, called)]
    # An address is often a whole name: maija.koski@. It proves nothing.
    for form in _forms(forms_of_name, address.partition("@")[0]):
        forms.append(form._replace(strength="maybe") if form.strength == "sure" else form)
    for digest, strength, sort in hashes(forms):
        yield Known(person, Identifier.Kind.SELF, digest, strength, sort)


def _forms(of: Callable[[str], list[Form]], text: str) -> list[Form]:
    try:
        return of(text)
    except TooVague:
        return []
