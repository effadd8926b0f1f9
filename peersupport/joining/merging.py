"""Two groups that are too small become one. Which parents could come is worked out; a person decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from peersupport.accounts.models import User
from peersupport.audit.recording import record
from peersupport.groups import cancelling, membership, notices, schedule
from peersupport.groups.models import Change, Meeting, Membership, SupportGroup
from peersupport.groups.rearranging import NotPossible
from peersupport.joining import calling_off, seats, transferring
from peersupport.joining.conflicts import checking, turns
from peersupport.joining.fitting import time_of_week
from peersupport.joining.models import Application, Placement
from peersupport.vault import keys

# So long before a group begins it is looked at whether it is large enough.
SOON = timedelta(days=14)
ALMOST = timedelta(minutes=1)


@dataclass(frozen=True)
class Merge:
    """A group that another one could join: when it meets next, how many of those parents named that time."""

    into: SupportGroup
    meets: datetime
    fit: int
    of: int
    together: int


@dataclass(frozen=True)
class Merged:
    """How many parents went over, and how many wait again because the time is not one they named."""

    joined: int
    waiting: int


def is_too_small(group: SupportGroup, parents: int, *, now: datetime) -> bool:
    """Whether a group begins within two weeks and has fewer parents than its programme needs."""
    soon = group.starts_on <= (now + SOON).date()
    return group.state == SupportGroup.State.FORMING and soon and parents < group.programme.minimum


def merges(group: SupportGroup, *, now: datetime) -> list[Merge]:
    """Groups it could join: same programme and language, not begun, room for all who fit. Best first.

    A fixed number of statements.
    """
    parents = _parents(group)
    told = _told(group, parents)
    others = seats.with_seats(now).filter(
        programme=group.programme_id, language=group.language, state=SupportGroup.State.FORMING
    )
    found = []
    possible = list(others.exclude(pk=group.pk).prefetch_related("meetings").order_by("starts_on", "pk")[:50])
    closed = checking.pairs(list(told.values()), [], possible).groups
    for other in possible:
        ahead = schedule.upcoming(other.meetings.all(), now)
        fit = len(_coming(parents, told, ahead, closed.get(other.pk, frozenset())))
        together = other.parents + other.offered + fit
        if fit and ahead and ahead[0].opens_at > now and together <= other.programme.maximum:
            found.append(Merge(other, ahead[0].starts_at, fit, len(parents), together))
    return sorted(found, key=lambda one: (-one.fit, one.meets))


@transaction.atomic
def merge(
    *, group: SupportGroup, into: SupportGroup, said: cancelling.Said, by: User, now: datetime
) -> Merged:
    """Whoever named the other group's time goes over to it; the others wait again, their waiting time kept.

    So does whoever must not meet somebody there, be it certain or not: a person looks into that when she is
    offered a place. The group is cancelled with that; members of both are told. NotPossible where one of them
    has begun, does not fit or has no room.
    """
    turns.before_offering()
    # Both rows at one go and in one order: two merges the other way round must not wait for one another.
    pks = [group.pk, into.pk]
    fresh = {
        one.pk: one for one in SupportGroup.objects.select_for_update().filter(pk__in=pks).order_by("pk")
    }
    group, into = fresh[group.pk], fresh[into.pk]
    ahead = schedule.upcoming(into.meetings.all(), now)
    _refuse(group, into, ahead, now)
    parents = _parents(group)
    told = _told(group, parents)
    closed = checking.pairs(list(told.values()), [], [into]).groups.get(into.pk, frozenset())
    coming = _coming(parents, told, ahead, closed)
    if not coming:
        raise NotPossible("nobody")
    if seats.left(into, now) + into.programme.maximum - into.programme.planned < len(coming):
        raise NotPossible("room")
    for one in coming:
        _goes_over(one, into, told[one.user_id], by, now)
    calling_off.call_off(group=group, said=said, by=by, now=now, joined=len(coming))
    Change.objects.create(group=into, what=Change.What.JOINED, at=now, by=by.pk, words=Change.Words.TOGETHER)
    record(what="group.joined", by=by, about=into, other=str(group.pk), parents=len(coming))
    notices.plan_changed(group=into, now=now)
    return Merged(len(coming), len(parents) - len(coming))


def _refuse(group: SupportGroup, into: SupportGroup, ahead: list[Meeting], now: datetime) -> None:
    same = group.programme_id == into.programme_id and group.language == into.language
    if group.pk == into.pk or not same:
        raise NotPossible("differs")
    if {group.state, into.state} != {SupportGroup.State.FORMING}:
        raise NotPossible("state")
    if not ahead or ahead[0].opens_at <= now:
        raise NotPossible("begun")


def _parents(group: SupportGroup) -> list[Membership]:
    active = Q(role=Membership.Role.PARENT, state=Membership.State.ACTIVE)
    return list(group.memberships.filter(active).select_related("user").order_by("pk")[:60])


def _told(group: SupportGroup, parents: list[Membership]) -> dict[object, Application]:
    """Their applications, by user; the keys are loaded with them."""
    found = Application.objects.filter(
        user__in=[one.user_id for one in parents],
        state=Application.State.PLACED,
        placements__group=group,
        placements__state=Placement.State.ACCEPTED,
    )
    applications = list(found.distinct())
    keys.load(one.pk for one in applications)
    return {one.user_id: one for one in applications}


def _coming(
    parents: list[Membership],
    told: dict[object, Application],
    ahead: list[Meeting],
    closed_to: frozenset[UUID],
) -> list[Membership]:
    """Who could be at these meetings; `closed_to`: applications of those who must not meet somebody."""
    found = ((one, told.get(one.user_id)) for one in parents)
    return [one for one, hers in found if hers and hers.pk not in closed_to and _fits(hers, ahead)]


def _fits(application: Application, ahead: list[Meeting]) -> bool:
    """Whether she named every time of the week that the meetings touch."""
    if not ahead:
        return False
    zone = ZoneInfo(application.time_zone)
    touched = {
        time_of_week(moment, zone) for one in ahead for moment in (one.starts_at, one.ends_at - ALMOST)
    }
    return touched <= set(application.told.times)


def _goes_over(
    one: Membership, into: SupportGroup, application: Application, by: User, now: datetime
) -> None:
    try:
        transferring.go_over(one, into, application, by=by, now=now)
    except membership.AlreadyMember:
        raise NotPossible("member") from None
