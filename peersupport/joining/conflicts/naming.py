"""A coordinator names people: what is kept are hashes that say nothing, not even whose they are."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import uuid4

from django.db import transaction
from django.db.models import Count

from peersupport.accounts.models import User
from peersupport.audit.recording import record
from peersupport.joining.conflicts.spellings import Form, forms_of
from peersupport.joining.models import Application, Identifier
from peersupport.vault.hashing import hashed, key_for

PURPOSE = "conflict"


def hashes(forms: Iterable[Form]) -> list[tuple[bytes, str]]:
    """Of each form its keyed hash, with its strength."""
    key = key_for(PURPOSE)
    return [(hashed(form.text, key=key), form.strength) for form in forms]


@transaction.atomic
def name(
    *, application: Application, kind: Identifier.Kind, lines: Iterable[str], by: User
) -> int:
    """Replaces whom an application names of one kind: a person, an address or a number in each line.

    Raises `spellings.TooVague` where a line tells nobody; then nothing is changed. Gives how many there are.
    """
    # Whoever offers her a seat holds this lock, too: what is named meanwhile counts.
    fresh = Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
    named = [forms_of(line, country=fresh.country) for line in lines if line.strip()]
    Identifier.objects.filter(application=fresh, kind=kind).delete()
    rows = []
    for forms in named:
        entry = uuid4()
        rows += [
            Identifier(application=fresh, kind=kind, entry=entry, hash=digest, strength=strength)
            for digest, strength in dict(hashes(forms)).items()
        ]
    Identifier.objects.bulk_create(rows)
    record(what="conflicts.named", by=by, about=fresh, kind=str(kind), people=len(named))
    return len(named)


def counts(application: Application) -> dict[str, int]:
    """How many people, addresses and numbers it names, by kind."""
    found = Identifier.objects.filter(application=application).order_by("kind").values_list("kind")
    return dict(found.annotate(number=Count("entry", distinct=True)))
