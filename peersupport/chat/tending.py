"""Looks after rooms by the clock: erases what has had its time."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Model

from peersupport.audit.recording import record
from peersupport.chat.models import (
    CheckIn,
    Ejection,
    Escalation,
    Event,
    HeldMessage,
    Mute,
    Presence,
    PrivateWords,
    ReadFirst,
    ReadMark,
    Report,
    Room,
    Signal,
)
from peersupport.groups import rearranging
from peersupport.groups.models import Membership, SupportGroup, Task
from peersupport.vault import keys
from peersupport.work.one_by_one import in_pages, one_by_one

FORGET_PRESENCE = timedelta(minutes=1)


def forget_presence(now: datetime) -> None:
    """Deletes the notes of processes that ended without saying goodbye."""
    Presence.objects.filter(seen_at__lt=now - FORGET_PRESENCE).delete()


def erase_ended(now: datetime) -> None:
    """Erases the rooms and memberships of groups that ended, or were cancelled, ROOM_TEXT_DAYS ago."""
    limit = now - timedelta(days=settings.ROOM_TEXT_DAYS)
    over = [SupportGroup.State.ENDED, SupportGroup.State.CANCELLED]
    ended = SupportGroup.objects.filter(state__in=over, ended_at__lt=limit, memberships__isnull=False)
    one_by_one(in_pages(ended.distinct()), erase_group, what="erasing a group")


def erase_group(group: SupportGroup) -> None:
    """Destroys what a group wrote: first the keys, so that copies and dumps die with them, then the rows."""
    with transaction.atomic():
        # Locked first: whoever is just writing is done before the keys go, or finds no room any more.
        rooms = list(Room.objects.select_for_update().filter(group=group))
        members = Membership.objects.filter(group=group)
        for member_id in members.values_list("pk", flat=True):
            keys.destroy(subject=member_id)
        of_rooms: list[type[Model]] = [Event, HeldMessage, Report, CheckIn, Signal, Presence, ReadMark]
        for model in of_rooms:
            model._default_manager.filter(room__in=rooms).delete()
        of_members: list[type[Model]] = [Mute, ReadFirst, Ejection, PrivateWords]
        for model in of_members:
            model._default_manager.filter(member__in=members).delete()
        Escalation.objects.filter(group=group).delete()
        Task.objects.filter(group=group).delete()
        rearranging.forget_changes(group=group)
        record(what="group.erased", by=None, about=group, members=members.count())
        Room.objects.filter(group=group).delete()
        members.delete()
