"""Who may decide in a room, and how she is called to those who work with her."""

from __future__ import annotations

from uuid import UUID

from django.db import models
from django.utils.translation import gettext as _

from peersupport.accounts.models import StaffRole, User
from peersupport.chat.protocol.errors import Refused
from peersupport.groups.models import Membership


def leads(group_id: UUID, member: Membership) -> None:
    """Refused("not_allowed") for whoever does not lead the group now."""
    if not _leading(group_id).filter(pk=member.pk).exists():
        raise Refused("not_allowed")


def decides(group_id: UUID, user: User) -> None:
    """Refused("not_allowed") for whoever neither leads the group now nor coordinates."""
    if not user.has_perm("groups.coordinate") and not _leading(group_id).filter(user=user).exists():
        raise Refused("not_allowed")


def name_of(user_id: UUID | None, *, group_id: UUID) -> str:
    """Who decided, in the words of the facilitators: a pseudonym, or that it was the coordinator."""
    seat = Membership.objects.filter(group=group_id, user=user_id).first() if user_id else None
    return seat.pseudonym if seat else _("The coordinator")


def _leading(group_id: UUID) -> models.QuerySet[Membership]:
    return Membership.objects.filter(
        group=group_id,
        role=Membership.Role.FACILITATOR,
        state=Membership.State.ACTIVE,
        user__is_active=True,
        user__staff_roles__role=StaffRole.Role.FACILITATOR,
    )
