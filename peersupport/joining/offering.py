"""A coordinator asks an applicant to a talk, offers times for talks, and calls one off."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models, transaction

from peersupport.accounts.models import User
from peersupport.audit.recording import record
from peersupport.groups import schedule
from peersupport.joining import needs, talking, telling
from peersupport.joining.applying import NotPossibleNow
from peersupport.joining.models import Application, TalkTime

# At once: a slip of the keyboard does not fill a year.
MOST = 100
NOTE_MOST = 4000


class TooMany(Exception):
    """More times at once than anybody means to offer."""


class Overlaps(Exception):
    """Two of the coordinator's own talks would be at the same time; its argument says when."""


@transaction.atomic
def invite(*, application: Application, by: User, now: datetime) -> None:
    """From now on she may choose a time to talk, and is told once. Raises NotPossibleNow."""
    fresh = _locked(application)
    if fresh.invited_at is not None:
        return
    fresh.invited_at = fresh.changed_at = now
    fresh.save(update_fields=["invited_at", "changed_at"])
    record(what="application.invited", by=by, about=fresh)
    telling.news(application=fresh, now=now)


@transaction.atomic
def say_needs(*, application: Application, by: User, codes: Iterable[str]) -> None:
    """Keeps what makes her talk urgent, in place of what was ticked before. NotPossibleNow, KeyError."""
    fresh = _locked(application)
    chosen = tuple(codes)
    fresh.urgency, fresh.needs = needs.weight(chosen), needs.written(chosen)
    fresh.save(update_fields=["urgency", "needs"])
    record(what="application.needs", by=by, about=fresh, urgency=fresh.urgency)


@transaction.atomic
def offer(
    *,
    by: User,
    day: date,
    times: Iterable[time],
    minutes: int,
    how: TalkTime.How,
    where: str,
    weeks: int,
    now: datetime,
) -> list[TalkTime]:
    """Offers times on the coordinator's own clock, each repeated for so many weeks.

    Raises TooMany; Overlaps where one of them meets another or one that she offers already. What would lie
    in the past is left out.
    """
    # Row lock on the coordinator: two of her browsers offer one after the other.
    User.objects.select_for_update(of=("self",)).get(pk=by.pk)
    zone = ZoneInfo(by.time_zone)
    starts = {
        start
        for at in times
        for start in schedule.weekly(first=day, at=at, zone=zone, count=min(weeks, MOST))
    }
    if len(starts) > MOST:
        raise TooMany
    lasts = timedelta(minutes=minutes)
    new = [
        TalkTime(offered_by=by.pk, starts_at=start, ends_at=start + lasts, how=how, where=where)
        for start in sorted(starts)
        if start > now
    ]
    _keep_apart(new, by)
    TalkTime.objects.bulk_create(new)
    record(what="talks.offered", by=by, about="joining.talktime", count=len(new))
    return new


@transaction.atomic
def call_off(*, talk: TalkTime, by: User | None, now: datetime) -> None:
    """Takes a time back. Whoever had chosen it is told, and reads that she may choose another one.

    Raises NotPossibleNow where it changed hands, was called off, or has begun.
    """
    applicant = None
    if talk.application_id is not None:
        # The application first, as everywhere.
        found = Application.objects.select_for_update(of=("self",)).select_related("contact")
        applicant = found.filter(pk=talk.application_id).first()
    fresh = TalkTime.objects.select_for_update(of=("self",)).filter(pk=talk.pk).first()
    if fresh is None or fresh.application_id != (applicant and applicant.pk) or fresh.starts_at <= now:
        raise NotPossibleNow
    fresh.delete()
    record(what="talk.called_off", by=by, about=applicant or "joining.talktime")
    if applicant is not None:
        _say_sorry(applicant, now)


def call_off_of_person(*, user: User, by: models.Model | None, now: datetime, **_signal: Any) -> None:
    """Whoever is erased talks with nobody: what she offered goes, and those who had chosen it are told."""
    for talk in TalkTime.objects.filter(offered_by=user.pk, starts_at__gt=now).order_by("pk"):
        call_off(talk=talk, by=by if isinstance(by, User) else None, now=now)
    TalkTime.objects.filter(offered_by=user.pk).delete()


def _locked(application: Application) -> Application:
    fresh = Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
    if fresh.state not in talking.BEFORE:
        raise NotPossibleNow
    return fresh


def _keep_apart(new: list[TalkTime], by: User) -> None:
    if not new:
        return
    there = TalkTime.objects.filter(
        offered_by=by.pk, ends_at__gt=new[0].starts_at, starts_at__lt=max(one.ends_at for one in new)
    )
    everything = sorted([*new, *there], key=lambda one: one.starts_at)
    for one, following in pairwise(everything):
        if following.starts_at < one.ends_at:
            raise Overlaps(following.starts_at)


def _say_sorry(applicant: Application, now: datetime) -> None:
    sorry = talking.sorry_words(applicant)
    if sorry not in applicant.note:
        applicant.note = f"{applicant.note}\n\n{sorry}".strip()[-NOTE_MOST:]
    applicant.changed_at = now
    applicant.save(update_fields=["note", "changed_at"])
    telling.news(application=applicant, now=now)
