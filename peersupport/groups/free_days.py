"""Days on which parents asked that nothing be planned: kept as days alone, while they lie ahead."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import models, transaction

from peersupport.accounts.models import User
from peersupport.audit.recording import record
from peersupport.groups.models import FreeDay, Membership, SupportGroup

#: As many as somebody can have ahead of her; and how far.
MOST = 12
AHEAD = timedelta(days=2 * 366)


class Enough(Exception):
    """There are many already."""


def days_of(whose: UUID, *, today: date) -> list[date]:
    """Her days that lie ahead, the nearest first. `whose`: an application, or an account."""
    found = FreeDay.objects.filter(whose=whose, day__gte=today).order_by("day")
    return list(found.values_list("day", flat=True)[:MOST])


@transaction.atomic
def add(*, whose: UUID, day: date, by: models.Model | None) -> None:
    """Keeps a day. Safe to call again. Raises Enough."""
    FreeDay.objects.get_or_create(whose=whose, day=day)
    # Counted with this one: two forms sent at once are at most one too many.
    if FreeDay.objects.filter(whose=whose).count() > MOST:
        raise Enough
    # Which day is her own: the record is kept for years.
    record(what="free_day.kept", by=by, about=f"groups.freeday:{whose}")


@transaction.atomic
def remove(*, whose: UUID, day: date, by: models.Model | None) -> None:
    """Takes a day out; nothing happens where it is not hers."""
    if FreeDay.objects.filter(whose=whose, day=day).delete()[0]:
        record(what="free_day.removed", by=by, about=f"groups.freeday:{whose}")


def go_over(*, application: UUID, user: UUID) -> None:
    """She has an account now: what she asked for while she waited counts on. In the caller's transaction."""
    kept = FreeDay.objects.filter(whose=user).values("day")
    FreeDay.objects.filter(whose=application, day__in=kept).delete()
    FreeDay.objects.filter(whose=application).update(whose=user)


def asked_for(whose: Collection[UUID]) -> set[date]:
    """The days of all of them together. One statement."""
    return set(FreeDay.objects.filter(whose__in=list(whose)).values_list("day", flat=True))


def of_groups(groups: Iterable[SupportGroup]) -> set[date]:
    """The days of the parents who belong to these groups. One statement; whose they are is not said."""
    seats = Membership.objects.filter(
        group__in=list(groups), role=Membership.Role.PARENT, state=Membership.State.ACTIVE
    )
    return set(FreeDay.objects.filter(whose__in=seats.values("user")).values_list("day", flat=True))


def forget_old(now: datetime) -> None:
    """Deletes days that are over, wherever on earth."""
    FreeDay.objects.filter(day__lt=(now - timedelta(days=1)).date()).delete()


def forget(sender: object, *, user: User, **_others: object) -> None:
    """Deletes the days of somebody who is erased."""
    FreeDay.objects.filter(whose=user.pk).delete()
