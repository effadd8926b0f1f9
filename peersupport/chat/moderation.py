"""What facilitators do in a room and with what is written there: checked, under the room's lock, audited.

Who is quieted or put out stands in quieting.py and ejecting.py, what is reported in reports.py.
"""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from peersupport.audit.recording import record
from peersupport.chat.hub.attending import present_in
from peersupport.chat.keeping.noting import beside_changed, locked, note, sealed
from peersupport.chat.meeting import rounds
from peersupport.chat.models import Event, HeldMessage, ReadFirst, Report, Room
from peersupport.chat.moderating import kind_words
from peersupport.chat.moderating.authority import leads, name_of
from peersupport.chat.protocol.errors import Refused
from peersupport.groups import running
from peersupport.groups.models import Membership

TO_OPEN = 2


def facilitators_here(room: Room, *, now: datetime) -> int:
    """How many different facilitators are here, one in a side room included."""
    here = present_in(room, now=now).filter(member__role=Membership.Role.FACILITATOR)
    return here.values("member").distinct().count()


def open_room(room: Room, *, by: Membership) -> Event | None:
    """Opens the room; None if it is open. Refused("not_allowed") with fewer than two facilitators here."""
    leads(room.group_id, by)
    with locked(room.pk) as room:
        if room.state == Room.State.OPEN:
            return None
        now = timezone.now()
        here = facilitators_here(room, now=now)
        if here < TO_OPEN:
            raise Refused(
                "not_allowed", _("Two facilitators must be here before the room opens."), facilitators=here
            )
        room.state, room.attended_at, room.alone_since = Room.State.OPEN, now, None
        running.room_opened(group_id=room.group_id)
        return _act(room, Event.Kind.OPENED, by=by)


def close(room: Room, *, by: Membership) -> Event | None:
    """Closes the room for writing; members may still read."""
    leads(room.group_id, by)
    with locked(room.pk) as room:
        if room.state == Room.State.CLOSED:
            return None
        room.state, room.alone_since = Room.State.CLOSED, None
        room.end_course()
        running.room_closed(group_id=room.group_id, at=timezone.now())
        # Whose messages are read first is decided anew at every meeting.
        ReadFirst.objects.filter(member__group=room.group_id, lifted_at=None).update(lifted_at=timezone.now())
        return _act(room, Event.Kind.CLOSED, by=by)


def pause(room: Room, *, by: Membership, exercise: str = "") -> Event | None:
    """Stops parents' writing for a while; facilitators can write. Every page shows the exercise, if any.

    In a pause another exercise, one of exercises.EXERCISES, takes the place of the first.
    """
    leads(room.group_id, by)
    with locked(room.pk) as room:
        if room.state == Room.State.CLOSED or (room.state == Room.State.PAUSED and not exercise):
            raise Refused("not_allowed", _("Only an open room can be paused."))
        room.state, room.exercise = Room.State.PAUSED, exercise
        return _act(room, Event.Kind.PAUSED, by=by, **({"exercise": exercise} if exercise else {}))


def unpause(room: Room, *, by: Membership) -> Event | None:
    """Lets everybody write again."""
    leads(room.group_id, by)
    with locked(room.pk) as room:
        if room.state != Room.State.PAUSED:
            raise Refused("not_allowed", _("The room is not paused."))
        room.state, room.exercise = Room.State.OPEN, ""
        if room.round is not None:
            room.round = rounds.stored(rounds.go_on(rounds.restored(room.round), now=timezone.now()))
            room.side_version += 1
        return _act(room, Event.Kind.RESUMED, by=by)


def set_mode(room: Room, mode: str, *, by: Membership) -> Event | None:
    """Chooses which messages wait for a facilitator: one of Room.Mode."""
    leads(room.group_id, by)
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
        leads(room.group_id, by)
        held = _waiting(held, room)
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


def decline(held: HeldMessage, *, by: Membership, template: str = "", reason: str = "") -> None:
    """Keeps a held message out of the room; its writer reads why. Decided already: Refused("conflict").

    The text is erased for good, so that this cannot be undone; she may write it again, and may ask that
    somebody else looks at the decision.
    """
    why = kind_words.reason("decline", template=template, words=reason)
    with locked(held.room_id) as room:
        leads(room.group_id, by)
        held = _waiting(held, room)
        held.template, held.reason = why.template, why.words
        _decide(held, HeldMessage.Decision.DECLINED, by=by, why=why.category)
        beside_changed(room)


def remove(message: Event, *, by: Membership, template: str = "", reason: str = "") -> Event:
    """Takes a message's text out for everybody, for good, and says so in the log.

    Removed already: Refused("conflict") with who did it.
    """
    why = kind_words.reason("remove", template=template, words=reason)
    with locked(message.room_id) as room:
        leads(room.group_id, by)
        _not_removed(message, room)
        erase_text(message)
        if message.member_id != by.pk:
            # What is reported of her own words waits for somebody else.
            Report.objects.filter(
                room=room, target=str(message.message_id), kind=Report.Kind.MESSAGE, answered_at=None
            ).update(answered_at=timezone.now(), answered_by=by.user_id)
        room.side_version += 1
        record(
            what="message.removed",
            by=by.user_id,
            about=room,
            message=str(message.message_id),
            why=why.category,
        )
        facts = {"template": why.template} if why.template and not why.words else {}
        return note(
            room, Event.Kind.REMOVED, by=by, target=message.message_id, words=why.words, facts=dict(facts)
        )


def erase_text(message: Event) -> None:
    """Empties a message of a locked room. Refused("not_allowed") if it is gone already."""
    gone = Event.objects.filter(
        room=message.room_id, seq=message.seq, kind=Event.Kind.MESSAGE, body__isnull=False
    )
    if not gone.update(body=None, note=None):
        raise Refused("not_allowed", _("This message is already gone."))


def _act(room: Room, kind: Event.Kind, *, by: Membership, **facts: str) -> Event:
    record(what=f"room.{kind}", by=by.user_id, about=room, **facts)
    return note(room, kind, by=by, facts=dict(facts))


def _waiting(held: HeldMessage, room: Room) -> HeldMessage:
    held = HeldMessage.objects.select_for_update().get(pk=held.pk)
    if held.decision == HeldMessage.Decision.WITHDRAWN:
        raise Refused("conflict", _("Its writer has taken it back."), decision=held.decision)
    if held.decision != HeldMessage.Decision.WAITING:
        name = name_of(held.decided_by, group_id=room.group_id)
        words = (
            _("{name} has already let it into the room.")
            if held.decision == HeldMessage.Decision.RELEASED
            else _("{name} has already declined it.")
        )
        raise Refused("conflict", words.format(name=name), decision=held.decision, decided_by=name)
    return held


def _not_removed(message: Event, room: Room) -> None:
    removed = Event.objects.filter(room=room, kind=Event.Kind.REMOVED, target=message.message_id)
    before = removed.select_related("member").first()
    if before is not None:
        name = before.member.pseudonym if before.member else _("The coordinator")
        words = _("{name} has already removed it.").format(name=name)
        raise Refused("conflict", words, decision="removed", decided_by=name)


def _decide(held: HeldMessage, decision: HeldMessage.Decision, *, by: Membership, why: str = "") -> None:
    held.decision, held.decided_by, held.decided_at = decision, by.user_id, timezone.now()
    # The text is in the log now, or nowhere.
    held.body, held.note = "", ""
    held.save(update_fields=["decision", "decided_by", "decided_at", "body", "note", "template", "reason"])
    record(what=f"message.{decision}", by=by.user_id, about=held, **({"why": why} if why else {}))
