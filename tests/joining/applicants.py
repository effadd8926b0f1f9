"""Applicants at each point of the way, brought there by the site's own verbs."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from peersupport.accounts.contact import Wishes
from peersupport.accounts.models import User
from peersupport.joining import applying, consent, interviewing, offering
from peersupport.joining.applying import Given
from peersupport.joining.models import Application, Interview, TalkTime


def draft(
    now: datetime,
    *,
    called: str = "Greta",
    address: str = "",
    group: Any = None,
    language: str = "en",
    country: str = "fi",
    zone: str = "Europe/Helsinki",
    times: tuple[str, ...] = ("tue-evening",),
    wishes: tuple[str, ...] = (),
) -> Application:
    """Every question answered, nothing sent."""
    application, _code = applying.begin(now=now)
    answers = {
        "agreement": Given(
            columns={"consent_version": consent.VERSION, "consent_at": now, "country": country},
            agreed={consent.NEEDED: True},
        ),
        "course": Given(columns={"wanted_group_id": group.pk if group else None}),
        "language": Given(columns={"language": language, "country": country, "time_zone": zone}),
        "times": Given(told={"times": times}),
        "background": Given(told={"happened": "online", "in_words": "A court case is open."}),
        "contact": Given(told={"reach": "email" if address else "code"}),
        "address": Given(reach=Wishes(email_is_safe=bool(address), address=address)),
        "name": Given(told={"called": called}),
        "wishes": Given(agreed={layer: layer in wishes for layer in consent.OPTIONAL}),
    }
    for question, given in answers.items():
        application = applying.answer(application=application, question=question, given=given, now=now)
    return application


def sent(now: datetime, **options: Any) -> Application:
    """An application to be read."""
    return applying.send(application=draft(now, **options), now=now)


def talked(
    application: Application, *, by: User, now: datetime, outcome: str = "accept", words: str = "Talk soon."
) -> Application:
    """The talk is recorded."""
    interviewing.record(
        application=application,
        by=by,
        held_at=now,
        outcome=Interview.Outcome(outcome),
        words=words,
        come_back_on=(now + timedelta(days=60)).date() if outcome == "not_now" else None,
        notes="Notes of the talk.",
        code_word="blue kettle",
        now=now,
    )
    application.refresh_from_db()
    return application


def waiting(now: datetime, *, by: User, **options: Any) -> Application:
    """Accepted, and waiting for a place."""
    return talked(sent(now, **options), by=by, now=now)


def invited(now: datetime, *, by: User, **options: Any) -> Application:
    """Read, and asked to choose a time to talk."""
    application = sent(now, **options)
    offering.invite(application=application, by=by, now=now)
    application.refresh_from_db()
    return application


def times_to_talk(
    now: datetime, *, by: User, number: int = 2, in_days: int = 3, where: str = "Call 0100 555"
) -> list[TalkTime]:
    """So many free times of an hour, one after the other on one day."""
    return offering.offer(
        by=by,
        day=(now + timedelta(days=in_days)).date(),
        times=[time(9 + hour) for hour in range(number)],
        minutes=60,
        how=TalkTime.How.PHONE,
        where=where,
        weeks=1,
        now=now,
    )
