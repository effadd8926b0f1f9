"""Who may enter which room: the one door for pages, API and sockets.

A group's room is for everybody of the group, a line and a side room for one member, the back-channel for no
member; facilitators of the group enter them all. The same stands as SQL in door.ENTER,
keeping.standings.STANDING and watching.LOOK.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404

from peersupport.accounts.models import User
from peersupport.chat.models import Room
from peersupport.groups.access import membership_for
from peersupport.groups.models import Membership

# Of one group: as many as it can have several times over.
MOST = 100


@dataclass(frozen=True)
class Standing:
    """A room and the membership by which somebody stands in it."""

    room: Room
    membership: Membership

    @property
    def facilitates(self) -> bool:
        return self.membership.is_facilitator


def standing_for(user: User, room_id: UUID) -> Standing:
    """Her standing in a room. Http404 alike for a missing room and for one she may not enter."""
    room = (
        Room.objects.select_related("group__programme", "member")
        .filter(
            pk=room_id,
            group__memberships__user=user,
            group__memberships__state=Membership.State.ACTIVE,
        )
        .first()
    )
    if room is None:
        raise Http404
    membership = membership_for(user, room.group.slug)
    if not may_enter(room, membership):
        raise Http404
    return Standing(room=room, membership=membership)


def may_enter(room: Room, membership: Membership) -> bool:
    """Whether a room of her own group is open to an active member."""
    return room.kind == Room.Kind.GROUP or membership.is_facilitator or room.member_id == membership.pk


def rooms_for(membership: Membership) -> QuerySet[Room]:
    """Every room of her group that she may enter."""
    rooms = Room.objects.filter(group=membership.group_id)
    if membership.is_facilitator:
        return rooms
    return rooms.filter(Q(kind=Room.Kind.GROUP) | Q(member=membership))


def room_of(membership: Membership) -> Room:
    """The room of a member's group, made at its first use."""
    room, _made = Room.objects.get_or_create(group=membership.group, kind=Room.Kind.GROUP)
    return room


def line_of(membership: Membership) -> Room:
    """A parent's private line, made at its first use. Http404 for facilitators: they read everybody's."""
    if membership.is_facilitator:
        raise Http404
    line, _made = Room.objects.get_or_create(
        group=membership.group,
        kind=Room.Kind.LINE,
        member=membership,
        defaults={"state": Room.State.OPEN},
    )
    return line


def others_of(standing: Standing) -> list[Room]:
    """The other rooms of her group that she may enter; what the group lacked is made."""
    rooms = rooms_for(standing.membership).exclude(pk=standing.room.pk).select_related("member")
    if _lacks(standing.membership):
        furnish(standing.membership.group_id)
    return list(rooms.order_by("kind", "member__pseudonym")[:MOST])


def _lacks(membership: Membership) -> bool:
    lines = Room.objects.filter(group=membership.group_id, kind=Room.Kind.LINE)
    if not membership.is_facilitator:
        return not lines.filter(member=membership).exists()
    team = Room.objects.filter(group=membership.group_id, kind=Room.Kind.TEAM)
    return not team.exists() or parents_of(membership.group_id).exclude(rooms__in=lines).exists()


def furnish(group_id: UUID) -> None:
    """Makes what a group still lacks: its room, the back-channel, a line for each parent."""
    lacking = parents_of(group_id).exclude(rooms__kind=Room.Kind.LINE)
    rooms = [
        Room(group_id=group_id, kind=Room.Kind.GROUP),
        Room(group_id=group_id, kind=Room.Kind.TEAM, state=Room.State.OPEN),
        *(
            Room(group_id=group_id, kind=Room.Kind.LINE, member=member, state=Room.State.OPEN)
            for member in lacking
        ),
    ]
    Room.objects.bulk_create(rooms, ignore_conflicts=True)


def parents_of(group_id: UUID) -> QuerySet[Membership]:
    """The parents who belong to a group now."""
    return Membership.objects.filter(
        group=group_id, role=Membership.Role.PARENT, state=Membership.State.ACTIVE
    )
