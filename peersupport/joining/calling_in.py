"""A facilitator cannot come to a meeting: others are asked, and the first who says yes leads instead.

Asked is who is trained for the programme, speaks its language, has named that time, has room for it, and must
not be kept from anybody of the group. From whom is never said, and nobody learns who was not asked.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import models, transaction
from django.db.models import Exists, OuterRef, QuerySet

from peersupport.audit.recording import record
from peersupport.groups import rearranging, standing_in
from peersupport.groups.models import (
    Facilitator,
    Meeting,
    Membership,
    Rostered,
    StandInAsked,
    StandInCall,
)
from peersupport.groups.rearranging import NotPossible
from peersupport.joining import leading
from peersupport.joining.conflicts import checking, turns

State = StandInCall.State
#: So many are looked at, and so many asked.
LOOKED_AT, ASKED_MOST = 200, 40


@transaction.atomic
def call(*, meeting: Meeting, absent: Facilitator, by: models.Model, now: datetime) -> StandInCall:
    """Asks everybody who could lead this meeting instead of `absent`; who was asked stands with the call.

    NotPossible: "state" or "begun" where the meeting is off or over, "rostered" where she does not lead it,
    "called" where somebody is looked for already.
    """
    turns.before_offering()
    meeting = rearranging.locked(meeting)
    _refuse_late(meeting, now)
    if not Rostered.objects.filter(meeting=meeting, facilitator=absent).exists():
        raise NotPossible("rostered")
    if StandInCall.objects.filter(meeting=meeting, absent=absent, state=State.OPEN).exists():
        raise NotPossible("called")
    made = StandInCall.objects.create(meeting=meeting, absent=absent, made_at=now, made_by=by.pk)
    asked = able(meeting, now=now)[:ASKED_MOST]
    StandInAsked.objects.bulk_create(StandInAsked(call=made, facilitator=one) for one in asked)
    record(what="stand_in.called", by=by, about=made, meeting=str(meeting.pk), asked=len(asked))
    standing_in.tell([one.pk for one in asked], now=now)
    return made


@transaction.atomic
def take(*, call: StandInCall, by: Facilitator, now: datetime) -> StandInCall:
    """She leads that meeting instead; whoever else is concerned is told. The first one has it.

    NotPossible: "taken" where another was quicker, "elsewhere" or "able" where she cannot lead it any more,
    "state" or "begun" as for `call`.
    """
    turns.before_offering()
    meeting = rearranging.locked(call.meeting)
    # Row lock, after the group's: of two who say yes at the same time one is first.
    fresh = StandInCall.objects.select_for_update(of=("self",)).select_related("absent").get(pk=call.pk)
    if fresh.state != State.OPEN:
        raise NotPossible("taken")
    _refuse_late(meeting, now)
    Facilitator.objects.select_for_update().get(pk=by.pk)
    if by.pk not in {one.pk for one in able(meeting, now=now, only=[by.pk])}:
        raise NotPossible("able")
    if not Rostered.objects.filter(meeting=meeting, facilitator=fresh.absent_id).delete()[0]:
        raise NotPossible("rostered")
    rearranging.roster([(meeting, by.pk)])
    fresh.state, fresh.taken_by = State.TAKEN, by
    fresh.save(update_fields=["state", "taken_by"])
    record(what="stand_in.taken", by=by.user_id, about=fresh, meeting=str(meeting.pk))
    standing_in.settle(fresh, now=now)
    others = fresh.asked.filter(said_no_at=None).exclude(facilitator=by)
    standing_in.tell([fresh.absent_id, *others.values_list("facilitator", flat=True)], now=now)
    return fresh


@transaction.atomic
def say_no(*, call: StandInCall, by: Facilitator, now: datetime) -> None:
    """She cannot, and nobody asks why. Safe to call again; nothing happens where she was not asked."""
    asked = StandInAsked.objects.filter(call=call, facilitator=by, said_no_at=None)
    if asked.update(said_no_at=now):
        record(what="stand_in.declined", by=by.user_id, about=call)


@transaction.atomic
def withdraw(*, call: StandInCall, by: models.Model) -> None:
    """She can come after all. NotPossible("taken") where somebody has said yes already."""
    fresh = StandInCall.objects.select_for_update().get(pk=call.pk)
    if fresh.state == State.TAKEN:
        raise NotPossible("taken")
    if fresh.state == State.OPEN:
        fresh.state = State.WITHDRAWN
        fresh.save(update_fields=["state"])
        record(what="stand_in.withdrawn", by=by, about=fresh)


def able(meeting: Meeting, *, now: datetime, only: Collection[int] | None = None) -> list[Facilitator]:
    """Who could lead this meeting and does not yet; of `only` these. A fixed number of statements."""
    found = _working(meeting, now)
    if only is not None:
        found = found.filter(pk__in=only)
    free = [one for one in found[:LOOKED_AT] if _can_lead(one, meeting)]
    apart = checking.leaders_apart(free, meeting.group) if free else set()
    return [one for one in free if one.pk not in apart]


def _refuse_late(meeting: Meeting, now: datetime) -> None:
    if meeting.state != Meeting.State.PLANNED or meeting.group.state not in rearranging.OPEN:
        raise NotPossible("state")
    if meeting.ends_at <= now:
        raise NotPossible("begun")


def _working(meeting: Meeting, now: datetime) -> QuerySet[Facilitator]:
    """Facilitators with their time, but those who lead it already, and whom the group knows otherwise."""
    # Who was a parent there does not come back as somebody else; who is suspended stays out.
    known = Membership.objects.filter(group=meeting.group_id, user=OuterRef("user"))
    parent = known.filter(role=Membership.Role.PARENT)
    paused = known.filter(state=Membership.State.SUSPENDED)
    elsewhere = leading.working(now).exclude(rostered__meeting=meeting)
    return elsewhere.exclude(Exists(parent)).exclude(Exists(paused))


def _can_lead(one: Facilitator, meeting: Meeting) -> bool:
    group = meeting.group
    trained = {programme.pk for programme in one.programmes.all()}
    leads = {row.meeting.group_id for row in one.rostered.all()} - {group.pk}
    return (
        group.language in one.languages
        and (not trained or group.programme.course_id in trained)
        and len(leads) < one.groups_at_once
        and leading.is_free(one, [(meeting.starts_at, meeting.ends_at)], needed=leading.needed_at(one))
    )
