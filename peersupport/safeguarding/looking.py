"""Who a member is, and how to reach her: asked with a reason, shown for minutes, to nobody by one key alone.

In immediate danger one key opens at once, and every coordinator is told at once. The audit row is committed
before anything is shown.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.http import Http404

from guides.helplines import Line
from peersupport.accounts.known import Known, known_of
from peersupport.accounts.models import User
from peersupport.accounts.where import country_name
from peersupport.audit.recording import record
from peersupport.chat.models import Whereabouts
from peersupport.groups.models import Membership
from peersupport.safeguarding import alarming, protocol
from peersupport.safeguarding.access import coordinates, member_for
from peersupport.safeguarding.models import Alarm, Look
from peersupport.safeguarding.raising import AboutHerself

log = logging.getLogger("peersupport.safeguarding")

#: How long an asking waits for its second key.
ASKING_STANDS = timedelta(hours=12)


class SamePerson(Exception):
    """The second key is somebody else's."""


class NotWaiting(Exception):
    """It was decided, has lapsed, or is over."""


class Erased(Exception):
    """The account is erased: there is nothing to look at."""


@dataclass(frozen=True)
class Identity:
    """What is shown: how she is called, how to reach her safely, where she said she is, whom to call."""

    known: Known
    place: str
    call: str
    country: str
    emergency: tuple[Line, ...]
    crisis: tuple[Line, ...]


@transaction.atomic
def ask(*, about: Membership, reason: str, in_danger: bool, by: User, now: datetime) -> Look:
    """Asks who a member is. In danger it opens at once. The same asking twice is one.

    Raises AboutHerself, Erased; Http404 where she may not ask.
    """
    if about.user_id == by.pk:
        raise AboutHerself
    member_for(by, about.pk)
    # Row lock: two sendings of one form come one after the other.
    member = Membership.objects.select_for_update(of=("self",)).select_related("user").get(pk=about.pk)
    if not member.user.is_active:
        raise Erased
    look = _hers(member, by, now) or _asked(member, reason, by=by, now=now)
    if in_danger and look.until is None:
        _open_in_danger(look, by=by, now=now)
    return look


@transaction.atomic
def confirm(look_id: UUID, *, by: User, now: datetime) -> Look:
    """The second key. After a look in danger: another coordinator has looked into it.

    Raises SamePerson, AboutHerself, NotWaiting; Http404 for whoever is no coordinator.
    """
    look = _to_decide(look_id, by)
    if look.until is None and look.state(now) != Look.State.WAITING:
        raise NotWaiting
    look.decided_by, look.decided_at = by.pk, now
    if look.until is None:
        look.until = now + timedelta(minutes=settings.IDENTITY_MINUTES)
        look.tell_from = look.tell_from or look.until
    look.save(update_fields=["decided_by", "decided_at", "until", "tell_from"])
    record(what="identity.confirmed", by=by, about=look)
    return look


@transaction.atomic
def refuse(look_id: UUID, *, by: User, now: datetime) -> Look:
    """It is not shown. An open look ends at once. Raises SamePerson, AboutHerself, NotWaiting."""
    look = _to_decide(look_id, by)
    if look.state(now) not in (Look.State.WAITING, Look.State.OPEN):
        raise NotWaiting
    look.decided_by, look.decided_at = by.pk, now
    look.refused = look.until is None
    look.until = min(look.until, now) if look.until else None
    look.save(update_fields=["decided_by", "decided_at", "refused", "until"])
    record(what="identity.refused", by=by, about=look)
    return look


def see(look_id: UUID, *, by: User, now: datetime) -> tuple[Look, Identity | None]:
    """What was asked for, to whoever asked, while it is open; else None. Http404 for anybody else.

    That it is shown is committed before it is read: a transaction of its own, never inside another.
    """
    with transaction.atomic(durable=True):
        look = Look.objects.select_for_update().filter(pk=look_id, asked_by=by.pk).first()
        if look is None:
            raise Http404
        member = member_for(by, look.member)
        if look.state(now) != Look.State.OPEN or not member.user.is_active:
            return look, None
        if look.first_seen_at is None:
            look.first_seen_at = now
            look.save(update_fields=["first_seen_at"])
        record(what="identity.shown", by=by, about=look, member=str(look.member), in_danger=look.in_danger)
    return look, _identity_of(member)


@transaction.atomic
def put_off(look_id: UUID, *, until: datetime, reason: str, by: User) -> Look:
    """A coordinator has the person told later, where telling now would endanger a child. Http404 else."""
    look = Look.objects.select_for_update().filter(pk=look_id).exclude(person=by.pk).first()
    if look is None or not coordinates(by):
        raise Http404
    if look.read_at is not None:
        raise NotWaiting
    look.tell_from, look.put_off_by, look.put_off_why = until, by.pk, reason
    look.save(update_fields=["tell_from", "put_off_by", "put_off_why"])
    record(what="identity.put_off", by=by, about=look, until=until.date().isoformat())
    return look


def _hers(member: Membership, by: User, now: datetime) -> Look | None:
    for look in Look.objects.filter(member=member.pk, asked_by=by.pk, refused=False)[:10]:
        if look.state(now) in (Look.State.WAITING, Look.State.OPEN):
            return look
    return None


def _asked(member: Membership, reason: str, *, by: User, now: datetime) -> Look:
    look = Look.objects.create(
        member=member.pk,
        group=member.group_id,
        person=member.user_id,
        reason=reason,
        asked_by=by.pk,
        asked_at=now,
        stands_until=now + ASKING_STANDS,
    )
    record(what="identity.asked", by=by, about=look, member=str(member.pk))
    alarming.expect(Alarm.What.ASKED, look.pk, due_at=now)
    return look


def _open_in_danger(look: Look, *, by: User, now: datetime) -> None:
    look.in_danger = True
    look.until = now + timedelta(minutes=settings.IDENTITY_MINUTES)
    look.tell_from = look.tell_from or look.until
    look.save(update_fields=["in_danger", "until", "tell_from"])
    record(what="identity.opened_in_danger", by=by, about=look, member=str(look.member))
    alarming.expect(Alarm.What.SHOWN, look.pk, due_at=now)
    # For whoever watches the server, at once; no id of a person.
    transaction.on_commit(lambda: log.error("safeguarding: one key was used in danger"))


def _to_decide(look_id: UUID, by: User) -> Look:
    look = Look.objects.select_for_update().filter(pk=look_id).first()
    if look is None or not coordinates(by):
        raise Http404
    if look.person == by.pk:
        raise AboutHerself
    if look.asked_by == by.pk:
        raise SamePerson
    if look.decided_by is not None:
        raise NotWaiting
    return look


def _identity_of(member: Membership) -> Identity:
    noted = Whereabouts.objects.filter(member=member).first()
    card = protocol.protocol_card(member.user.language, member.user.country)
    return Identity(
        known=known_of(member.user),
        place=noted.place if noted else "",
        call=noted.call if noted else "",
        country=country_name(member.user.country),
        emergency=card.emergency,
        crisis=card.crisis,
    )
