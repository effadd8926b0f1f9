"""People come into a group and leave it."""

from __future__ import annotations

from datetime import datetime

from django.db import models, transaction
from django.db.models import F

from peersupport.accounts.models import User
from peersupport.audit.recording import record
from peersupport.groups import pseudonyms
from peersupport.groups.marks import id_with_free_mark
from peersupport.groups.models import Membership, SupportGroup
from peersupport.groups.neutral import telling
from peersupport.groups.signals import access_changed


class GroupFull(Exception):
    """As many parents as the programme allows belong to the group already."""


class PseudonymTaken(Exception):
    """Somebody in the group goes, or went, by this name, or the group does; or it gives something away."""


class AlreadyMember(Exception):
    """The person belongs to the group now."""


@transaction.atomic
def admit(
    *,
    user: User,
    group: SupportGroup,
    by: models.Model | None,
    role: Membership.Role = Membership.Role.PARENT,
    pseudonym: str | None = None,
    now: datetime,
) -> Membership:
    """Makes `user` a member under a pseudonym (a free one if none is given).

    Somebody who left comes back under the name she had. Raises GroupFull, PseudonymTaken, AlreadyMember.
    """
    # Row lock: seats are counted and names compared by one admission at a time.
    group = SupportGroup.objects.select_for_update().select_related("programme").get(pk=group.pk)
    before = Membership.objects.filter(group=group, user=user).first()
    if before is not None and before.state != Membership.State.LEFT:
        raise AlreadyMember
    if role == Membership.Role.PARENT and parents(group).count() >= group.programme.maximum:
        raise GroupFull
    # Who leads goes by a name of her own.
    if role == Membership.Role.PARENT and pseudonym is not None and telling(pseudonym):
        raise PseudonymTaken
    membership = before or _new(group, user, pseudonym)
    membership.role, membership.state = role, Membership.State.ACTIVE
    membership.since, membership.left_at = now, None
    membership.save()
    record(what="membership.admitted", by=by, about=membership, group=str(group.pk), role=str(role))
    _tell(membership)
    return membership


@transaction.atomic
def leave(*, membership: Membership, by: models.Model | None, now: datetime, reason: str = "") -> None:
    """Ends a membership: the seat is free at once, open rooms close for this person.

    `reason` is a word for the record ("transfer"), never a story; whoever leaves by herself gives none.
    """
    membership.state, membership.left_at = Membership.State.LEFT, now
    membership.save(update_fields=["state", "left_at"])
    why = {"reason": reason} if reason else {}
    record(what="membership.left", by=by, about=membership, group=str(membership.group_id), **why)
    _tell(membership)


def parents(group: SupportGroup) -> models.QuerySet[Membership]:
    """The parents who hold a seat in the group."""
    return Membership.objects.filter(group=group, role=Membership.Role.PARENT).exclude(
        state=Membership.State.LEFT
    )


def _new(group: SupportGroup, user: User, pseudonym: str | None) -> Membership:
    if pseudonym is not None and pseudonyms.folded(pseudonym) in pseudonyms.taken(group):
        raise PseudonymTaken
    before = Membership.objects.filter(group=group).values_list("pk", flat=True)
    return Membership(
        # Also who left keeps a mark: she may come back, and what she wrote still carries it.
        id=id_with_free_mark(before),
        group=group,
        user=user,
        pseudonym=pseudonym or pseudonyms.free(group, most=1)[0],
    )


def _tell(membership: Membership) -> None:
    # Open sockets compare this number; a change made by another process reaches them by it.
    User.objects.filter(pk=membership.user_id).update(access_version=F("access_version") + 1)
    transaction.on_commit(lambda: access_changed.send(Membership, membership=membership))
