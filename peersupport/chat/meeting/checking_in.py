"""A member says how she is, 0 to 10: at any time, or when facilitators ask. They alone see it."""

from __future__ import annotations

from datetime import datetime

from peersupport.audit.recording import record
from peersupport.chat.keeping.noting import beside_changed, locked
from peersupport.chat.meeting.meetings import meeting_on
from peersupport.chat.models import CheckIn, Room
from peersupport.chat.moderating.authority import leads
from peersupport.chat.protocol.errors import Refused
from peersupport.groups.models import Membership

MOST = 10


def check_in(room: Room, *, by: Membership, value: int, note: str = "", now: datetime) -> CheckIn:
    """Keeps what she says for the facilitators. Refused("closed") when none of them would be there to see."""
    if not 0 <= value <= MOST:
        raise Refused("invalid", field="value")
    with locked(room.pk) as room:
        if room.state == Room.State.CLOSED and meeting_on(room, now=now) is None:
            raise Refused("closed")
        found = CheckIn.objects.create(room=room, member=by, value=str(value), note=note, at=now)
        record(what="check_in.given", by=by.user_id, about=room)
        beside_changed(room)
        return found


def ask(room: Room, *, by: Membership, now: datetime) -> None:
    """Asks everybody who is here, or comes until the room closes, how she is. Nobody has to answer."""
    leads(room.group_id, by)
    with locked(room.pk) as room:
        if room.state == Room.State.CLOSED:
            raise Refused("closed")
        room.check_in_asked_at = now
        room.save(update_fields=["check_in_asked_at"])
        record(what="check_in.asked", by=by.user_id, about=room)
        beside_changed(room)
