"""A coordinator offers a seat in a group, and may take the offer back."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from peersupport.accounts.models import User
from peersupport.audit.recording import record
from peersupport.groups import schedule
from peersupport.groups.models import SupportGroup
from peersupport.joining import seats, telling
from peersupport.joining.access import token_hash
from peersupport.joining.applying import NotPossibleNow
from peersupport.joining.conflicts import turns
from peersupport.joining.conflicts.checking import Clash, clashes
from peersupport.joining.models import Application, Placement

State = Application.State
# Groups that may take somebody in.
OPEN = (SupportGroup.State.FORMING, SupportGroup.State.RUNNING)


class NoSeat(Exception):
    """The last seat of the group is taken."""


class GroupClosed(Exception):
    """The group takes nobody in any more."""


class LookedInto(models.TextChoices):
    """What a coordinator has found out about a match that may be chance. Own words would name people."""

    SOMEBODY_ELSE = "somebody_else", _("It is somebody else with a similar name or number")
    BOTH_AGREE = "both_agree", _("Both know, and both said they want to be in one group")


class Conflict(Exception):
    """She would meet somebody she must not meet. `clash` says how certain that is, and never whom."""

    def __init__(self, clash: Clash) -> None:
        super().__init__(clash.strength)
        self.clash = clash


@transaction.atomic
def offer(
    *,
    application: Application,
    group: SupportGroup,
    by: User,
    now: datetime,
    looked_into: LookedInto | None = None,
) -> Placement:
    """Keeps a seat for the applicant and tells her, in words that give nothing away.

    Raises NoSeat, GroupClosed, NotPossibleNow where the applicant is not waiting for a place, and Conflict
    where she and somebody there must not meet; if that is not sure, `looked_into` says that it is no reason.
    """
    turns.before_offering()
    # Row lock on the group first: seats are counted and taken by one coordinator at a time.
    group = SupportGroup.objects.select_for_update().get(pk=group.pk)
    fresh = Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
    if fresh.state != State.WAITING:
        raise NotPossibleNow
    closes = schedule.closes_at(list(group.meetings.all()))
    if group.state not in OPEN or closes is None or closes <= now:
        raise GroupClosed
    if seats.left(group, now) < 1:
        raise NoSeat
    checked = keep_apart(fresh, group, looked_into)
    token = secrets.token_urlsafe(24)
    placement = Placement.objects.create(
        application=fresh,
        group=group,
        token_hash=token_hash(token),
        offered_by=by.pk,
        offered_at=now,
        answer_by=min(now + timedelta(days=settings.OFFER_DAYS), closes),
    )
    fresh.state, fresh.changed_at = State.OFFERED, now
    fresh.save(update_fields=["state", "changed_at"])
    record(what="place.offered", by=by, about=fresh, group=str(group.pk), **checked)
    telling.invitation(application=fresh, token=token, now=now)
    return placement


@transaction.atomic
def take_back(*, placement: Placement, by: User, now: datetime) -> None:
    """Withdraws an offer that was not answered; she waits again. Raises NotPossibleNow."""
    fresh = Placement.objects.select_for_update(of=("self",)).get(pk=placement.pk)
    if fresh.state != Placement.State.OFFERED:
        raise NotPossibleNow
    fresh.state, fresh.answered_at = Placement.State.TAKEN_BACK, now
    fresh.save(update_fields=["state", "answered_at"])
    Application.objects.filter(pk=fresh.application_id, state=State.OFFERED).update(
        state=State.WAITING, changed_at=now
    )
    record(what="place.taken_back", by=by, about=fresh.application, group=str(fresh.group_id))
    telling.news(application=fresh.application, now=now)


def keep_apart(
    application: Application, group: SupportGroup, looked_into: LookedInto | None
) -> dict[str, str]:
    """Raises Conflict. Gives what the audit record says of a match that was looked into; mostly nothing."""
    clash = clashes(application, group)
    if clash is None:
        return {}
    if clash.is_sure or looked_into is None:
        raise Conflict(clash)
    return {"match": " ".join(clash.sorts), "looked_into": str(LookedInto(looked_into))}
