"""A member reads for a while and does not write, or has her messages read first; or all write more slowly.

All of it can be undone.
"""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from peersupport.audit.recording import record
from peersupport.chat.keeping.noting import beside_changed, locked, note
from peersupport.chat.models import Event, Mute, ReadFirst, Room
from peersupport.chat.moderating import kind_words
from peersupport.chat.moderating.authority import leads, name_of
from peersupport.chat.protocol.errors import Refused
from peersupport.groups.models import Membership

# Longer than any meeting; closing the room ends it sooner.
A_MEETING = timedelta(hours=4)
SLOW_LEAST, SLOW_MOST = 5, 600


def mute(
    member: Membership, *, by: Membership, minutes: int, room: Room, template: str = "", reason: str = ""
) -> Mute:
    """Lets a parent read and not write for so many minutes. She reads until when, and why.

    Refused("conflict") where a colleague has done so; whoever did it herself says anew for how long, and why.
    """
    why = kind_words.reason("mute", template=template, words=reason)
    with locked(room.pk) as room:
        leads(room.group_id, by)
        parent_of(room, member)
        _replace_own_mute(member, by=by, room=room)
        until = timezone.now() + timedelta(minutes=max(1, minutes))
        muted = Mute.objects.create(
            member=member, by=by.user_id, template=why.template, reason=why.words, until=until
        )
        record(what="member.muted", by=by.user_id, about=member, minutes=minutes, why=why.category)
        beside_changed(room)
        return muted


def _replace_own_mute(member: Membership, *, by: Membership, room: Room) -> None:
    now = timezone.now()
    before = Mute.objects.filter(member=member, lifted_at=None, until__gt=now)
    theirs = before.exclude(by=by.user_id).first()
    if theirs is not None:
        name = name_of(theirs.by, group_id=room.group_id)
        words = _("{name} has already let this person only read for a while.").format(name=name)
        raise Refused("conflict", words, decision="muted", decided_by=name)
    before.update(lifted_at=now)


def unmute(member: Membership, *, by: Membership, room: Room) -> None:
    """Lifts whatever mutes the member."""
    with locked(room.pk) as room:
        leads(room.group_id, by)
        parent_of(room, member)
        Mute.objects.filter(member=member, lifted_at=None).update(lifted_at=timezone.now())
        record(what="member.unmuted", by=by.user_id, about=member)
        beside_changed(room)


def slow_down(room: Room, seconds: int, *, by: Membership) -> Event | None:
    """Lets each parent write once in so many seconds; 0 ends it, and so does closing the room.

    Nobody is muted by it and nothing is lost: what comes too soon goes out a little later.
    """
    leads(room.group_id, by)
    if seconds and not SLOW_LEAST <= seconds <= SLOW_MOST:
        raise Refused("invalid", field="seconds")
    with locked(room.pk) as room:
        if room.state == Room.State.CLOSED:
            raise Refused("closed")
        if room.slow_seconds == seconds:
            return None
        room.slow_seconds = seconds
        record(what="room.slow", by=by.user_id, about=room, seconds=seconds)
        return note(room, Event.Kind.SLOW, by=by, facts={"seconds": seconds})


def read_first(member: Membership, on: bool, *, by: Membership, room: Room) -> None:
    """Has every message of a parent wait for a facilitator, until the room closes or this is lifted."""
    with locked(room.pk) as room:
        leads(room.group_id, by)
        parent_of(room, member)
        now = timezone.now()
        before = ReadFirst.objects.filter(member=member, lifted_at=None, until__gt=now)
        if before.exists() == on:
            return
        if on:
            ReadFirst.objects.create(member=member, by=by.user_id, since=now, until=now + A_MEETING)
        else:
            before.update(lifted_at=now)
        record(what="member.read_first", by=by.user_id, about=member, on=on)
        beside_changed(room)


def parent_of(room: Room, member: Membership) -> None:
    """Refused("not_allowed") for whoever is no parent of the room's group."""
    if member.group_id != room.group_id or member.is_facilitator:
        raise Refused("not_allowed")
