"""Whether an authority is told: a country's questions answered one by one, and a decision of two."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.http import Http404

from peersupport.accounts.models import User
from peersupport.audit.recording import record
from peersupport.safeguarding import countries
from peersupport.safeguarding.countries import Pack, Question
from peersupport.safeguarding.keeping import going_on
from peersupport.safeguarding.models import Asked, Concern, Reporting


class SamePerson(Exception):
    """The second person is somebody else."""


class DecidedAlready(Exception):
    """Somebody else was quicker."""


@dataclass(frozen=True)
class Line:
    """One question with the newest answer to it, if there is one."""

    question: Question
    asked: Asked | None


@dataclass(frozen=True)
class Checklist:
    """A country's list as it stands for one concern. `until`: when it is to be gone through."""

    pack: Pack
    lines: tuple[Line, ...]
    until: datetime | None

    @property
    def left(self) -> int:
        """How many questions have no answer yet."""
        return sum(1 for line in self.lines if line.asked is None)


def checklist(concern: Concern, language: str) -> Checklist | None:
    """The list of the concern's country; None where there is no pack."""
    pack = countries.pack_for(concern.country, language)
    if pack is None:
        return None
    newest = {asked.question: asked for asked in concern.answers.all()}
    lines = tuple(Line(question, newest.get(question.code)) for question in pack.questions)
    until = concern.raised_at + timedelta(minutes=pack.minutes) if pack.minutes else None
    return Checklist(pack, lines, until)


@transaction.atomic
def answer(
    concern_id: UUID, *, question: str, answer: Asked.Answer, words: str, by: User, now: datetime
) -> Asked:
    """Who answered what, when; an earlier answer stays. Http404 for a question the country does not have."""
    concern = going_on(concern_id, by)
    pack = countries.pack_for(concern.country, countries.FIRST_LANGUAGE)
    if pack is None or question not in {one.code for one in pack.questions}:
        raise Http404
    asked = Asked.objects.create(
        concern=concern, question=question, answer=answer, words=words, by=by.pk, at=now
    )
    record(what="reporting.answered", by=by, about=concern, question=question, answer=str(answer))
    return asked


@transaction.atomic
def propose(concern_id: UUID, *, report: bool, reason: str, by: User, now: datetime) -> Reporting:
    """To report, or not to, with reasons. Raises DecidedAlready where one waits for its second person."""
    concern = going_on(concern_id, by)
    if concern.reportings.filter(decided_by=None).exists():
        raise DecidedAlready
    made = Reporting.objects.create(concern=concern, report=report, reason=reason, by=by.pk, at=now)
    record(what="reporting.proposed", by=by, about=concern, report=report)
    return made


@transaction.atomic
def decide(reporting_id: UUID, *, agree: bool, reason: str, by: User, now: datetime) -> Reporting:
    """The second person, named on the concern as well. Raises SamePerson, DecidedAlready, Over."""
    found = Reporting.objects.select_for_update().filter(pk=reporting_id).first()
    if found is None:
        raise Http404
    going_on(found.concern_id, by)
    if found.decided_by is not None:
        raise DecidedAlready
    if found.by == by.pk:
        raise SamePerson
    found.decided_by, found.decided_at = by.pk, now
    found.agreed, found.second_reason = agree, reason
    found.save()
    record(what="reporting.decided", by=by, about=found, agreed=agree)
    return found
