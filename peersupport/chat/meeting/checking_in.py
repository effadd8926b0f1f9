"""A member says how she is, 0 to 10: at any time, or when facilitators ask. They alone see it.

What she writes beside the number is looked over as a message is: she is asked about personal details, and
hard words tell the facilitators quietly.
"""

from __future__ import annotations

from datetime import datetime

from peersupport.audit.recording import record
from peersupport.chat import nudges, private_words
from peersupport.chat.keeping.noting import beside_changed, locked
from peersupport.chat.meeting.course import EVENING
from peersupport.chat.meeting.meetings import meeting_on
from peersupport.chat.models import CheckIn, Room, Signal
from peersupport.chat.moderating.authority import leads
from peersupport.chat.nudges.private import PrivateWords
from peersupport.chat.protocol.errors import Refused
from peersupport.groups.models import Membership

MOST = 10


def check_in(
    room: Room, *, by: Membership, value: int, note: str = "", confirmed: bool = False, now: datetime
) -> CheckIn:
    """Keeps what she says for the facilitators.

    Refused("closed") when none of them would be there to see, ("confirm") with what her note seems to hold.
    """
    if not 0 <= value <= MOST:
        raise Refused("invalid", field="value")
    looked = _looked_over(note, by)
    if looked.findings and not confirmed:
        raise Refused("confirm", findings=[finding.wire() for finding in looked.findings])
    with locked(room.pk) as room:
        _somebody_would_see(room, now)
        found = CheckIn.objects.create(room=room, member=by, value=str(value), note=note, at=now)
        record(what="check_in.given", by=by.user_id, about=room)
        if looked.distress is not None and not by.is_facilitator:
            Signal.objects.create(
                room=room,
                member=by,
                message_id=found.pk,
                source=Signal.Source.CHECK_IN,
                kind=looked.distress.kind,
                level=looked.distress.level,
                at=now,
            )
        beside_changed(room)
        return found


def _looked_over(note: str, by: Membership) -> nudges.Looked:
    if not note:
        return nudges.Looked([], None)
    private = PrivateWords(private_words.kept(by))
    return nudges.look_over(note, private=private)


def ask(room: Room, *, by: Membership, now: datetime) -> None:
    """Asks everybody who is here, or comes until the room closes, how she is. Nobody has to answer.

    Also while people arrive and the room is not open yet.
    """
    leads(room.group_id, by)
    with locked(room.pk) as room:
        _somebody_would_see(room, now)
        room.check_in_asked_at = now
        room.save(update_fields=["check_in_asked_at"])
        record(what="check_in.asked", by=by.user_id, about=room)
        beside_changed(room)


def asked_since(room: Room, *, now: datetime) -> datetime | None:
    """Since when members are asked. No longer than the evening: a room that never opened never closes."""
    asked = room.check_in_asked_at
    return asked if asked is not None and asked > now - EVENING else None


def _somebody_would_see(room: Room, now: datetime) -> None:
    if room.state == Room.State.CLOSED and meeting_on(room, now=now) is None:
        raise Refused("closed")
