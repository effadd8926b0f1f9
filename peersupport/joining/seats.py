"""How many seats a group has left: planned, less its parents, less the offers that are open."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, TypedDict

from django.db.models import Count, F, Q, QuerySet
from django.db.models.expressions import Combinable

from peersupport.groups.models import Membership, SupportGroup
from peersupport.joining.models import Placement

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations


class Counts(TypedDict):
    """What is counted of a group."""

    parents: int
    offered: int
    seats: int


def with_seats(now: datetime) -> QuerySet[WithAnnotations[SupportGroup, Counts]]:
    """Groups, each with `parents`, `offered` and `seats` (left; below zero where too many were admitted)."""
    parents = Q(memberships__role=Membership.Role.PARENT) & ~Q(memberships__state=Membership.State.LEFT)
    offered = Q(placements__state=Placement.State.OFFERED, placements__answer_by__gt=now)
    seats: Combinable = F("programme__planned") - F("parents") - F("offered")
    return (
        SupportGroup.objects.select_related("programme")
        .annotate(
            parents=Count("memberships", filter=parents, distinct=True),
            offered=Count("placements", filter=offered, distinct=True),
        )
        .annotate(seats=seats)
    )


def left(group: SupportGroup, now: datetime) -> int:
    """Seats left in one group. Counted anew; hold the group's row lock if the number is acted upon."""
    return with_seats(now).get(pk=group.pk).seats
