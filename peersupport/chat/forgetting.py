"""Erases what one person wrote in rooms, when she asks for it while her group goes on."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from peersupport.accounts.models import User
from peersupport.audit.recording import record
from peersupport.chat.keeping.noting import beside_changed, locked, note
from peersupport.chat.models import (
    CheckIn,
    Ejection,
    Event,
    HeldMessage,
    Mute,
    PrivateWords,
    Report,
    Room,
    Signal,
    Whereabouts,
)
from peersupport.groups.membership import leave
from peersupport.groups.models import Membership, Task
from peersupport.vault import keys


@transaction.atomic
def forget_words_of(*, user: User, by: User | None, now: datetime, **_signal: Any) -> None:
    """She leaves her groups; her words in their rooms and the keys to them are gone. The rows stay, empty.

    Her line and her side room were for her alone: they go whole, with what was answered there.
    """
    for member in Membership.objects.filter(user=user):
        if member.state != Membership.State.LEFT:
            leave(membership=member, by=by, now=now)
        _forget_rooms_of(member)
        for room_id in Room.objects.filter(group=member.group_id).values_list("pk", flat=True):
            _forget(member, room_id, now=now)
        Mute.objects.filter(member=member).update(reason=b"")
        Ejection.objects.filter(member=member).update(reason=b"", word=b"")
        CheckIn.objects.filter(member=member).delete()
        Whereabouts.objects.filter(member=member).delete()
        PrivateWords.objects.filter(member=member).delete()
        Task.objects.filter(about=member).update(asked=b"", next_step=b"")
        keys.destroy(subject=member.pk)
        record(what="member.words_erased", by=by, about=member)


def _forget_rooms_of(member: Membership) -> None:
    # Locked first: whoever is just writing is done before, or finds no room any more.
    hers = list(Room.objects.select_for_update().filter(member=member).order_by("pk"))
    Room.objects.filter(pk__in=[room.pk for room in hers]).delete()


def _forget(member: Membership, room_id: UUID, *, now: datetime) -> None:
    with locked(room_id) as room:
        written = Event.objects.filter(room=room, member=member)
        messages = written.filter(kind=Event.Kind.MESSAGE, body__isnull=False)
        targets = list(messages.order_by("seq").values_list("message_id", flat=True))
        written.update(body=None, note=None)
        held = HeldMessage.objects.filter(room=room, member=member)
        held.filter(decision=HeldMessage.Decision.WAITING).update(
            decision=HeldMessage.Decision.WITHDRAWN, decided_at=now
        )
        held.update(body=b"", note=b"", reason=b"")
        Signal.objects.filter(room=room, member=member).delete()
        Report.objects.filter(room=room, member=member).update(reason=b"", answer=b"")
        beside_changed(room)
        for target in targets:
            note(room, Event.Kind.ERASED, by=None, target=target)
