"""A coordinator names people: what is kept are hashes that say nothing, not even whose they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Count

from peersupport.accounts.models import User
from peersupport.audit.recording import record
from peersupport.joining.access import SEEN_AT_THE_DESK
from peersupport.joining.applying import NotPossibleNow
from peersupport.joining.conflicts import turns
from peersupport.joining.conflicts.hashing import Hash, hashes
from peersupport.joining.conflicts.spellings import Form, forms_of, forms_of_place
from peersupport.joining.models import Application, Identifier


@transaction.atomic
def name(*, application: Application, kind: Identifier.Kind, lines: Iterable[str], by: User) -> int:
    """Keeps whom an application names: a person, an address or a number in each line; of the kind PLACE a
    village or a school. Gives how many are new.

    A line that is there already is not kept twice. Raises `spellings.TooVague` where one tells nobody, and
    NotPossibleNow for an application that is not at the desk any more; then nothing is kept.
    """
    fresh = _locked(application)
    named = [hashes(forms(line, kind=kind, country=fresh.country)) for line in lines if line.strip()]
    there = _entries(fresh, kind)
    new = []
    for one in named:
        digests = frozenset(form.digest for form in one)
        if digests not in there:
            there.add(digests)
            new.append(one)
    Identifier.objects.bulk_create(row for one in new for row in _rows(fresh, kind, one))
    record(what="conflicts.named", by=by, about=fresh, kind=str(kind), number=len(new))
    return len(new)


def forms(line: str, *, kind: str, country: str) -> list[Form]:
    """Under which forms a line of that kind is compared. Raises `spellings.TooVague`."""
    return forms_of_place(line) if kind == Identifier.Kind.PLACE else forms_of(line, country=country)


@transaction.atomic
def clear(*, application: Application, kind: Identifier.Kind, by: User) -> int:
    """Erases whom an application names of one kind. Gives how many lines it was. Raises NotPossibleNow."""
    fresh = _locked(application)
    number = len(_entries(fresh, kind))
    fresh.identifiers.filter(kind=kind).delete()
    record(what="conflicts.cleared", by=by, about=fresh, kind=str(kind), number=number)
    return number


def counts(application: Application) -> dict[str, int]:
    """How many people, addresses and numbers it names, by kind. All that can be shown of them."""
    found = Identifier.objects.filter(application=application).order_by("kind").values_list("kind")
    return dict(found.annotate(number=Count("entry", distinct=True)))


def _locked(application: Application) -> Application:
    turns.before_naming()
    found = Application.objects.select_for_update(of=("self",)).filter(pk=application.pk)
    fresh = found.filter(state__in=SEEN_AT_THE_DESK).first()
    if fresh is None:
        raise NotPossibleNow
    return fresh


def _entries(application: Application, kind: Identifier.Kind) -> set[frozenset[bytes]]:
    by_entry: defaultdict[UUID, set[bytes]] = defaultdict(set)
    for entry, digest in application.identifiers.filter(kind=kind).values_list("entry", "hash"):
        by_entry[entry].add(bytes(digest))
    return {frozenset(digests) for digests in by_entry.values()}


def _rows(application: Application, kind: Identifier.Kind, of_line: list[Hash]) -> Iterable[Identifier]:
    entry = uuid4()
    for digest, strength, sort in of_line:
        yield Identifier(
            application=application, kind=kind, entry=entry, hash=digest, strength=strength, sort=sort
        )
