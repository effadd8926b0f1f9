"""Nobody alone: members are told when no facilitator is here and when one is back; later the room closes.

The time a facilitator was last seen stands in the room's row. Whatever ended her presence, a closed page, a
lost line or a server that was killed, it grows old by itself, and every process can read it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from peersupport.audit.recording import record
from peersupport.chat.elsewhere import aside
from peersupport.chat.keeping.deciding import UNATTENDED_AFTER
from peersupport.chat.keeping.noting import locked, note
from peersupport.chat.models import Event, Room
from peersupport.chat.moderating import escalating
from peersupport.groups import running
from peersupport.work.one_by_one import one_by_one

CLOSE_AFTER = timedelta(minutes=5)
GOING_ON = [Room.State.OPEN, Room.State.PAUSED]


def tell_members(now: datetime) -> None:
    """Says in the log that from now on every message waits, and that a facilitator is back."""
    left = Q(alone_since=None, attended_at__lt=now - UNATTENDED_AFTER)
    back = Q(alone_since__isnull=False, attended_at__gte=now - UNATTENDED_AFTER)
    rooms = Room.objects.filter(left | back, kind=Room.Kind.GROUP, state__in=GOING_ON)
    one_by_one(
        rooms.order_by("attended_at").values_list("pk", flat=True),
        lambda room_id: _tell(room_id, now),
        what="telling a room whether somebody is here",
    )


def close_unattended(now: datetime) -> None:
    """Closes rooms in which no facilitator was for five minutes; the log says so to those who wait."""
    kinds = [Room.Kind.GROUP, Room.Kind.SIDE]
    late = Room.objects.filter(kind__in=kinds, state__in=GOING_ON, attended_at__lt=now - CLOSE_AFTER)
    one_by_one(
        late.order_by("attended_at"), lambda room: _close(room, now), what="closing an unattended room"
    )


def _tell(room_id: UUID, now: datetime) -> None:
    with locked(room_id) as room:
        # Looked at again under the lock: another process may have been first, a facilitator may be back.
        if room.state not in GOING_ON or room.attended_at is None:
            return
        alone = room.attended_at < now - UNATTENDED_AFTER
        if alone == (room.alone_since is not None):
            return
        room.alone_since = now if alone else None
        kind = Event.Kind.UNATTENDED if alone else Event.Kind.ATTENDED
        record(what=f"room.{kind}", by=None, about=room)
        note(room, kind, by=None)
        if alone:
            escalating.bring_forward(room.group_id, now=now)


def _close(late: Room, now: datetime) -> None:
    def attended(room: Room) -> bool:
        return room.attended_at is not None and room.attended_at >= now - CLOSE_AFTER

    if late.kind == Room.Kind.SIDE:
        aside.end(late, by=None, why="unattended", unless=attended)
        return
    with locked(late.pk) as room:
        if room.state in GOING_ON and not attended(room):
            room.state, room.alone_since = Room.State.CLOSED, None
            room.end_course()
            running.room_closed(group_id=room.group_id, at=now)
            record(what="room.closed_unattended", by=None, about=room)
            note(room, Event.Kind.CLOSED, by=None, facts={"why": "unattended"})
