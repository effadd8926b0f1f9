"""Who may enter which room: the one door for pages, API and sockets."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import Http404

from peersupport.accounts.models import User
from peersupport.chat.models import Room
from peersupport.groups.access import membership_for
from peersupport.groups.models import Membership


@dataclass(frozen=True)
class Standing:
    """A room and the membership by which somebody stands in it."""

    room: Room
    membership: Membership

    @property
    def facilitates(self) -> bool:
        return self.membership.is_facilitator


def standing_for(user: User, room_id: UUID) -> Standing:
    """Her standing in a room. Http404 alike for a missing room and for one she does not belong to."""
    room = (
        Room.objects.select_related("group__programme")
        .filter(
            pk=room_id,
            group__memberships__user=user,
            group__memberships__state=Membership.State.ACTIVE,
        )
        .first()
    )
    if room is None:
        raise Http404
    return Standing(room=room, membership=membership_for(user, room.group.slug))


def room_of(membership: Membership) -> Room:
    """The room of a member's group, made at its first use."""
    room, _made = Room.objects.get_or_create(group=membership.group, kind=Room.Kind.GROUP)
    return room
