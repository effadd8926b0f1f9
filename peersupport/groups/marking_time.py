"""When a facilitator can lead, and when she is away: said by herself or by a coordinator."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time

from django.db import models, transaction

from peersupport.audit.recording import record
from peersupport.groups.models import Availability, Away, Facilitator

#: So many rows of each kind are enough for anybody.
MOST = 50


class Enough(Exception):
    """There are as many rows as anybody needs."""


@dataclass(frozen=True)
class WeeklyTime:
    """A time of every week on the clocks of a zone; Monday is 0."""

    weekday: int
    from_time: time
    until_time: time
    time_zone: str


@transaction.atomic
def add_time(*, facilitator: Facilitator, when: WeeklyTime, by: models.Model) -> Availability:
    """Marks a time of every week; the same one twice stands once. Raises Enough."""
    _lock(facilitator)
    row, made = Availability.objects.get_or_create(facilitator=facilitator, **vars(when))
    if made:
        _refuse_too_many(facilitator.available)
        record(what="facilitator.time_marked", by=by, about=facilitator, weekday=when.weekday)
    return row


@transaction.atomic
def remove_time(*, facilitator: Facilitator, row: int, by: models.Model) -> bool:
    """Takes a time of the week out. False, and nothing happens, where it is not hers."""
    if not facilitator.available.filter(pk=row).delete()[0]:
        return False
    record(what="facilitator.time_unmarked", by=by, about=facilitator)
    return True


@transaction.atomic
def add_away(*, facilitator: Facilitator, first: date, last: date, by: models.Model) -> Away:
    """Notes days, both included, on which she leads nothing; the same twice stands once. Raises Enough."""
    _lock(facilitator)
    row, made = Away.objects.get_or_create(facilitator=facilitator, first=first, last=last)
    if made:
        _refuse_too_many(facilitator.away)
        record(what="facilitator.away", by=by, about=facilitator)
    return row


@transaction.atomic
def remove_away(*, facilitator: Facilitator, row: int, by: models.Model) -> bool:
    """Takes days of absence out. False, and nothing happens, where they are not hers."""
    if not facilitator.away.filter(pk=row).delete()[0]:
        return False
    record(what="facilitator.not_away", by=by, about=facilitator)
    return True


def _lock(facilitator: Facilitator) -> None:
    # Rows are counted by one at a time, also where a form is sent twice.
    Facilitator.objects.select_for_update().get(pk=facilitator.pk)


def _refuse_too_many(rows: models.Manager[Availability] | models.Manager[Away]) -> None:
    if rows.count() > MOST:
        raise Enough
