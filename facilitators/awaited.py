"""Meetings whose room nobody has opened, as the facilitators' pages show them: parents wait."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count

from peersupport.chat.hub.attending import here_now
from peersupport.chat.models import Room
from peersupport.chat.moderating import not_opened
from peersupport.groups.models import Meeting, Membership


@dataclass(frozen=True)
class Awaited:
    """A meeting that is on and whose room was not opened: how many parents wait there, whether they and the
    coordinators were told."""

    meeting: Meeting
    waiting: int
    told: bool


def awaited_in(meetings: Iterable[tuple[Room, Meeting]], *, now: datetime) -> dict[UUID, Awaited]:
    """Those of these meetings that are waited for, by their room."""
    on = {room.pk: meeting for room, meeting in meetings if not_opened.never_opened(room, meeting, now=now)}
    if not on:
        return {}
    parents = here_now(now=now).filter(room__in=on, member__role=Membership.Role.PARENT)
    waiting = dict(parents.order_by().values_list("room").annotate(Count("member", distinct=True)))
    told = not_opened.told_of(meeting.pk for meeting in on.values())
    return {
        room: Awaited(meeting=meeting, waiting=waiting.get(room, 0), told=meeting.pk in told)
        for room, meeting in on.items()
    }
