"""Dates are moved: one meeting, or it and all that follow; and what was moved is looked over first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError, models, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from peersupport.audit.recording import record
from peersupport.groups import notices, schedule, standing_in
from peersupport.groups.models import Change, Facilitator, Meeting, Rostered, SupportGroup
from peersupport.vault import keys

Times = Mapping[UUID, tuple[datetime, datetime]]
# Groups whose dates can still be changed.
OPEN = (SupportGroup.State.FORMING, SupportGroup.State.RUNNING)


class NotPossible(Exception):
    """It cannot be done now; its first argument says why, as a word of `WHY`."""


# Too late; it is cancelled (or is not); the dates would cross; a facilitator is needed elsewhere; as it was.
WHY = ("begun", "state", "order", "elsewhere", "same")


def rearranged(
    meeting: Meeting, *, day: date, at: time, following: bool
) -> dict[UUID, tuple[datetime, datetime]]:
    """New beginnings and ends, by meeting: of this one, and of those after it where `following`.

    They move by as many days as this one, to the same local time; each keeps its length. Nothing is written.
    """
    zone = ZoneInfo(meeting.group.time_zone)
    by_days = day - meeting.starts_at.astimezone(zone).date()
    moved = [meeting]
    if following:
        moved += [one for one in planned(meeting.group) if one.starts_at > meeting.starts_at]
    found = {}
    for one in moved:
        start = schedule.moment(one.starts_at.astimezone(zone).date() + by_days, at, zone)
        found[one.pk] = (start, start + (one.ends_at - one.starts_at))
    return found


def planned(group: SupportGroup) -> list[Meeting]:
    """The meetings that take place, in the order of the course."""
    return list(group.meetings.filter(state=Meeting.State.PLANNED).order_by("number")[:100])


def refusal(meeting: Meeting, times: Times, *, now: datetime) -> str:
    """Why these new times cannot be, as a word of `WHY`, or "". Facilitators are not looked at."""
    if meeting.group.state not in OPEN or meeting.state != Meeting.State.PLANNED:
        return "state"
    if meeting.opens_at <= now or any(start <= now for start, _end in times.values()):
        return "begun"
    if times[meeting.pk] == (meeting.starts_at, meeting.ends_at):
        return "same"
    return "" if _in_order(planned(meeting.group), times) else "order"


@transaction.atomic
def move(
    *,
    meeting: Meeting,
    day: date,
    at: time,
    following: bool,
    by: models.Model,
    now: datetime,
    reason: str = "",
) -> Change:
    """Moves a meeting, or this and all following ones; everybody in the group is told. NotPossible.

    Its calendar entry stays the same one (RFC 5545: UID kept, SEQUENCE raised). Day and time are the group's.
    """
    meeting = locked(meeting)
    times = rearranged(meeting, day=day, at=at, following=following)
    why = refusal(meeting, times, now=now)
    if why:
        raise NotPossible(why)
    moved = list(Meeting.objects.select_for_update().filter(pk__in=times).order_by("number"))
    change = Change.objects.create(
        group=meeting.group, meeting=meeting, what=Change.What.MOVED, at=now, by=by.pk, reason=reason,
        before={str(one.pk): [one.starts_at.isoformat(), one.ends_at.isoformat()] for one in moved},
    )  # fmt: skip
    for one in moved:
        one.starts_at, one.ends_at = times[one.pk]
        one.sequence += 1
    Meeting.objects.bulk_update(moved, ["starts_at", "ends_at", "sequence"])
    _roster_anew(moved, back=standing_in.not_needed(moved, now=now))
    if following:
        meeting.group.meets_at = at
    begins_anew(meeting.group)
    record(what="meeting.moved", by=by, about=meeting, group=str(meeting.group_id), meetings=len(moved))
    if len(moved) > 1:
        notices.plan_changed(group=meeting.group, now=now)
    else:
        notices.moved(meeting=moved[0], now=now)
    return change


def locked(meeting: Meeting) -> Meeting:
    """The meeting as it is now, its group locked: dates are changed by one person at a time."""
    SupportGroup.objects.select_for_update().get(pk=meeting.group_id)
    return Meeting.objects.select_related("group__programme").get(pk=meeting.pk)


def begins_anew(group: SupportGroup) -> None:
    """Keeps on which day the group begins, after its dates were changed."""
    first = (
        group.meetings.filter(state=Meeting.State.PLANNED, kind=Meeting.Kind.TOPIC)
        .order_by("starts_at")
        .first()
    )
    if first is not None:
        group.starts_on = first.starts_at.astimezone(ZoneInfo(group.time_zone)).date()
    group.save(update_fields=["starts_on", "meets_at"])


def roster(pairs: Sequence[tuple[Meeting, int]]) -> None:
    """Facilitators (by id) at meetings. NotPossible where one of them is needed elsewhere."""
    rows = [
        Rostered(
            meeting=meeting,
            facilitator_id=facilitator,
            during=DateTimeTZRange(meeting.opens_at, meeting.ends_at),
        )
        for meeting, facilitator in pairs
    ]
    try:
        with transaction.atomic():
            Rostered.objects.bulk_create(rows)
    except IntegrityError:
        raise NotPossible("elsewhere") from None


def in_order(group: SupportGroup) -> bool:
    """Whether the meetings that take place follow one another as the course does."""
    return _in_order(planned(group), {})


def forget_changes(*, group: SupportGroup) -> None:
    """Destroys what was written about changes, when the group's words go."""
    for pk in group.changes.values_list("pk", flat=True):
        keys.destroy(subject=pk)
    group.changes.all().delete()


def who_leads(group: SupportGroup) -> models.QuerySet[Facilitator]:
    """The facilitators of a group."""
    return Facilitator.objects.filter(
        user__memberships__group=group,
        user__memberships__role="facilitator",
        user__memberships__state="active",
    ).order_by("pk")


def _roster_anew(moved: Sequence[Meeting], *, back: Mapping[tuple[UUID, int], int]) -> None:
    # Written anew at one go: moved one by one, a group's own meetings could cross.
    by_id = {one.pk: one for one in moved}
    rows = Rostered.objects.filter(meeting__in=by_id)
    # Who had said yes for somebody had done so for the other time.
    pairs = {(pk, back.get((pk, who), who)) for pk, who in rows.values_list("meeting_id", "facilitator_id")}
    rows.delete()
    roster([(by_id[pk], who) for pk, who in sorted(pairs)])


def _in_order(meetings: Sequence[Meeting], times: Times) -> bool:
    spans = [times.get(one.pk, (one.starts_at, one.ends_at)) for one in meetings]
    return all(one[1] <= other[0] for one, other in pairwise(spans))
