"""Words that may mean distress: a task where their writer has gone away, or no facilitator is there.

Urgent ones are looked after until the meeting ends, also when a facilitator has marked them as seen to: that
somebody turned to her once is no reason to miss that she is gone.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from peersupport.audit.recording import record
from peersupport.chat.hub.attending import here_now
from peersupport.chat.keeping.noting import beside_changed, locked
from peersupport.chat.meeting.meetings import meeting_on
from peersupport.chat.models import Escalation, Event, HeldMessage, Room, Signal
from peersupport.chat.moderating import escalating
from peersupport.groups import tasks
from peersupport.groups.models import Task
from peersupport.work.one_by_one import one_by_one

BACK_WITHIN = timedelta(minutes=2)


def look_for(now: datetime) -> None:
    """Looks at every signal that still counts: is she here, is anybody with her, since when?"""
    unanswered = Signal.objects.filter(answered_at=None).order_by("at")
    one_by_one(
        [*unanswered.values_list("pk", flat=True), *_urgent_of_meetings(now)],
        lambda signal_id: _look(signal_id, now),
        what="looking for who vanished",
    )


def _urgent_of_meetings(now: datetime) -> Iterator[UUID]:
    """Answered urgent signals of meetings that are on. When everybody leaves at the end, nobody vanishes."""
    for room in Room.objects.filter(kind=Room.Kind.GROUP).exclude(state=Room.State.CLOSED):
        meeting = meeting_on(room, now=now)
        if meeting is not None:
            found = Signal.objects.filter(
                room__group=room.group_id,
                level=Signal.Level.URGENT,
                at__gte=meeting.opens_at,
                answered_at__isnull=False,
            )
            yield from found.order_by("at").values_list("pk", flat=True)


def _look(signal_id: UUID, now: datetime) -> None:
    signal = Signal.objects.select_related("room", "member").get(pk=signal_id)
    done = Task.objects.filter(what=Task.What.VANISHED, about=signal.member, closed_at__gte=signal.at).first()
    waits = signal.answered_at is None
    if done is not None:
        if waits:
            _answered(signal, done)
        return
    if waits and now - signal.at >= BACK_WITHIN and not escalating.on_duty(signal.room.group_id, now=now):
        # Her page may stand open on her line for hours: nobody reads what she wrote there.
        _make_task(signal, now)
        return
    since = None if _is_here(signal, now) else signal.gone_since or now
    if since != signal.gone_since:
        # Nothing else in this transaction: who answers has the room locked before she comes to this row.
        Signal.objects.filter(pk=signal_id).update(gone_since=since)
    elif since is not None and now - since >= BACK_WITHIN:
        _make_task(signal, now)


def _is_here(signal: Signal, now: datetime) -> bool:
    """Connected to any room of the group, or writing without being connected."""
    rooms = {"room__group": signal.room.group_id, "member": signal.member}
    return (
        here_now(now=now).filter(**rooms).exists()
        or Event.objects.filter(at__gt=now - BACK_WITHIN, **rooms).exists()
        or HeldMessage.objects.filter(held_at__gt=now - BACK_WITHIN, **rooms).exists()
    )


def _make_task(signal: Signal, now: datetime) -> None:
    # Several signals of one evening are one task, until that is closed.
    known = Task.objects.filter(what=Task.What.VANISHED, about=signal.member, closed_at=None)
    if known.exists():
        return
    attended = escalating.on_duty(signal.room.group_id, now=now)
    wait = timedelta(minutes=settings.TASK_MINUTES) if attended else timedelta()
    task = tasks.make(
        what=Task.What.VANISHED,
        about=signal.member,
        whom=Task.For.FACILITATOR,
        until=now + wait,
        by=None,
        now=now,
        source=signal.pk,
    )
    escalating.expect(Escalation.What.TASK, task.pk, group_id=task.group_id, now=now)
    with locked(signal.room_id) as room:
        beside_changed(room)


def _answered(signal: Signal, task: Task) -> None:
    """Whoever closed the task has seen to what it came from, and to her other words of that evening."""
    with locked(signal.room_id) as room:
        theirs = Signal.objects.filter(member=signal.member, answered_at=None, at__lte=task.closed_at)
        theirs.update(answered_at=task.closed_at, answered_by=task.closed_by)
        record(what="signal.answered", by=task.closed_by, about=signal)
        beside_changed(room)
