"""A round in a room: begun and led by facilitators, kept in the room so that it outlives a restart."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from peersupport.audit.recording import record
from peersupport.chat.hub.attending import here_now
from peersupport.chat.keeping.noting import beside_changed, locked, note
from peersupport.chat.meeting import rounds
from peersupport.chat.meeting.meetings import meeting_on
from peersupport.chat.models import Arrival, Event, Room
from peersupport.chat.moderating.authority import leads
from peersupport.chat.protocol.errors import Refused
from peersupport.chat.protocol.events import timestamp
from peersupport.groups.models import Membership

MINUTES = 2
MINUTES_MOST = 20


def begin(
    room: Room, *, by: Membership, minutes: int = MINUTES, others_wait: bool = False, now: datetime
) -> Event:
    """Gives every parent who is here a turn of so many minutes; who just reads today is left in peace."""
    leads(room.group_id, by)
    if not 1 <= minutes <= MINUTES_MOST:
        raise Refused("invalid", field="minutes")
    with locked(room.pk) as room:
        if room.state != Room.State.OPEN:
            raise Refused("not_allowed", _("Open the room first."))
        members = here(room, now=now)
        if not members:
            raise Refused("not_allowed", _("Nobody is here yet who would like a turn."))
        begun = rounds.begin(members, minutes=minutes, others_wait=others_wait, now=now)
        room.round = rounds.stored(begun)
        room.stage, room.stage_until = Room.Stage.ROUND, now + timedelta(minutes=minutes * len(members))
        room.side_version += 1
        record(what="round.begun", by=by.user_id, about=room, minutes=minutes, others_wait=others_wait)
        facts = {"name": str(room.stage), "until": timestamp(room.stage_until)}
        return note(room, Event.Kind.STAGE, by=by, facts=facts)


def end(room: Room, *, by: Membership) -> None:
    """Ends the round, wherever it is."""
    leads(room.group_id, by)
    with locked(room.pk) as room:
        _under_way(room)
        record(what="round.ended", by=by.user_id, about=room)
        _keep(room, None)


def skip(room: Room, *, by: Membership, now: datetime) -> None:
    """A facilitator gives the turn to the next one."""
    leads(room.group_id, by)
    with locked(room.pk) as room:
        under_way = _under_way(room)
        record(what="round.moved_on", by=by.user_id, about=room)
        _keep(room, rounds.move_on(under_way, now=now))


def pass_by(room: Room, *, by: Membership, now: datetime) -> None:
    """A member is done, or would rather not; in her turn or before."""
    with locked(room.pk) as room:
        under_way = _under_way(room)
        record(what="round.passed", by=by.user_id, about=room)
        _keep(room, rounds.pass_by(under_way, str(by.pk), now=now))


def take_longer(room: Room, *, by: Membership) -> None:
    """Whoever's turn it is, is still writing. A facilitator may say so for her."""
    if by.is_facilitator:
        leads(room.group_id, by)
    with locked(room.pk) as room:
        under_way = _under_way(room)
        member = under_way.turn if by.is_facilitator else str(by.pk)
        if member is None or member != under_way.turn:
            raise Refused("not_allowed")
        record(what="round.takes_longer", by=by.user_id, about=room)
        _keep(room, rounds.take_longer(under_way, member))


def follow_all(now: datetime) -> None:
    """Moves rounds on by the clock, and with who came and left."""
    going = Room.objects.filter(state=Room.State.OPEN, round__isnull=False)
    for room_id in going.values_list("pk", flat=True):
        with locked(room_id) as room:
            if room.state != Room.State.OPEN or room.round is None:
                continue
            before = rounds.restored(room.round)
            after = rounds.follow(before, present=here(room, now=now), now=now)
            if after != before:
                _keep(room, after)


def here(room: Room, *, now: datetime) -> list[str]:
    """The parents who are connected and did not say that they just read, in the order of a round.

    By name, and each meeting begins one further on: nobody is always the first.
    """
    meeting = meeting_on(room, now=now)
    quiet = Arrival.objects.filter(meeting=meeting, quiet=True).values("member")
    found = (
        here_now(now=now)
        .filter(room=room, member__role=Membership.Role.PARENT)
        .exclude(member__in=quiet)
        .order_by("member__pseudonym")
        .values_list("member", flat=True)
        .distinct()
    )
    members = [str(member) for member in found]
    first = (meeting.number - 1) % len(members) if meeting and members else 0
    return members[first:] + members[:first]


def _under_way(room: Room) -> rounds.Round:
    if room.round is None:
        raise Refused("not_allowed", _("There is no round just now."))
    return rounds.restored(room.round)


def _keep(room: Room, after: rounds.Round | None) -> None:
    # A round in which everybody had her turn is over.
    room.round = rounds.stored(after) if after is not None and after.turn is not None else None
    room.save(update_fields=["round"])
    beside_changed(room)
