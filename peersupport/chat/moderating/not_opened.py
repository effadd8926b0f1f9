"""A meeting has begun and nobody has opened its room: who waits is told, and so are the coordinators."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q

from peersupport.audit.recording import record
from peersupport.chat.access import parents_of, room_of
from peersupport.chat.keeping.noting import locked, note
from peersupport.chat.models import Escalation, Event, Room
from peersupport.chat.moderating import escalating
from peersupport.groups import tasks
from peersupport.groups.models import Meeting, Membership, SupportGroup, Task
from peersupport.work.one_by_one import one_by_one

LATE_AFTER = timedelta(minutes=10)
#: After any of these in its time a meeting is not waited for, or that it is late has been said.
SETTLED = [Event.Kind.OPENED, Event.Kind.CLOSED, Event.Kind.LATE]


def tell_who_waits(now: datetime) -> None:
    """Says it once for each meeting: in the log of the room, and to the coordinators as a task."""
    one_by_one(
        _without_a_room(now), lambda meeting: _tell(meeting, now), what="telling that a room was not opened"
    )


def never_opened(room: Room, meeting: Meeting, *, now: datetime) -> bool:
    """Whether the meeting is on by the clock and its room was not opened for it until now."""
    closed_at = meeting.group.room_closed_at
    return (
        room.state == Room.State.CLOSED
        and meeting.starts_at <= now < meeting.ends_at
        and (closed_at is None or closed_at < meeting.opens_at)
    )


def told_of(meetings: Iterable[UUID]) -> set[UUID]:
    """Those of these meetings of which parents and coordinators were told that nobody had opened the room."""
    found = Task.objects.filter(what=Task.What.NOT_OPENED, source__in=list(meetings))
    return {source for source in found.values_list("source", flat=True) if source is not None}


def _without_a_room(now: datetime) -> list[Meeting]:
    """What the groups' own rows say, so that no log is read every few seconds; `_tell` looks closer."""
    closed_in_time = Q(group__room_closed_at__gte=F("starts_at") - Meeting.ARRIVAL)
    told = Task.objects.filter(what=Task.What.NOT_OPENED, source=OuterRef("pk"))
    meetings = Meeting.objects.filter(
        state=Meeting.State.PLANNED,
        starts_at__lte=now - LATE_AFTER,
        ends_at__gt=now,
        group__state__in=[SupportGroup.State.FORMING, SupportGroup.State.RUNNING],
        group__room_open=False,
    )
    return list(meetings.exclude(closed_in_time).exclude(Exists(told)).order_by("starts_at")[:200])


def _tell(meeting: Meeting, now: datetime) -> None:
    answers = _first_to_ask(meeting)
    if answers is None or not parents_of(meeting.group_id).exists():
        return
    with locked(room_of(answers).pk) as room:
        # Looked at again under the lock: another process may have been first, or two facilitators.
        settled = Event.objects.filter(room=room, kind__in=SETTLED, at__gte=meeting.opens_at)
        if room.state != Room.State.CLOSED or settled.exists():
            return
        task = tasks.make(
            what=Task.What.NOT_OPENED,
            about=answers,
            whom=Task.For.COORDINATOR,
            until=now,
            by=None,
            now=now,
            source=meeting.pk,
        )
        escalating.expect(Escalation.What.TASK, task.pk, group_id=room.group_id, now=now, at_once=True)
        record(what="room.late", by=None, about=room, meeting=str(meeting.pk))
        room.side_version += 1
        note(room, Event.Kind.LATE, by=None)


def _first_to_ask(meeting: Meeting) -> Membership | None:
    """Under whose key the task stands: a facilitator who is expected, else another one, else anybody."""
    members = list(
        Membership.objects.filter(group=meeting.group_id, state=Membership.State.ACTIVE).select_related(
            "group"
        )[:60]
    )
    expected = set(meeting.rostered.values_list("facilitator__user", flat=True))
    ranked = sorted(
        members, key=lambda one: (one.user_id not in expected, not one.is_facilitator, one.pseudonym)
    )
    return ranked[0] if ranked else None
