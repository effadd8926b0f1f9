"""A coordinator records the talk with an applicant and what came of it."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from peersupport.accounts.models import User
from peersupport.audit.recording import record as audit
from peersupport.joining import telling
from peersupport.joining.applying import NotPossibleNow
from peersupport.joining.models import Application, Interview

State = Application.State
BEFORE = (State.SENT, State.WAITING, State.NOT_NOW, State.REFERRED)
AFTER = {
    Interview.Outcome.ACCEPT: State.WAITING,
    Interview.Outcome.NOT_NOW: State.NOT_NOW,
    Interview.Outcome.REFER: State.REFERRED,
}


@transaction.atomic
def write_to(*, application: Application, by: User, words: str, now: datetime) -> None:
    """Leaves words for her to read at her return code, such as when and how to talk; she is told.

    Replaces what was written before. Raises NotPossibleNow for an application that is placed or taken back.
    """
    fresh = Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
    if fresh.state not in (*BEFORE, State.OFFERED):
        raise NotPossibleNow
    fresh.note, fresh.changed_at = words, now
    fresh.save(update_fields=["note", "changed_at"])
    audit(what="application.written_to", by=by, about=fresh)
    telling.news(application=fresh, now=now)


@transaction.atomic
def record(
    *,
    application: Application,
    by: User,
    held_at: datetime,
    outcome: Interview.Outcome,
    words: str,
    now: datetime,
    notes: str = "",
    code_word: str = "",
    come_back_on: date | None = None,
) -> Interview:
    """Keeps the record and moves the application on; she is told that there is news.

    `words` are what she reads. Without an acceptance they are required (ValueError): never a bare no.
    Raises NotPossibleNow where a place is offered or taken, or the application was withdrawn.
    """
    if outcome != Interview.Outcome.ACCEPT and not words.strip():
        raise ValueError("Not now and referring on need words for her to read.")
    fresh = Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
    if fresh.state not in BEFORE:
        raise NotPossibleNow
    interview = Interview.objects.create(
        application=fresh,
        held_by=by.pk,
        held_at=held_at,
        outcome=outcome,
        notes=notes,
        words=words,
        code_word=code_word,
        come_back_on=come_back_on,
        recorded_at=now,
    )
    # A note about when to talk has done its work.
    fresh.state, fresh.changed_at, fresh.note = AFTER[outcome], now, ""
    fresh.save(update_fields=["state", "changed_at", "note"])
    audit(what="interview.recorded", by=by, about=fresh, outcome=str(outcome))
    telling.news(application=fresh, now=now)
    return interview
