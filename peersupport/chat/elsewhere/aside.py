"""A facilitator steps aside with one member, and comes back. The group reads that one did, never who."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.utils.translation import gettext as _

from peersupport.audit.recording import record
from peersupport.chat.keeping.noting import all_locked, beside_changed, note
from peersupport.chat.models import Event, Room
from peersupport.chat.moderating.authority import leads
from peersupport.chat.protocol.errors import Refused
from peersupport.groups.models import Membership


def step_aside(member: Membership, *, by: Membership, room: Room, now: datetime) -> Room:
    """The side room for a member, opened or found open; she and the facilitators are asked in.

    `room` is the group's. Refused("not_allowed") by anybody but its facilitators, and for anybody but one of
    its parents.
    """
    leads(room.group_id, by)
    _is_parent(member, room)
    side, _made = Room.objects.get_or_create(group_id=room.group_id, kind=Room.Kind.SIDE, member=member)
    with all_locked(room.pk, side.pk) as rooms:
        side = rooms[side.pk]
        if side.state == Room.State.CLOSED:
            side.state, side.attended_at = Room.State.OPEN, now
            note(side, Event.Kind.OPENED, by=by)
            _tell(rooms[room.pk], Event.Kind.ASIDE)
            record(what="room.side_opened", by=by.user_id, about=side, member=str(member.pk))
        return side


def come_back(member: Membership, *, by: Membership, room: Room) -> Room:
    """Ends the side room of a member; it stays as it is where that has happened already."""
    side = Room.objects.filter(group=room.group_id, kind=Room.Kind.SIDE, member=member).first()
    if side is None:
        raise Refused("not_allowed")
    end(side, by=by)
    return side


def end(
    side: Room, *, by: Membership | None, why: str = "", unless: Callable[[Room], bool] | None = None
) -> Event | None:
    """Closes a side room; its words stay for those who may enter it. None if it is so, or `unless` says no.

    `by` is None where the clock does it; `why` then says so in its log.
    """
    if by is not None:
        leads(side.group_id, by)
    home = Room.objects.values_list("pk", flat=True).get(group=side.group_id, kind=Room.Kind.GROUP)
    with all_locked(home, side.pk) as rooms:
        side = rooms[side.pk]
        if side.state == Room.State.CLOSED or (unless is not None and unless(side)):
            return None
        side.state = Room.State.CLOSED
        _tell(rooms[home], Event.Kind.BACK)
        record(what="room.side_closed", by=by and by.user_id, about=side, why=why)
        return note(side, Event.Kind.CLOSED, by=by, facts={"why": why} if why else {})


def _tell(room: Room, kind: Event.Kind) -> None:
    """One neutral line for those who are talking; the invitation stands beside the log."""
    beside_changed(room)
    if room.state != Room.State.CLOSED:
        note(room, kind, by=None)


def _is_parent(member: Membership, room: Room) -> None:
    belongs = member.group_id == room.group_id and member.state == Membership.State.ACTIVE
    if not belongs or member.is_facilitator:
        raise Refused("not_allowed", _("Only a member of the group can be asked aside."))
