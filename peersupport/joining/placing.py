"""A coordinator offers a seat in a group, and may take the offer back."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from itertools import chain

from django.conf import settings
from django.db import models, transaction
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peersupport.accounts.languages import spoken
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
TAKES_A_SEAT = (Placement.State.OFFERED, Placement.State.ACCEPTED)
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
    seen: str = "",
) -> Placement:
    """Keeps a seat for the applicant and tells her, in words that give nothing away.

    Raises NoSeat, GroupClosed, NotPossibleNow where the applicant is not waiting for a place, and Conflict
    where she and somebody there must not meet; if that is not sure, `looked_into` says that it is no reason,
    of the matches that were `seen` (`Clash.seen`) and of no others.
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
    clash = keep_apart(fresh, group, looked_into, seen=seen)
    token = secrets.token_urlsafe(24)
    placement = Placement.objects.create(
        application=fresh,
        group=group,
        token_hash=token_hash(token),
        offered_by=by.pk,
        offered_at=now,
        answer_by=min(now + timedelta(days=settings.OFFER_DAYS), closes),
        looked_into=to_keep(clash),
    )
    seen_to(application=fresh)
    fresh.state, fresh.changed_at = State.OFFERED, now
    fresh.note = fresh.note.replace(not_given_words(fresh), "").strip()
    fresh.save(update_fields=["state", "changed_at", "note"])
    record(what="place.offered", by=by, about=fresh, group=str(group.pk), **in_record(clash, looked_into))
    telling.invitation(application=fresh, token=token, now=now)
    return placement


@transaction.atomic
def take_back(*, placement: Placement, by: User, now: datetime) -> None:
    """Withdraws an offer that was not answered; she waits again. Raises NotPossibleNow."""
    fresh = Placement.objects.select_for_update(of=("self",)).get(pk=placement.pk)
    if fresh.state != Placement.State.OFFERED:
        raise NotPossibleNow
    fresh.end(Placement.State.TAKEN_BACK, now=now)
    Application.objects.filter(pk=fresh.application_id, state=State.OFFERED).update(
        state=State.WAITING, changed_at=now
    )
    record(what="place.taken_back", by=by, about=fresh.application, group=str(fresh.group_id))
    telling.news(application=fresh.application, now=now)


def not_given_words(application: Application) -> str:
    """What stands at her return code where a place was not given, whatever the reason; in her language."""
    with translation.override(spoken(application.language)):
        return gettext(
            "This place could not be given after all. It is nothing that you did. You keep your turn, and a "
            "coordinator will be in touch with you."
        )


def seen_to(*, application: Application) -> None:
    """A coordinator has been in touch with whoever was not given the place she wanted."""
    held = application.placements.filter(state=Placement.State.HELD)
    held.update(state=Placement.State.TAKEN_BACK)


def keep_apart(
    application: Application, group: SupportGroup, looked_into: LookedInto | None, *, seen: str
) -> Clash | None:
    """The match that was looked into; mostly there is none. Raises Conflict."""
    clash = clashes(application, group)
    if clash is not None and (clash.is_sure or looked_into is None or clash.seen != seen):
        raise Conflict(clash)
    return clash


def look_again(application: Application, group: SupportGroup) -> None:
    """When she comes in: somebody may have been named, placed or made a facilitator since the offer.

    A match that was looked into when the other one was offered a place there is the same match.
    Raises Conflict.
    """
    clash = clashes(application, group)
    if clash is None:
        return
    there = Placement.objects.filter(group=group, state__in=TAKES_A_SEAT).values_list(
        "looked_into", flat=True
    )
    if clash.is_sure or not clash.was_looked_into(set(chain.from_iterable(there))):
        raise Conflict(clash)


def to_keep(clash: Clash | None) -> list[str]:
    """The prints of what was looked into, as they are kept with a place."""
    return sorted(chain.from_iterable(clash.prints)) if clash is not None else []


def in_record(clash: Clash | None, looked_into: LookedInto | None) -> dict[str, str]:
    """What the audit record says of a match that was looked into; nothing where there is none."""
    if clash is None or looked_into is None:
        return {}
    return {"match": " ".join(clash.sorts), "looked_into": str(LookedInto(looked_into))}
