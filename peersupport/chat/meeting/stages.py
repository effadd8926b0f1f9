"""What the meeting is at, what stands at the top of the room, who is told that somebody writes."""

from __future__ import annotations

from datetime import datetime, timedelta

from peersupport.audit.recording import record
from peersupport.chat.keeping.noting import beside_changed, locked, note
from peersupport.chat.models import Event, Room
from peersupport.chat.moderating.authority import leads
from peersupport.chat.protocol.errors import Refused
from peersupport.chat.protocol.events import timestamp
from peersupport.groups.models import Membership


def set_stage(room: Room, name: str, *, by: Membership, minutes: int, now: datetime) -> Event:
    """Says what the meeting is at, for about so many minutes (0: left open). A round that goes on ends."""
    leads(room.group_id, by)
    if name not in Room.Stage.values:
        raise Refused("invalid", field="name")
    with locked(room.pk) as room:
        if room.state == Room.State.CLOSED:
            raise Refused("closed")
        until = now + timedelta(minutes=minutes) if minutes else None
        if room.round is not None:
            room.round = None
            room.side_version += 1
        room.stage, room.stage_until = name, until
        record(what="room.stage", by=by.user_id, about=room, name=name, minutes=minutes)
        facts = {"name": name, "until": timestamp(until) if until else None}
        return note(room, Event.Kind.STAGE, by=by, facts=facts)


def pin(room: Room, message: Event | None, *, by: Membership) -> Event | None:
    """Puts a message at the top of the room, or none. A message whose text is gone cannot stand there."""
    leads(room.group_id, by)
    with locked(room.pk) as room:
        target = message.message_id if message else None
        if message is not None and not Event.objects.filter(pk=message.pk, body__isnull=False).exists():
            raise Refused("not_allowed")
        if room.pinned == target:
            return None
        room.pinned = target
        record(what="room.pinned", by=by.user_id, about=room, message=str(target) if target else None)
        return note(room, Event.Kind.PINNED, by=by, target=target)


def show_typing(room: Room, *, by: Membership, to_all: bool) -> None:
    """Whether parents see that somebody is writing, or facilitators alone."""
    leads(room.group_id, by)
    with locked(room.pk) as room:
        if room.typing_shown != to_all:
            room.typing_shown = to_all
            room.save(update_fields=["typing_shown"])
            record(what="room.typing_shown", by=by.user_id, about=room, to_all=to_all)
            beside_changed(room)
