"""A group begins with its first meeting and ends with its last."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import models, transaction
from django.db.models import Max, Min, Q

from peersupport.audit.recording import record
from peersupport.groups import notices
from peersupport.groups.models import Meeting, SupportGroup
from peersupport.work.one_by_one import in_pages, one_by_one

_TAKES_PLACE = Q(meetings__state=Meeting.State.PLANNED)


@transaction.atomic
def begin(*, group: SupportGroup, by: models.Model | None) -> None:
    """Marks a forming group as running."""
    group.state = SupportGroup.State.RUNNING
    group.save(update_fields=["state"])
    record(what="group.began", by=by, about=group)


@transaction.atomic
def say_cases_are_open(*, group: SupportGroup, are_open: bool, by: models.Model | None) -> None:
    """Notes whether criminal cases of families in the group may still be open."""
    group.cases_open = are_open
    group.save(update_fields=["cases_open"])
    record(what="group.cases_open", by=by, about=group, are_open=are_open)


@transaction.atomic
def end(*, group: SupportGroup, by: models.Model | None, at: datetime) -> None:
    """Ends a group; what was written in it is kept for as long after `at` as the retention rules say."""
    group.state, group.ended_at = SupportGroup.State.ENDED, at
    group.save(update_fields=["state", "ended_at"])
    record(what="group.ended", by=by, about=group)
    notices.ended(group=group, now=at)


def room_opened(*, group_id: UUID) -> None:
    """Keeps that the group's room is open. The room calls it in its own transaction, and audits there."""
    SupportGroup.objects.filter(pk=group_id).update(room_open=True)


def room_closed(*, group_id: UUID, at: datetime) -> None:
    """Keeps that the group's room has closed. The room calls it in its own transaction, and audits there."""
    SupportGroup.objects.filter(pk=group_id).update(room_open=False, room_closed_at=at)


def follow_the_calendar(now: datetime) -> None:
    """Begins and ends groups whose day has come. Safe to call again and by two processes."""
    due = (
        (group.pk, state)
        for state in (SupportGroup.State.FORMING, SupportGroup.State.RUNNING)
        for group in in_pages(_due(state, now))
    )
    one_by_one(due, lambda one: _turn(*one, now), what="beginning or ending a group")


def _due(state: SupportGroup.State, now: datetime) -> models.QuerySet[SupportGroup]:
    if state == SupportGroup.State.FORMING:
        marked = SupportGroup.objects.annotate(turns=Min("meetings__starts_at", filter=_TAKES_PLACE))
    else:
        marked = SupportGroup.objects.annotate(turns=Max("meetings__ends_at", filter=_TAKES_PLACE))
    return marked.filter(state=state, turns__lte=now)


def _turn(pk: UUID, state: SupportGroup.State, now: datetime) -> None:
    # Row lock and a second look: another process may have been first.
    group = SupportGroup.objects.select_for_update().filter(pk=pk, state=state).first()
    if group is None:
        return
    if state == SupportGroup.State.FORMING:
        begin(group=group, by=None)
        return
    last = group.meetings.filter(state=Meeting.State.PLANNED).aggregate(at=Max("ends_at"))["at"]
    end(group=group, by=None, at=last or now)
