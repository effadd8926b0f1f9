"""What facilitators do in a room. Every act is checked, done under the room's lock and audited with it."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from peersupport.accounts.models import StaffRole
from peersupport.audit.recording import record
from peersupport.chat.errors import Refused
from peersupport.chat.models import Ejection, Event, HeldMessage, Mute, Presence, Report, Room, Signal
from peersupport.chat.noting import beside_changed, locked, note, sealed
from peersupport.groups.models import Membership
from peersupport.groups.signals import access_changed

TO_OPEN = 2
PRESENT_FOR = timedelta(seconds=10)


def facilitators_here(room: Room, *, now: datetime) -> int:
    """How many different facilitators are connected to the room, through any process."""
    return (
        Presence.objects.filter(
            room=room,
            seen_at__gt=now - PRESENT_FOR,
            member__role=Membership.Role.FACILITATOR,
            member__state=Membership.State.ACTIVE,
        )
        .values("member")
        .distinct()
        .count()
    )


def open_room(room: Room, *, by: Membership) -> Event | None:
    """Opens the room; None if it is open. Refused("not_allowed") with fewer than two facilitators here."""
    _facilitator(room, by)
    with locked(room.pk) as room:
        if room.state == Room.State.OPEN:
            return None
        now = timezone.now()
        here = facilitators_here(room, now=now)
        if here < TO_OPEN:
            raise Refused(
                "not_allowed", _("Two facilitators must be here before the room opens."), facilitators=here
            )
        room.state, room.attended_at = Room.State.OPEN, now
        return _act(room, Event.Kind.OPENED, by=by)


def close(room: Room, *, by: Membership) -> Event | None:
    """Closes the room for writing; members may still read."""
    _facilitator(room, by)
    with locked(room.pk) as room:
        if room.state == Room.State.CLOSED:
            return None
        room.state = Room.State.CLOSED
        return _act(room, Event.Kind.CLOSED, by=by)


def pause(room: Room, *, by: Membership) -> Event | None:
    """Stops parents' writing for a while; facilitators can write."""
    _facilitator(room, by)
    with locked(room.pk) as room:
        if room.state != Room.State.OPEN:
            raise Refused("not_allowed", _("Only an open room can be paused."))
        room.state = Room.State.PAUSED
        return _act(room, Event.Kind.PAUSED, by=by)


def unpause(room: Room, *, by: Membership) -> Event | None:
    """Lets everybody write again."""
    _facilitator(room, by)
    with locked(room.pk) as room:
        if room.state != Room.State.PAUSED:
            raise Refused("not_allowed", _("The room is not paused."))
        room.state = Room.State.OPEN
        return _act(room, Event.Kind.RESUMED, by=by)


def set_mode(room: Room, mode: str, *, by: Membership) -> Event | None:
    """Chooses which messages wait for a facilitator: one of Room.Mode."""
    _facilitator(room, by)
    if mode not in Room.Mode.values:
        raise Refused("invalid", field="mode")
    with locked(room.pk) as room:
        if room.mode == mode:
            return None
        room.mode = mode
        return _act(room, Event.Kind.MODE, by=by, mode=mode)


def release(held: HeldMessage, *, by: Membership) -> Event:
    """Puts a held message into the log in its writer's name. Decided already: Refused("conflict")."""
    with locked(held.room_id) as room:
        _facilitator(room, by)
        held = _waiting(held)
        if room.state == Room.State.CLOSED:
            raise Refused("closed", _("The room is closed. Open it to release messages."))
        room.head += 1
        room.side_version += 1
        event = Event.objects.create(
            room=room,
            seq=room.head,
            kind=Event.Kind.MESSAGE,
            member=held.member,
            message_id=held.message_id,
            reply_to=held.reply_to,
            body=sealed(room.pk, held.message_id, held.member, held.body, column="body"),
            note=sealed(room.pk, held.message_id, held.member, held.note, column="note") or None,
            body_hash=held.body_hash,
        )
        room.save(update_fields=["head", "side_version"])
        _decide(held, HeldMessage.Decision.RELEASED, by=by)
        return event


def decline(held: HeldMessage, *, by: Membership, reason: str) -> None:
    """Keeps a held message out of the room; its writer reads the reason. Decided already: "conflict"."""
    with locked(held.room_id) as room:
        _facilitator(room, by)
        held = _waiting(held)
        held.reason = reason
        _decide(held, HeldMessage.Decision.DECLINED, by=by)
        beside_changed(room)


def remove(message: Event, *, by: Membership, reason: str) -> Event:
    """Takes a message's text out for everybody, for good, and says so in the log."""
    with locked(message.room_id) as room:
        _facilitator(room, by)
        erase_text(message)
        Report.objects.filter(room=room, target=str(message.message_id), answered_at=None).update(
            answered_at=timezone.now(), answered_by=by.user_id
        )
        room.side_version += 1
        record(what="message.removed", by=by.user_id, about=room, message=str(message.message_id))
        return note(room, Event.Kind.REMOVED, by=by, target=message.message_id, words=reason)


def erase_text(message: Event) -> None:
    """Empties a message of a locked room. Refused("not_allowed") if it is gone already."""
    gone = Event.objects.filter(
        room=message.room_id, seq=message.seq, kind=Event.Kind.MESSAGE, body__isnull=False
    )
    if not gone.update(body=None, note=None):
        raise Refused("not_allowed", _("This message is already gone."))


