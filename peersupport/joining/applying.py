"""A parent applies: she begins, answers, sends, withdraws, comes back.

She has no account yet, so these verbs name nobody who acts: whoever holds the return code is the applicant.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from peersupport.accounts import contact as contacts
from peersupport.accounts.models import SafeContact
from peersupport.audit.recording import record
from peersupport.joining import answering, consenting, referring, return_codes, talking
from peersupport.joining.access import address_hash
from peersupport.joining.models import Application, Interview
from peersupport.joining.questions import missing

State = Application.State

# May still be taken back; a place that was taken is left from the group's own page.
OPEN_STATES = (State.DRAFT, State.SENT, State.WAITING, State.OFFERED, State.NOT_NOW, State.REFERRED)


class NotPossibleNow(Exception):
    """The application has moved on: what was asked for no longer fits its state."""


class Incomplete(Exception):
    """Questions are still open."""


@dataclass(frozen=True)
class Given:
    """The answer to one question: plain columns, sealed answers, and how to reach her.

    `reach` is None where the question was another one; `undone` names questions to be asked again.
    """

    columns: Mapping[str, Any] = field(default_factory=dict)
    told: Mapping[str, Any] = field(default_factory=dict)
    reach: contacts.Wishes | None = None
    undone: tuple[str, ...] = ()
    #: Layers of consent that were on the page, and whether they were ticked.
    agreed: Mapping[str, bool] = field(default_factory=dict)


def blank() -> Application:
    """An application with nothing in it yet, not saved: where the organisation is, until she says more."""
    return Application(country=settings.COUNTRY, time_zone=settings.TIME_ZONE)


@transaction.atomic
def begin(*, now: datetime) -> tuple[Application, str]:
    """A new application and its return code, of which only a keyed hash can be asked for later."""
    code = return_codes.new_code()
    application = blank()
    application.code, application.code_hash = code, return_codes.code_hash(code)
    application.started_at = application.changed_at = now
    application.save()
    record(what="application.began", by=None, about=application)
    return application, code


@transaction.atomic
def answer(*, application: Application, question: str, given: Given, now: datetime) -> Application:
    """Keeps the answer to one question. Raises NotPossibleNow once the application was sent.

    Each answer is saved by itself and not audited: the row is hers alone until she sends it.
    """
    # Row lock and a fresh copy: two of her devices may write at the same time.
    fresh = _locked(application, State.DRAFT)
    for column, value in given.columns.items():
        setattr(fresh, column, value)
    done = ({*fresh.told.done} - {*given.undone}) | {question}
    fresh.tell(**given.told, done=tuple(sorted(done)))
    if given.reach is not None:
        _reach(fresh, given.reach)
    if fresh.contact is not None and fresh.contact.time_zone != fresh.time_zone:
        fresh.contact.time_zone = fresh.time_zone
        fresh.contact.save(update_fields=["time_zone"])
    fresh.changed_at = now
    fresh.save()
    consenting.keep(application=fresh, agreed=given.agreed, now=now)
    return fresh


@transaction.atomic
def send(*, application: Application, now: datetime) -> Application:
    """Hands the application to the coordinators. Raises NotPossibleNow; Incomplete where a question is open
    or a text that she agreed to reads otherwise by now.
    """
    fresh = _locked(application, State.DRAFT)
    if missing(fresh) is not None or consenting.changed(fresh):
        raise Incomplete
    fresh.state, fresh.sent_at, fresh.changed_at = State.SENT, now, now
    fresh.save()
    record(what="application.sent", by=None, about=fresh, consent=fresh.consent_version)
    referring.tell(application=fresh, now=now)
    return fresh


@transaction.atomic
def forget_code(*, application: Application) -> None:
    """She has noted her return code: from now on it cannot be shown again."""
    fresh = _locked(application)
    fresh.code = ""
    fresh.save(update_fields=["code"])


@transaction.atomic
def withdraw(*, application: Application, now: datetime) -> Application:
    """Takes the application back and frees a seat that was offered; it can be taken up again for a while."""
    answering.lock_offers(application=application)
    fresh = _locked(application, *OPEN_STATES)
    answering.give_up_offers(application=fresh, now=now)
    talking.let_go(application=fresh, now=now)
    fresh.invited_at = None
    fresh.state, fresh.ended_at, fresh.changed_at = State.WITHDRAWN, now, now
    fresh.save()
    record(what="application.withdrawn", by=None, about=fresh)
    return fresh


@transaction.atomic
def come_back(*, application: Application, now: datetime) -> Application:
    """Takes a withdrawn application up again where it stood: unsent, sent, or waiting for a group."""
    fresh = _locked(application, State.WITHDRAWN)
    last = fresh.interviews.first()
    if fresh.sent_at is None:
        fresh.state = State.DRAFT
    elif last is not None and last.outcome == Interview.Outcome.ACCEPT:
        fresh.state = State.WAITING
    else:
        fresh.state = State.SENT
    fresh.ended_at, fresh.changed_at = None, now
    fresh.save()
    record(what="application.resumed", by=None, about=fresh)
    return fresh


def _locked(application: Application, *states: str) -> Application:
    fresh = Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
    if states and fresh.state not in states:
        raise NotPossibleNow
    return fresh


def _reach(application: Application, wishes: contacts.Wishes) -> None:
    contact = application.contact or SafeContact(subject=application.id)
    application.contact = contacts.keep(
        contact=contact, wishes=wishes, time_zone=application.time_zone, by=None
    )
    safe = application.contact.email_is_safe and application.contact.address
    application.address_hash = address_hash(application.contact.address) if safe else b""
