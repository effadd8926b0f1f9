"""A coordinator records the talk with an applicant and what came of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from peersupport.accounts.models import User
from peersupport.audit.recording import record as audit
from peersupport.groups.models import SupportGroup
from peersupport.joining import answering, placing, talking, telling
from peersupport.joining.applying import NotPossibleNow
from peersupport.joining.findings import Findings
from peersupport.joining.models import Application, Interview, Placement, RecordBegun

State = Application.State
BEFORE = talking.BEFORE
# With a place offered or taken only the record can be put right; its outcome stands.
WITH_A_PLACE = (State.OFFERED, State.PLACED)
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
    placing.seen_to(application=fresh)
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
    findings: Findings | None = None,
    come_back_on: date | None = None,
) -> Interview:
    """Keeps the record and moves the application on; she is told that there is news.

    What this coordinator had begun to write of it is deleted; a time that was chosen for later is free again,
    and another talk needs another invitation. `words` are what she reads. Without an acceptance they are
    required (ValueError): never a bare no. Raises NotPossibleNow where a place is offered or taken, or the
    application was withdrawn.
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
        found=(findings or Findings()).written(),
        come_back_on=come_back_on,
        recorded_at=now,
    )
    _forget_begun(fresh, by)
    talking.let_go(application=fresh, now=now)
    # A note about when to talk, and the invitation to it, have done their work.
    fresh.state, fresh.changed_at, fresh.note, fresh.invited_at = AFTER[outcome], now, "", None
    fresh.save(update_fields=["state", "changed_at", "note", "invited_at"])
    placing.seen_to(application=fresh)
    audit(what="interview.recorded", by=by, about=fresh, outcome=str(outcome))
    telling.news(application=fresh, now=now)
    return interview


@transaction.atomic
def correct(
    *,
    application: Application,
    by: User,
    held_at: datetime,
    words: str,
    now: datetime,
    notes: str = "",
    code_word: str = "",
    findings: Findings | None = None,
) -> Interview:
    """A new record beside the old one once a place is offered or taken: the outcome stands, nobody is told.

    Where she has her place, an open case counts for her group at once. Raises NotPossibleNow.
    """
    # The group first, as when a place is taken.
    taken = Placement.objects.filter(application=application, state=Placement.State.ACCEPTED)
    group = SupportGroup.objects.select_for_update().filter(pk__in=taken.values("group_id")).first()
    fresh = Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
    if fresh.state not in WITH_A_PLACE:
        raise NotPossibleNow
    interview = Interview.objects.create(
        application=fresh,
        held_by=by.pk,
        held_at=held_at,
        outcome=Interview.Outcome.ACCEPT,
        notes=notes,
        words=words,
        code_word=code_word,
        found=(findings or Findings()).written(),
        recorded_at=now,
    )
    _forget_begun(fresh, by)
    audit(what="interview.corrected", by=by, about=fresh)
    if group is not None and fresh.state == State.PLACED:
        answering.mark_open_case(application=fresh, group=group)
    return interview


@transaction.atomic
def keep_begun(*, application: Application, by: User, entered: Mapping[str, Any], now: datetime) -> None:
    """Keeps a record that is not finished, as it was entered; each coordinator has her own.

    Raises NotPossibleNow for an application that was withdrawn.
    """
    fresh = Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
    if fresh.state not in (*BEFORE, *WITH_A_PLACE):
        raise NotPossibleNow
    text = json.dumps(dict(entered), ensure_ascii=False, sort_keys=True)
    RecordBegun.objects.update_or_create(
        application=fresh, by=by.pk, defaults={"entered": text, "saved_at": now}
    )
    audit(what="interview.begun", by=by, about=fresh)


def begun_by(application: Application, by: User) -> dict[str, Any]:
    """What this coordinator has entered of a record so far; empty where she has begun none."""
    found = application.records_begun.filter(by=by.pk).first()
    entered: dict[str, Any] = json.loads(found.entered) if found is not None and found.entered else {}
    return entered


def _forget_begun(application: Application, by: User) -> None:
    application.records_begun.filter(by=by.pk).delete()