def mute(member: Membership, *, by: Membership, minutes: int, reason: str, room: Room) -> Mute:
    """Lets a parent read and not write for so many minutes."""
    with locked(room.pk) as room:
        _facilitator(room, by)
        _parent_of(room, member)
        until = timezone.now() + timedelta(minutes=max(1, minutes))
        muted = Mute.objects.create(member=member, by=by.user_id, reason=reason, until=until)
        record(what="member.muted", by=by.user_id, about=member, minutes=minutes)
        beside_changed(room)
        return muted


def unmute(member: Membership, *, by: Membership, room: Room) -> None:
    """Lifts whatever mutes the member."""
    with locked(room.pk) as room:
        _facilitator(room, by)
        _parent_of(room, member)
        Mute.objects.filter(member=member, lifted_at=None).update(lifted_at=timezone.now())
        record(what="member.unmuted", by=by.user_id, about=member)
        beside_changed(room)


def eject(member: Membership, *, by: Membership, reason: str, room: Room) -> Ejection:
    """Suspends a member at once: her sockets close. A second person confirms it or lets her back in."""
    with locked(room.pk) as room:
        _facilitator(room, by)
        _parent_of(room, member)
        member.refresh_from_db(fields=["state"])
        if member.state != Membership.State.ACTIVE:
            raise Refused("not_allowed", _("This member is not in the group any more."))
        ejection = Ejection.objects.create(member=member, by=by.user_id, reason=reason)
        _set_state(member, Membership.State.SUSPENDED)
        Presence.objects.filter(room=room, member=member).delete()
        record(what="member.ejected", by=by.user_id, about=member)
        beside_changed(room)
        return ejection


def confirm_eject(ejection: Ejection, *, by: Membership) -> None:
    """Makes a suspension final. By somebody other than who ejected."""
    with transaction.atomic():
        ejection = Ejection.objects.select_for_update().select_related("member").get(pk=ejection.pk)
        leads(ejection.member.group_id, by)
        if ejection.by == by.user_id:
            raise Refused("not_allowed", _("Somebody else has to confirm this."))
        _undecided(ejection)
        ejection.confirmed_by, ejection.confirmed_at = by.user_id, timezone.now()
        ejection.save(update_fields=["confirmed_by", "confirmed_at"])
        _set_state(ejection.member, Membership.State.LEFT)
        record(what="member.ejection_confirmed", by=by.user_id, about=ejection.member)


def undo_eject(ejection: Ejection, *, by: Membership) -> None:
    """Lets a suspended member back in."""
    with transaction.atomic():
        ejection = Ejection.objects.select_for_update().select_related("member").get(pk=ejection.pk)
        leads(ejection.member.group_id, by)
        _undecided(ejection)
        ejection.undone_by, ejection.undone_at = by.user_id, timezone.now()
        ejection.save(update_fields=["undone_by", "undone_at"])
        _set_state(ejection.member, Membership.State.ACTIVE)
        record(what="member.ejection_undone", by=by.user_id, about=ejection.member)


def answer_report(report: Report, *, by: Membership) -> None:
    """Marks a report as seen to."""
    with locked(report.room_id) as room:
        _facilitator(room, by)
        Report.objects.filter(pk=report.pk, answered_at=None).update(
            answered_at=timezone.now(), answered_by=by.user_id
        )
        record(what="report.answered", by=by.user_id, about=report)
        beside_changed(room)


def answer_signal(signal: Signal, *, by: Membership) -> None:
    """Marks a signal as seen to: somebody has turned to the member."""
    with locked(signal.room_id) as room:
        _facilitator(room, by)
        answered = Signal.objects.filter(pk=signal.pk, answered_at=None).update(
            answered_at=timezone.now(), answered_by=by.user_id
        )
        if answered:
            record(what="signal.answered", by=by.user_id, about=signal)
            beside_changed(room)


def _act(room: Room, kind: Event.Kind, *, by: Membership, **facts: str) -> Event:
    record(what=f"room.{kind}", by=by.user_id, about=room, **facts)
    return note(room, kind, by=by, facts=dict(facts))


def _facilitator(room: Room, member: Membership) -> None:
    leads(room.group_id, member)


def leads(group_id: UUID, member: Membership) -> None:
    """Refused("not_allowed") for whoever does not lead the group now."""
    here = Membership.objects.filter(
        pk=member.pk,
        group=group_id,
        role=Membership.Role.FACILITATOR,
        state=Membership.State.ACTIVE,
        user__is_active=True,
        user__staff_roles__role=StaffRole.Role.FACILITATOR,
    )
    if not here.exists():
        raise Refused("not_allowed")


def _parent_of(room: Room, member: Membership) -> None:
    if member.group_id != room.group_id or member.is_facilitator:
        raise Refused("not_allowed")


def _waiting(held: HeldMessage) -> HeldMessage:
    held = HeldMessage.objects.select_for_update().get(pk=held.pk)
    if held.decision != HeldMessage.Decision.WAITING:
        raise Refused("conflict", _("Somebody has already decided about this message."))
    return held


def _decide(held: HeldMessage, decision: HeldMessage.Decision, *, by: Membership) -> None:
    held.decision, held.decided_by, held.decided_at = decision, by.user_id, timezone.now()
    # The text is in the log now, or nowhere.
    held.body, held.note = "", ""
    held.save(update_fields=["decision", "decided_by", "decided_at", "body", "note", "reason"])
    record(what=f"message.{decision}", by=by.user_id, about=held)


def _undecided(ejection: Ejection) -> None:
    if ejection.confirmed_at or ejection.undone_at:
        raise Refused("conflict", _("Somebody has already decided about this."))


def _set_state(member: Membership, state: Membership.State) -> None:
    member.state = state
    member.save(update_fields=["state"])
    transaction.on_commit(lambda: _tell(member))


def _tell(member: Membership) -> None:
    access_changed.send(sender=Membership, membership=member)
