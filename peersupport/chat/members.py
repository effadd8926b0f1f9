"""What a member does with what she wrote herself: takes it back."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from peersupport.chat.keeping.noting import beside_changed, locked, note
from peersupport.chat.models import Event, HeldMessage, Room
from peersupport.chat.moderation import erase_text
from peersupport.chat.protocol.errors import Refused
from peersupport.groups.models import Membership


def retract(message: Event | HeldMessage, *, by: Membership) -> Event | None:
    """Takes back what she wrote herself: the text is erased. A held message just goes."""
    if message.member_id != by.pk:
        raise Refused("not_allowed")
    with locked(message.room_id) as room:
        if isinstance(message, Event):
            erase_text(message)
            return note(room, Event.Kind.RETRACTED, by=by, target=message.message_id)
        held = HeldMessage.objects.select_for_update().get(pk=message.pk)
        if held.decision != HeldMessage.Decision.WAITING:
            raise Refused("conflict")
        held.decision, held.decided_at = HeldMessage.Decision.WITHDRAWN, timezone.now()
        held.body, held.note = "", ""
        held.save(update_fields=["decision", "decided_at", "body", "note"])
        beside_changed(room)
        return None


def message_in(room: Room, message_id: UUID) -> Event:
    """A message of this room's log. Refused("not_allowed") alike for a missing and a foreign one."""
    found = Event.objects.filter(room=room, message_id=message_id, kind=Event.Kind.MESSAGE).first()
    if found is None:
        raise Refused("not_allowed")
    return found
