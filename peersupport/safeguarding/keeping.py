"""What coordinators do with a concern: open it, name who may read it, decide with reasons, close it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.http import Http404

from peersupport.accounts.models import User
from peersupport.audit.recording import record
from peersupport.safeguarding.access import concern_for, concerns_for, coordinates, coordinators
from peersupport.safeguarding.models import Concern, Entry, Level, Named, Told
from peersupport.safeguarding.raising import AboutHerself, Over

Kind = Entry.Kind


class OpenedAlready(Exception):
    """Somebody else was quicker: she is named on it."""


class NotACoordinator(Exception):
    """Only coordinators can be named on a concern."""


class SomebodyHasIt(Exception):
    """A coordinator who is named on it still works here."""


@transaction.atomic
def open_concern(concern_id: UUID, *, by: User, now: datetime) -> Concern:
    """The first coordinator who opens it is named on it. OpenedAlready; Http404 where it is about her."""
    concern = _locked(concern_id)
    if not coordinates(by) or concern.person == by.pk:
        raise Http404
    if concern.opened_at is not None:
        raise OpenedAlready
    concern.opened_at, concern.opened_by = now, by.pk
    concern.save(update_fields=["opened_at", "opened_by"])
    Named.objects.get_or_create(concern=concern, user=by.pk, defaults={"by": by.pk, "at": now})
    record(what="concern.opened", by=by, about=concern, late=concern.open_until <= now)
    return concern


@transaction.atomic
def read(concern_id: UUID, *, by: User) -> Concern:
    """One she is named on; that she reads it is recorded first. Http404 for any other."""
    concern = concern_for(by, concern_id)
    record(what="concern.read", by=by, about=concern)
    return concern


@transaction.atomic
def name(concern_id: UUID, *, whom: User, reason: str, by: User, now: datetime) -> Named:
    """Somebody who is named on it names another coordinator. Raises NotACoordinator, AboutHerself."""
    concern = _hers(concern_id, by)
    if not coordinates(whom):
        raise NotACoordinator
    if whom.pk == concern.person:
        raise AboutHerself
    named, made = Named.objects.get_or_create(
        concern=concern, user=whom.pk, defaults={"by": by.pk, "at": now, "reason": reason}
    )
    if made:
        record(what="concern.named", by=by, about=concern, whom=str(whom.pk))
    return named


@transaction.atomic
def take_over(concern_id: UUID, *, reason: str, by: User, now: datetime) -> Concern:
    """Everybody named on it has gone: another coordinator takes it, with a reason that stands in it.

    Raises SomebodyHasIt; Http404 for whoever may not.
    """
    concern = _locked(concern_id)
    if not coordinates(by) or concern.person == by.pk or concern.opened_at is None:
        raise Http404
    if concern.named.filter(user__in=coordinators().values("pk")).exists():
        raise SomebodyHasIt
    Named.objects.create(concern=concern, user=by.pk, by=by.pk, at=now, reason=reason)
    _enter(concern, Kind.TAKEN_OVER, opinion=reason, by=by, now=now)
    record(what="concern.taken_over", by=by, about=concern)
    return concern


@transaction.atomic
def enter(concern_id: UUID, *, kind: Kind, fact: str, opinion: str, by: User, now: datetime) -> Entry:
    """A note, a decision with its reasons, or what who raised it may read. Raises Over."""
    concern = going_on(concern_id, by)
    added = _enter(concern, kind, fact=fact, opinion=opinion, by=by, now=now)
    record(what="concern.entered", by=by, about=concern, kind=str(kind))
    return added


@transaction.atomic
def tell(concern_id: UUID, *, whom: str, what: str, by: User, now: datetime) -> Told:
    """Somebody outside knows now. Raises Over."""
    concern = going_on(concern_id, by)
    told = Told.objects.create(concern=concern, whom=whom, what=what, by=by.pk, at=now)
    record(what="concern.told", by=by, about=concern)
    return told


@transaction.atomic
def change_level(concern_id: UUID, *, level: Level, reason: str, by: User, now: datetime) -> Concern:
    """It is more, or less, urgent than it looked; why stands in it. Raises Over."""
    concern = going_on(concern_id, by)
    if concern.level != level:
        before, concern.level = concern.level, level
        concern.save(update_fields=["level"])
        words = f"{Level(before).label} → {level.label}"
        _enter(concern, Kind.LEVEL, fact=words, opinion=reason, by=by, now=now)
        record(what="concern.level", by=by, about=concern, level=str(level))
    return concern


@transaction.atomic
def close(concern_id: UUID, *, outcome: Concern.Outcome, reason: str, by: User, now: datetime) -> Concern:
    """It ends, with what came of it and why. Raises Over."""
    concern = going_on(concern_id, by)
    concern.closed_at, concern.closed_by, concern.outcome = now, by.pk, outcome
    concern.save(update_fields=["closed_at", "closed_by", "outcome"])
    _enter(concern, Kind.CLOSED, fact=str(outcome.label), opinion=reason, by=by, now=now)
    record(what="concern.closed", by=by, about=concern, outcome=str(outcome))
    return concern


@transaction.atomic
def reopen(concern_id: UUID, *, reason: str, by: User, now: datetime) -> Concern:
    """A closed one goes on, for instance because something new is known."""
    concern = _hers(concern_id, by)
    if concern.closed_at is not None:
        concern.closed_at, concern.closed_by, concern.outcome = None, None, ""
        concern.save(update_fields=["closed_at", "closed_by", "outcome"])
        _enter(concern, Kind.NOTE, opinion=reason, by=by, now=now)
        record(what="concern.reopened", by=by, about=concern)
    return concern


def going_on(concern_id: UUID, by: User) -> Concern:
    """One she is named on, locked, that is not closed. Raises Over; Http404 for any other."""
    concern = _hers(concern_id, by)
    if concern.closed_at is not None:
        raise Over
    return concern


def orphans(user: User) -> list[Concern]:
    """Open concerns whose coordinators have all gone, for another one to take over."""
    kept = Named.objects.filter(user__in=coordinators().values("pk")).values("concern")
    left = Concern.objects.filter(opened_at__isnull=False, closed_at=None).exclude(pk__in=kept)
    return list(left.exclude(person=user.pk).order_by("raised_at")[:20])


def waiting_number(user: User) -> int:
    """How many concerns nobody has opened. One statement."""
    return concerns_for(user).filter(opened_at=None).count()


def _enter(
    concern: Concern, kind: Kind, *, by: User, now: datetime, fact: str = "", opinion: str = ""
) -> Entry:
    return Entry.objects.create(concern=concern, kind=kind, by=by.pk, at=now, fact=fact, opinion=opinion)


def _locked(concern_id: UUID) -> Concern:
    concern = Concern.objects.select_for_update().filter(pk=concern_id).first()
    if concern is None:
        raise Http404
    return concern


def _hers(concern_id: UUID, by: User) -> Concern:
    concern_for(by, concern_id)
    return _locked(concern_id)
