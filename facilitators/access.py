"""The facilitator's two doors: her own workspace, and the console of a room she facilitates."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest

from peersupport.accounts.models import User
from peersupport.chat.access import Standing, standing_for
from peersupport.chat.models import Room
from peersupport.groups.access import led_by
from peersupport.groups.models import Meeting


def facilitator(request: HttpRequest) -> User:
    """Whoever is signed in, if that is a facilitator. Http404 for everybody else."""
    user = request.user
    if not isinstance(user, User) or not user.has_perm("groups.facilitate"):
        raise Http404
    return user


def console_for(user: User, room_id: UUID) -> Standing:
    """Her standing in a group's room. Http404 alike for a missing room, another kind, and one not hers."""
    standing = standing_for(user, room_id)
    if not standing.facilitates or standing.room.kind != Room.Kind.GROUP:
        raise Http404
    return standing


def meeting_of(user: User, meeting_id: UUID) -> Meeting:
    """A meeting of a group she leads. Http404 alike for a missing one and somebody else's."""
    meeting = (
        Meeting.objects.select_related("group__programme")
        .filter(pk=meeting_id, group__memberships__in=led_by(user))
        .first()
    )
    if meeting is None:
        raise Http404
    return meeting
