"""A parent comes to a meeting: she agrees to how we are together, once, before she enters the room."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import get_language

from peersupport.audit.recording import record
from peersupport.chat.access import Standing
from peersupport.chat.keeping.noting import beside_changed, locked
from peersupport.chat.meeting.meetings import meeting_on
from peersupport.chat.models import Arrival, Room
from peersupport.chat.protocol.errors import Refused
from peersupport.groups import agreeing
from peersupport.groups.models import Meeting, Membership


def awaited_at(standing: Standing, *, now: datetime) -> Meeting | None:
    """The meeting that is on and at which she has not arrived. Facilitators need not arrive."""
    if standing.facilitates:
        return None
    meeting = meeting_on(standing.room, now=now)
    if meeting is None or Arrival.objects.filter(meeting=meeting, member=standing.membership).exists():
        return None
    return meeting


def arrive(*, by: Membership, meeting: Meeting, quiet: bool = False, now: datetime) -> Arrival:
    """Notes that she is here and agreed to the agreement as it is now. Arriving again changes nothing."""
    agreed = agreeing.version_of(meeting.group)
    with transaction.atomic():
        arrival, made = Arrival.objects.get_or_create(
            meeting=meeting,
            member=by,
            defaults={"at": now, "agreement": agreed, "quiet": quiet},
        )
        if made:
            record(
                what="meeting.arrived",
                by=by.user_id,
                about=by,
                meeting=str(meeting.pk),
                agreement=agreed,
                # The text is in the catalogues: which translation of it was read.
                language=get_language() or "en",
            )
        if made and quiet:
            _tell(by)
    return arrival


def be_quiet(room: Room, *, by: Membership, on: bool, now: datetime) -> None:
    """Says beside her name that she is just reading today, or that no more."""
    meeting = meeting_on(room, now=now)
    with locked(room.pk) as room:
        arrival = Arrival.objects.filter(meeting=meeting, member=by).first() if meeting else None
        if arrival is None:
            raise Refused("not_allowed")
        if arrival.quiet != on:
            arrival.quiet = on
            arrival.save(update_fields=["quiet"])
            record(what="meeting.reads_along", by=by.user_id, about=by, on=on)
            beside_changed(room)


def _tell(member: Membership) -> None:
    room = Room.objects.filter(group=member.group_id, kind=Room.Kind.GROUP).first()
    if room is not None:
        with locked(room.pk) as room:
            beside_changed(room)
