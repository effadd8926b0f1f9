"""What waits for a coordinator beside the people who apply: suspensions, unanswered reports, tasks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import models
from django.http import Http404
from django.utils.translation import gettext, gettext_lazy

from peersupport.accounts.models import User
from peersupport.audit.recording import record
from peersupport.chat.keeping import opening
from peersupport.chat.models import Ejection, Escalation, Event, Report, Room
from peersupport.chat.moderating import kind_words
from peersupport.chat.moderating.decisions import words_of
from peersupport.chat.moderating.reports import facilitators_hear, person_meant
from peersupport.groups import tasks
from peersupport.groups.models import Membership, Task
from peersupport.vault import keys

MOST = 100
# In which kind of room: never whose, nor with whom.
WHERE = {
    Room.Kind.GROUP: gettext_lazy("in the room of the group"),
    Room.Kind.LINE: gettext_lazy("on the private line to the facilitators"),
    Room.Kind.SIDE: gettext_lazy("in a side room"),
    Room.Kind.TEAM: gettext_lazy("in the room of the facilitators"),
}


@dataclass(frozen=True)
class Suspended:
    """A member who was put out and about whom nobody has decided yet."""

    ejection: Ejection
    minutes: int
    by: str
    why: str
    mine: bool


@dataclass(frozen=True)
class Reported:
    """A report or an appeal without an answer. What was written is shown once coordinators were told."""

    report: Report
    minutes: int
    told: bool
    words: str
    about: str
    # Whom it is about, where it is about a person; what was decided about who asks for a second look.
    whom: Membership | None
    decided: str

    @property
    def where(self) -> str:
        """In which kind of room it came up."""
        return str(WHERE[Room.Kind(self.report.room.kind)])


@dataclass(frozen=True)
class Waiting:
    """A task, and how long it has waited."""

    task: Task
    minutes: int


@dataclass(frozen=True)
class Matters:
    """Everything that waits, each the oldest first."""

    suspended: list[Suspended]
    reported: list[Reported]
    waiting: list[Waiting]

    @property
    def number(self) -> int:
        return len(self.suspended) + len(self.reported) + len(self.waiting)


def count(user: User, *, now: datetime) -> int:
    """How many things wait. Three statements."""
    return _suspensions().count() + _open_reports().count() + tasks.open_for(user, now=now).count()


def matters(user: User, *, now: datetime) -> Matters:
    """What waits for a coordinator now. That she reads it is recorded."""
    found = Matters(
        suspended=_suspended(user, now),
        reported=_reported(now),
        waiting=[Waiting(task, _minutes(now, task.made_at)) for task in tasks.open_for(user, now=now)[:MOST]],
    )
    record(what="matters.read", by=user, about="joining.matters", count=found.number)
    return found


def suspension(ejection_id: UUID) -> Ejection:
    """One of any group. Http404 where there is none."""
    found = Ejection.objects.select_related("member__group").filter(pk=ejection_id).first()
    if found is None:
        raise Http404
    return found


def report(report_id: UUID) -> Report:
    """One of any group. Http404 where there is none."""
    found = Report.objects.select_related("room__group", "member").filter(pk=report_id).first()
    if found is None:
        raise Http404
    return found


def _suspensions() -> models.QuerySet[Ejection]:
    return Ejection.objects.filter(confirmed_at=None, undone_at=None)


def _open_reports() -> models.QuerySet[Report]:
    return Report.objects.filter(answered_at=None)


def _suspended(user: User, now: datetime) -> list[Suspended]:
    rows = list(_suspensions().select_related("member__group").order_by("at")[:MOST])
    keys.load({row.member_id for row in rows})
    seats = Membership.objects.filter(
        group__in={row.member.group_id for row in rows}, user__in={row.by for row in rows}
    )
    names = {(seat.group_id, seat.user_id): seat.pseudonym for seat in seats}
    return [
        Suspended(
            ejection=row,
            minutes=_minutes(now, row.at),
            by=names.get((row.member.group_id, row.by), gettext("The coordinator")),
            why=kind_words.said("eject", template=row.template, words=row.reason),
            mine=row.by == user.pk,
        )
        for row in rows
    ]


def as_reported(report: Report, *, now: datetime) -> Reported:
    """One of them with what was written, where coordinators were told."""
    return _with_words([report], now)[0]


def _reported(now: datetime) -> list[Reported]:
    rows = list(_open_reports().select_related("room__group", "member").order_by("reported_at")[:MOST])
    return _with_words(rows, now)


def _with_words(rows: list[Report], now: datetime) -> list[Reported]:
    told = set(
        Escalation.objects.filter(about__in=[row.pk for row in rows], state="done").values_list(
            "about", flat=True
        )
    )
    # What facilitators do not hear is the coordinators' from the beginning.
    told |= {row.pk for row in rows if not facilitators_hear(row)}
    keys.load({row.member_id for row in rows})
    meant = _meant([row for row in rows if row.pk in told])
    return [
        Reported(
            report=row,
            minutes=_minutes(now, row.reported_at),
            told=row.pk in told,
            words=row.reason if row.pk in told else "",
            about=meant.get((row.room_id, row.target), ""),
            whom=person_meant(row) if row.pk in told else None,
            decided=words_of(row),
        )
        for row in rows
    ]


def _meant(reports: list[Report]) -> dict[tuple[UUID, UUID], str]:
    """The messages that reports are about, with whose they are, where they can still be read."""
    events = Event.objects.filter(
        room__in={row.room_id for row in reports},
        message_id__in={row.target for row in reports},
        kind=Event.Kind.MESSAGE,
        body__isnull=False,
    ).select_related("member")
    found: dict[tuple[UUID, UUID], str] = {}
    for event in events:
        if event.member is None or event.message_id is None:
            continue
        try:
            key = keys.key_for(event.member.pk)
        except keys.KeyDestroyed:
            continue
        text = opening.open_text(key, bytes(event.body or b""), "body", event.room_id, event.message_id)
        found[event.room_id, event.message_id] = f"{event.member.pseudonym}: {text}" if text else ""
    return found


def _minutes(now: datetime, since: datetime) -> int:
    return max(0, int((now - since).total_seconds() // 60))
