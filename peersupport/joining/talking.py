"""An applicant chooses a time to talk, moves it, cancels it. Two who want the same time: one gets it.

Locks are taken in one order: the application first, then times by their ids.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext

from peersupport.accounts.languages import spoken
from peersupport.accounts.models import StaffRole
from peersupport.audit.recording import record
from peersupport.joining import telling
from peersupport.joining.models import Application, TalkTime

State = Application.State
# A talk comes before a place.
BEFORE = (State.SENT, State.WAITING, State.NOT_NOW, State.REFERRED)
# So long a time that is over can be looked up at the desk; retention.toml says the same.
KEPT = timedelta(days=14)


class NotInvited(Exception):
    """Nobody has asked her to choose a time, or the application has moved on."""


class TimeGone(Exception):
    """Somebody else has this time now, it was called off, or it is too near."""


class TooLate(Exception):
    """Her own talk is so near that it can only be changed by the coordinator."""


def may_choose(application: Application) -> bool:
    """Whether she is asked to choose a time."""
    return application.invited_at is not None and application.state in BEFORE


def still_hers(talk: TalkTime, now: datetime) -> bool:
    """Whether she can move or cancel it by herself."""
    return talk.starts_at > _last_moment(now)


def talk_of(application: Application, now: datetime) -> TalkTime | None:
    """Her talk that lies ahead or is under way."""
    return application.talks.filter(ends_at__gt=now).first()


def free_times(now: datetime) -> QuerySet[TalkTime]:
    """Times that can be chosen now, of everybody who is a coordinator now."""
    coordinators = StaffRole.objects.filter(role=StaffRole.Role.COORDINATOR, user__is_active=True)
    return TalkTime.objects.filter(
        application=None, starts_at__gt=_last_moment(now), offered_by__in=coordinators.values("user_id")
    )


@transaction.atomic
def choose(*, application: Application, time: UUID, now: datetime) -> TalkTime:
    """Takes a free time for her; a time she had before is free again. Choosing her own again changes nothing.

    Raises NotInvited, TimeGone, and TooLate where the talk she has is too near to be moved.
    """
    fresh = _invited(application)
    if not free_times(now).filter(pk=time).exists() and not fresh.talks.filter(pk=time).exists():
        raise TimeGone
    rows = TalkTime.objects.select_for_update().filter(Q(pk=time) | Q(application=fresh, ends_at__gt=now))
    # Row locks, and a second look: whoever waited here reads what the first one did.
    locked = {row.pk: row for row in rows.order_by("pk")}
    wanted = locked.pop(time, None)
    if wanted is None or wanted.application_id not in {None, fresh.pk} or not still_hers(wanted, now):
        raise TimeGone
    if wanted.application_id == fresh.pk:
        return wanted
    if not all(still_hers(held, now) for held in locked.values()):
        raise TooLate
    for held in locked.values():
        _free(held, now)
    wanted.application, wanted.chosen_at = fresh, now
    wanted.save(update_fields=["application", "chosen_at"])
    _no_longer_sorry(fresh)
    record(what="talk.moved" if locked else "talk.chosen", by=None, about=fresh)
    telling.coordinator(user_id=wanted.offered_by, now=now)
    return wanted


def sorry_words(application: Application) -> str:
    """What stands at her return code once her talk was called off, until she has another; in her language."""
    with translation.override(spoken(application.language)):
        return gettext(
            "The time you had chosen for our talk had to be called off. We are sorry. "
            "Please choose another one."
        )


@transaction.atomic
def cancel(*, application: Application, now: datetime) -> None:
    """Frees her time; she may choose another one. Nothing happens where she has none. Raises TooLate."""
    fresh = Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
    held = list(fresh.talks.select_for_update().filter(ends_at__gt=now).order_by("pk"))
    if not all(still_hers(talk, now) for talk in held):
        raise TooLate
    for talk in held:
        _free(talk, now)
        record(what="talk.cancelled", by=None, about=fresh)


def let_go(*, application: Application, now: datetime) -> None:
    """Frees what she had chosen, in the transaction of whoever moves the application on and has locked it."""
    for talk in application.talks.select_for_update().filter(starts_at__gt=now).order_by("pk"):
        _free(talk, now)


def forget_old(now: datetime) -> None:
    """Deletes times that are long over. Safe to call again and by two processes."""
    TalkTime.objects.filter(ends_at__lte=now - KEPT).delete()


def _last_moment(now: datetime) -> datetime:
    return now + timedelta(hours=settings.TALK_HOURS)


def _invited(application: Application) -> Application:
    fresh = Application.objects.select_for_update(of=("self",)).filter(pk=application.pk).first()
    if fresh is None or not may_choose(fresh):
        raise NotInvited
    return fresh


def _free(talk: TalkTime, now: datetime) -> None:
    talk.application, talk.chosen_at = None, None
    talk.save(update_fields=["application", "chosen_at"])
    telling.coordinator(user_id=talk.offered_by, now=now)


def _no_longer_sorry(application: Application) -> None:
    sorry = sorry_words(application)
    if sorry in application.note:
        application.note = application.note.replace(sorry, "").strip()
        application.save(update_fields=["note"])
