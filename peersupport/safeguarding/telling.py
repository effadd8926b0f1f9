"""Whoever was looked at is told, in words that tell nobody else anything."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.http import Http404

from peersupport.accounts.models import User
from peersupport.audit.recording import record
from peersupport.safeguarding.models import Look


def for_person(user: User, *, now: datetime) -> list[Look]:
    """Looks that really happened and that she has not read of yet. One statement."""
    seen = Look.objects.filter(person=user.pk, first_seen_at__isnull=False, read_at=None)
    return list(seen.filter(tell_from__lte=now).order_by("first_seen_at")[:5])


@transaction.atomic
def read(look_id: UUID, *, by: User, now: datetime) -> None:
    """She has read it. Http404 for one that is not hers, or that she is not told of yet."""
    look = Look.objects.select_for_update().filter(pk=look_id, person=by.pk).first()
    if look is None or look.first_seen_at is None or look.tell_from is None or look.tell_from > now:
        raise Http404
    if look.read_at is None:
        look.read_at = now
        look.save(update_fields=["read_at"])
        record(what="identity.told", by=by, about=look)
