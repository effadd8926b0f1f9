"""A room's log as a page without JavaScript shows it: the fold of its newest events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from peersupport.chat import opening
from peersupport.chat.access import Standing
from peersupport.chat.models import Event, HeldMessage
from peersupport.vault import keys

NEWEST = 200


@dataclass(frozen=True)
class Message:
    """One message as its reader sees it; `gone` says why there is no text any more."""

    id: UUID
    seq: int
    at: datetime
    member_id: UUID
    name: str
    role: str
    own: bool
    body: str | None
    note: str | None
    reply_to: UUID | None
    gone: str = ""


def messages_of(standing: Standing) -> list[Message]:
    """The newest messages of the room, oldest first, at most NEWEST."""
    events = (
        Event.objects.filter(room=standing.room, kind=Event.Kind.MESSAGE)
        .select_related("member")
        .order_by("-seq")[:NEWEST]
    )
    found = list(reversed(events))
    keys.load({event.member_id for event in found if event.member_id})
    gone = dict(
        Event.objects.filter(
            room=standing.room,
            kind__in=[Event.Kind.REMOVED, Event.Kind.RETRACTED, Event.Kind.ERASED],
            target__in=[event.message_id for event in found if event.body is None],
        ).values_list("target", "kind")
    )
    return [_message(event, standing, gone.get(event.message_id, "")) for event in found]


def own_held(standing: Standing) -> list[HeldMessage]:
    """Her own messages that wait for a facilitator, or were declined with a reason she may read."""
    wanted = [HeldMessage.Decision.WAITING, HeldMessage.Decision.DECLINED]
    return list(
        HeldMessage.objects.filter(
            room=standing.room, member=standing.membership, decision__in=wanted
        ).order_by("held_at")[:NEWEST]
    )


def all_held(standing: Standing) -> list[HeldMessage]:
    """Everything that waits in the room, longest waiting first. For facilitators."""
    assert standing.facilitates
    waiting = HeldMessage.objects.filter(room=standing.room, decision=HeldMessage.Decision.WAITING)
    return list(waiting.select_related("member").order_by("held_at")[:NEWEST])


def _message(event: Event, standing: Standing, gone: str) -> Message:
    member, message_id = event.member, event.message_id
    assert member is not None
    assert message_id is not None
    cipher = _key(member.pk) if event.body or event.note else None
    return Message(
        id=message_id,
        seq=event.seq,
        at=event.at,
        member_id=member.pk,
        name=member.pseudonym,
        role=member.role,
        own=member.pk == standing.membership.pk,
        body=opening.open_text(cipher, _bytes(event.body), "body", standing.room.pk, message_id),
        note=opening.open_text(cipher, _bytes(event.note), "note", standing.room.pk, message_id),
        reply_to=event.reply_to,
        gone=gone,
    )


def _key(subject: UUID) -> AESGCM | None:
    try:
        return keys.key_for(subject)
    except keys.KeyDestroyed:
        return None


def _bytes(value: bytes | memoryview | None) -> bytes | None:
    return None if value is None else bytes(value)
