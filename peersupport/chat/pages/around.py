"""What a room's page says of the group's other rooms: the ways there, what waits, who answers on a line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from peersupport.chat.access import Standing, line_of, others_of
from peersupport.chat.elsewhere.lines import Waiting, waiting_around
from peersupport.chat.hub.attending import present_in
from peersupport.chat.models import Room
from peersupport.chat.pages.wording import WORDS, together
from peersupport.groups.models import Membership


@dataclass(frozen=True)
class Beside:
    """A line or an open side room, and whose it is."""

    room: UUID
    name: str


@dataclass(frozen=True)
class Around:
    """`heading` names this room; `home` is the group's room, `line` her own private line.

    `invitation` is the side room to which she was asked; `waiting` and `asides` are for facilitators. `here`:
    the names of the facilitators who are within call.
    """

    heading: str
    home: UUID
    line: UUID | None
    team: UUID | None
    invitation: UUID | None
    aside: bool
    waiting: list[Waiting]
    asides: list[Beside]
    lines: dict[UUID, UUID]
    here: list[str]

    @property
    def within_call(self) -> str:
        """Who is within call, as a sentence; empty for nobody."""
        return _within_call_words(self.here)


@dataclass(frozen=True)
class Line:
    """A parent's private line, seen from outside the group's room. `within_call` as of Around."""

    room: UUID
    within_call: str


def around_of(standing: Standing, *, now: datetime) -> Around:
    """The other rooms as somebody in this one may know of them."""
    room, others = standing.room, others_of(standing)
    home = next((one.pk for one in others if one.kind == Room.Kind.GROUP), room.pk)
    asides = [one for one in others if one.kind == Room.Kind.SIDE and one.state == Room.State.OPEN]
    mine = not standing.facilitates
    return Around(
        heading=_heading(standing),
        home=home,
        line=next((one.pk for one in others if mine and one.kind == Room.Kind.LINE), None),
        team=next((one.pk for one in others if one.kind == Room.Kind.TEAM), None),
        invitation=next((one.pk for one in asides if mine), None),
        aside=_someone_is_aside(room),
        waiting=[] if mine else waiting_around([home]),
        asides=[] if mine else [Beside(one.pk, one.member.pseudonym) for one in asides if one.member],
        lines={one.member_id: one.pk for one in others if one.kind == Room.Kind.LINE and one.member_id},
        here=_within_call(room, now) if room.kind == Room.Kind.LINE else [],
    )


def line_at_the_door(standing: Standing, *, now: datetime) -> Line:
    """Her line as the page shows it on which she has not yet come in: it is open to her all the same."""
    line = line_of(standing.membership)
    return Line(room=line.pk, within_call=_within_call_words(_within_call(line, now)))


def _heading(standing: Standing) -> str:
    room = standing.room
    name = room.member.pseudonym if room.member and standing.facilitates else ""
    match room.kind:
        case Room.Kind.LINE:
            return (
                _("{name} and the facilitators").format(name=name) if name else _("You and the facilitators")
            )
        case Room.Kind.SIDE:
            return _("Aside with {name}").format(name=name) if name else _("Aside with a facilitator")
        case Room.Kind.TEAM:
            return _("The facilitators")
        case _:
            return room.group.name


def _someone_is_aside(room: Room) -> bool:
    if room.kind != Room.Kind.GROUP:
        return False
    return Room.objects.filter(group=room.group_id, kind=Room.Kind.SIDE, state=Room.State.OPEN).exists()


def _within_call_words(names: list[str]) -> str:
    if not names:
        return ""
    if len(names) == 1:
        return str(WORDS["within_call_one"]).format(name=names[0])
    return str(WORDS["within_call_many"]).format(names=together(names))


def _within_call(room: Room, now: datetime) -> list[str]:
    here = present_in(room, now=now).filter(member__role=Membership.Role.FACILITATOR)
    return sorted(set(here.values_list("member__pseudonym", flat=True)))
