"""Who is in a room as its page shows them, and who is told that something is not right with one of them."""

from __future__ import annotations

from dataclasses import dataclass

from peersupport.chat.access import Standing, may_enter
from peersupport.chat.models import Room
from peersupport.chat.pages.course_page import CoursePage
from peersupport.chat.pages.wording import WORDS
from peersupport.groups.marks import Mark, mark_of
from peersupport.groups.models import Membership


@dataclass(frozen=True)
class Person:
    """A member as the others see her. `tell`: what the button says by which others are told about her."""

    id: str
    name: str
    mark: Mark
    facilitates: bool
    hand: bool
    quiet: bool
    tell: str
    to_coordinators: bool


def people_of(standing: Standing, course: CoursePage) -> list[Person]:
    """Everybody of the group who may be in the room, facilitators first."""
    members = Membership.objects.filter(group=standing.room.group_id, state=Membership.State.ACTIVE)
    return [
        Person(
            id=f"m_{member.pk.hex}",
            name=member.pseudonym,
            mark=mark_of(member.pk),
            facilitates=member.is_facilitator,
            hand=member.pk in course.hands,
            quiet=member.pk in course.reading_along,
            tell=_tell(standing, member),
            to_coordinators=tells_coordinators(standing, member),
        )
        # Facilitators first, then by name, so that the order says nothing of when somebody came.
        for member in sorted(members[:60], key=lambda one: (not one.is_facilitator, one.pseudonym))
        if may_enter(standing.room, member)
    ]


def tells_coordinators(standing: Standing, about: Membership) -> bool:
    """Whether coordinators alone hear what she says about somebody here."""
    return about.is_facilitator or standing.room.kind != Room.Kind.GROUP


def has_whom_to_tell(standing: Standing) -> bool:
    """Whether there is somebody to whom she can say by this way that something is not right."""
    # Facilitators among themselves, and with one member, have nobody to tell by this way.
    return standing.room.kind == Room.Kind.GROUP or not standing.facilitates


def _tell(standing: Standing, about: Membership) -> str:
    if about.pk == standing.membership.pk or not has_whom_to_tell(standing):
        return ""
    key = "tell_coordinators" if tells_coordinators(standing, about) else "tell"
    return str(WORDS[key]).format(name=about.pseudonym)
