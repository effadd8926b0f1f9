"""A meeting, or a whole group, does not take place; and that is taken back while nothing follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models, transaction

from peersupport.audit.recording import record
from peersupport.groups import notices, schedule, standing_in
from peersupport.groups.models import Change, Meeting, Rostered, SupportGroup
from peersupport.groups.rearranging import OPEN, NotPossible, begins_anew, in_order, locked, roster, who_leads


@dataclass(frozen=True)
class Said:
    """Why, for the coordinators' record; and what members read: one of the sentences, or own words."""

    reason: str
    words: str = Change.Words.SORRY
    own_words: str = ""


@transaction.atomic
def cancel(*, meeting: Meeting, said: Said, by: models.Model, now: datetime) -> Change:
    """One meeting does not take place: its facilitators are free, members are told. NotPossible."""
    meeting = locked(meeting)
    if meeting.group.state not in OPEN or meeting.state != Meeting.State.PLANNED:
        raise NotPossible("state")
    if meeting.opens_at <= now:
        raise NotPossible("begun")
    kept = _call_off([meeting], now)
    change = _note(meeting.group, Change.What.CANCELLED, said, by, now, kept, meeting=meeting)
    begins_anew(meeting.group)
    record(what="meeting.cancelled", by=by, about=meeting, group=str(meeting.group_id))
    notices.cancelled(meeting=meeting, now=now)
    return change


@transaction.atomic
def cancel_group(
    *, group: SupportGroup, said: Said, by: models.Model, now: datetime, before: dict[str, Any] | None = None
) -> Change:
    """The group does not meet (any more): every meeting still to come is off, members are told. NotPossible.

    Its members keep their page, which says so; `before` is kept with the change, for whoever takes it back.
    """
    group = SupportGroup.objects.select_for_update().select_related("programme").get(pk=group.pk)
    if group.state not in OPEN:
        raise NotPossible("state")
    if group.room_open:
        raise NotPossible("begun")
    ahead = schedule.upcoming(group.meetings.all(), now)
    kept = {**_call_off(ahead, now), "state": group.state, **(before or {})}
    change = _note(group, Change.What.GROUP_CANCELLED, said, by, now, kept)
    # Retention counts from it.
    group.state, group.ended_at = SupportGroup.State.CANCELLED, now
    group.save(update_fields=["state", "ended_at"])
    record(what="group.cancelled", by=by, about=group, meetings=len(ahead))
    notices.plan_changed(group=group, now=now)
    return change


@transaction.atomic
def take_back(*, change: Change, by: models.Model, now: datetime) -> None:
    """What was cancelled takes place after all; everybody is told. NotPossible where its time has come, its
    facilitators are needed elsewhere, or other dates stand there by now.
    """
    group = SupportGroup.objects.select_for_update().get(pk=change.group_id)
    fresh = Change.objects.select_for_update().get(pk=change.pk)
    whole = fresh.what == Change.What.GROUP_CANCELLED
    if not can_be_taken_back(fresh, group):
        raise NotPossible("state")
    meetings = {str(one.pk): one for one in group.meetings.filter(pk__in=fresh.before["meetings"])}
    if not meetings or any(one.opens_at <= now for one in meetings.values()):
        raise NotPossible("begun")
    if whole:
        group.state, group.ended_at = SupportGroup.State(fresh.before["state"]), None
        group.save(update_fields=["state", "ended_at"])
    _call_on(group, fresh, meetings)
    fresh.undone_at = now
    fresh.save(update_fields=["undone_at"])
    begins_anew(group)
    what = "group.cancelling_taken_back" if whole else "meeting.cancelling_taken_back"
    record(what=what, by=by, about=group if whole else f"groups.meeting:{fresh.meeting_id}")
    notices.plan_changed(group=group, now=now)


def can_be_taken_back(change: Change, group: SupportGroup) -> bool:
    """Whether it is a cancellation that stands; whether its time has come is another question."""
    if change.undone_at is not None or change.what not in {
        Change.What.CANCELLED,
        Change.What.GROUP_CANCELLED,
    }:
        return False
    whole = change.what == Change.What.GROUP_CANCELLED
    return group.state == SupportGroup.State.CANCELLED if whole else group.state in OPEN


def _call_off(meetings: list[Meeting], now: datetime) -> dict[str, Any]:
    """Sets meetings off; gives what it takes to set them on again."""
    rows = Rostered.objects.filter(meeting__in=meetings)
    back = standing_in.not_needed(meetings, now=now)
    kept = {
        "meetings": [str(one.pk) for one in meetings],
        "rostered": [
            [str(pk), back.get((pk, who), who)]
            for pk, who in rows.values_list("meeting_id", "facilitator_id")
        ],
    }
    rows.delete()
    _set(meetings, Meeting.State.CANCELLED)
    return kept


def _call_on(group: SupportGroup, change: Change, meetings: dict[str, Meeting]) -> None:
    _set(list(meetings.values()), Meeting.State.PLANNED)
    if not in_order(group):
        raise NotPossible("order")
    # Whoever has left the group since is not called back.
    leading = set(who_leads(group).values_list("pk", flat=True))
    roster(
        [(meetings[pk], who) for pk, who in change.before["rostered"] if who in leading and pk in meetings]
    )


def _set(meetings: list[Meeting], state: Meeting.State) -> None:
    for one in meetings:
        one.state = state
        one.sequence += 1
    Meeting.objects.bulk_update(meetings, ["state", "sequence"])


def _note(
    group: SupportGroup,
    what: Change.What,
    said: Said,
    by: models.Model,
    now: datetime,
    before: dict[str, Any],
    *,
    meeting: Meeting | None = None,
) -> Change:
    return Change.objects.create(
        group=group,
        meeting=meeting,
        what=what,
        at=now,
        by=by.pk,
        reason=said.reason,
        words=said.words,
        own_words=said.own_words if said.words == Change.Words.OWN else "",
        before=before,
    )
