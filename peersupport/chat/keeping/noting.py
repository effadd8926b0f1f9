"""Adds an event to a room's log from a verb that uses the ORM: under the same lock, in the same order."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from peersupport.chat import live
from peersupport.chat.hub import calling
from peersupport.chat.keeping import opening
from peersupport.chat.models import Event, Room
from peersupport.groups.models import Membership
from peersupport.vault import keys, sealing

# What verbs may have changed in a room when they note it.
NOTED = (
    *("head", "state", "mode", "attended_at", "alone_since", "side_version"),
    *("stage", "stage_until", "round", "pinned", "exercise", "check_in_asked_at", "slow_seconds"),
)


@contextmanager
def locked(room_id: UUID) -> Iterator[Room]:
    """The room's row, locked until the verb is done; who else wants to write waits. A hint on commit."""
    with transaction.atomic():
        room = Room.objects.select_for_update(no_key=True).get(pk=room_id)
        yield room
        transaction.on_commit(partial(live.hint, room_id))
        if room.kind in {Room.Kind.LINE, Room.Kind.SIDE}:
            transaction.on_commit(partial(calling.call_now, room_id))


@contextmanager
def all_locked(*room_ids: UUID) -> Iterator[dict[UUID, Room]]:
    """Several rooms, locked in the order in which the log locks them: nobody waits in a circle."""
    with transaction.atomic():
        rooms = Room.objects.select_for_update(no_key=True).filter(pk__in=room_ids).order_by("pk")
        yield {room.pk: room for room in rooms}
        for room_id in room_ids:
            transaction.on_commit(partial(live.hint, room_id))


def note(
    room: Room,
    kind: Event.Kind,
    *,
    by: Membership | None,
    target: UUID | None = None,
    words: str = "",
    facts: dict[str, Any] | None = None,
) -> Event:
    """The next event of a locked room. `words` are a reason all may read; they are sealed like a message."""
    message_id = uuid4() if words else None
    room.head += 1
    event = Event.objects.create(
        room=room,
        seq=room.head,
        at=timezone.now(),
        kind=kind,
        member=by,
        message_id=message_id,
        target=target,
        note=sealed(room.pk, message_id, by, words, column="note") if message_id and by else None,
        facts=facts or {},
    )
    room.save(update_fields=[*NOTED])
    return event


def beside_changed(room: Room) -> None:
    """Notes that something beside the log of a locked room changed: held messages, reports, mutes."""
    room.side_version += 1
    room.save(update_fields=["side_version"])


def sealed(room_id: UUID, message_id: UUID, writer: Membership, text: str, *, column: str) -> bytes:
    """A text sealed for a place in the log under its writer's key; empty stays empty."""
    if not text:
        return b""
    place = sealing.place("chat_event", column, opening.event_row(room_id, message_id))
    return sealing.seal(text, key=keys.key_for(writer.pk), at=place)
