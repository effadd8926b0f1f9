"""How long a place may take, computed from facts at each look; and saying so where nothing can be said."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q, Sum

from peersupport.groups.models import SupportGroup
from peersupport.joining.models import Application
from peersupport.joining.seats import with_seats

State = Application.State
YEAR = timedelta(days=365)
# From fewer groups in a year no pace can be read.
GROUPS_LEAST = 2
MONTHS_MOST = 12


@dataclass(frozen=True)
class Expectation:
    """What is expected, and from which facts: `kind` is "group", "months" or "unknown".

    `before` have waited longer, `seats` are free in groups that form, `per_quarter` groups began in a
    quarter of the last year, on average. `begins` goes with "group", `months` with "months".
    """

    kind: str
    before: int
    seats: int
    per_quarter: float
    begins: date | None = None
    months: int = 0


def expectation(application: Application, now: datetime) -> Expectation:
    """For one who waits. Three statements, whatever the number of groups and of those who wait."""
    wanted = application.wanted_group
    programme = wanted.programme.course_id if wanted is not None else None
    theirs = Q(language=application.language) & (_of_course("programme", programme) if programme else Q())
    forming = with_seats(now).filter(theirs, state=SupportGroup.State.FORMING, starts_on__gte=now.date())
    groups = list(forming.filter(seats__gt=0).order_by("starts_on", "pk")[:50])
    before, (began, planned) = _before(application, programme), _began(theirs, now)
    seats, per_quarter = sum(group.seats for group in groups), round(began / 4, 1)
    left = before
    for group in groups:
        if left < group.seats:
            return Expectation("group", before, seats, per_quarter, begins=group.starts_on)
        left -= group.seats
    months = math.ceil((left + 1) * 12 / planned) if planned else 0
    if began < GROUPS_LEAST or months > MONTHS_MOST:
        return Expectation("unknown", before, seats, per_quarter)
    return Expectation("months", before, seats, per_quarter, months=months)


def _of_course(path: str, course: UUID) -> Q:
    """Of a programme, whichever state of it a group follows."""
    return Q(**{f"{path}_id": course}) | Q(**{f"{path}__kept_of_id": course})


def _before(application: Application, programme: UUID | None) -> int:
    """How many wait for the same and sent theirs earlier; whoever has not decided waits for everything."""
    others = Application.objects.filter(state=State.WAITING, language=application.language)
    if programme is not None:
        others = others.filter(Q(wanted_group=None) | _of_course("wanted_group__programme", programme))
    return others.exclude(pk=application.pk).filter(sent_at__lt=application.sent_at).count()


def _began(theirs: Q, now: datetime) -> tuple[int, int]:
    """Groups that began in the last year, and the seats that were planned in them."""
    met = [SupportGroup.State.RUNNING, SupportGroup.State.ENDED]
    year = SupportGroup.objects.filter(theirs, state__in=met, starts_on__lte=now.date())
    counted = year.filter(starts_on__gt=(now - YEAR).date()).aggregate(
        groups=Count("pk"), seats=Sum("programme__planned")
    )
    return counted["groups"], counted["seats"] or 0
