"""A meeting is talked over: who was there, a part of each who led it, and then it is closed.

The rooms know nothing of this: parents never wait because something was not written down.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from facilitators.models import DebriefPart
from peersupport.accounts.models import User
from peersupport.audit.recording import record
from peersupport.chat.models import Escalation
from peersupport.chat.moderating import escalating
from peersupport.chat.pages.wording import together
from peersupport.groups import attended, tasks
from peersupport.groups.models import Meeting, Membership, Rostered, Task

#: Somebody who led may be ill: so long after the meeting it can be closed without her part.
WITHOUT_HER = timedelta(days=3)
#: So many meetings in a row count as one after the other.
IN_A_ROW = 3
INCIDENT_WITHIN = timedelta(days=1)


class NotYet(Exception):
    """Something is missing before the meeting can be closed."""


class HandedIn(Exception):
    """A part that was handed in is not written again."""


@dataclass(frozen=True)
class Written:
    """What one facilitator writes, as the form has it. `strain` and `incident` may be missing yet."""

    went_well: str = ""
    hard: str = ""
    strain: int | None = None
    incident: str = ""
    ticked: tuple[int, ...] = ()
    ticks: int = 0


@dataclass(frozen=True)
class State:
    """How far talking it over has come. `missing`: who led it and has not handed in her part."""

    attendance: bool
    parts: list[DebriefPart]
    missing: list[Membership]
    without: bool

    @property
    def missing_names(self) -> str:
        """Who is missing, as one part of a sentence."""
        return together([one.pseudonym for one in self.missing])

    @property
    def can_close(self) -> bool:
        """Whether all is there, or who is missing has had her time."""
        handed_in = any(part.handed_in_at for part in self.parts)
        return self.attendance and handed_in and (not self.missing or self.without)


def state_of(meeting: Meeting, *, now: datetime) -> State:
    """What is there and what is missing. Three statements."""
    parts = list(DebriefPart.objects.filter(meeting=meeting).select_related("member").order_by("saved_at"))
    handed_in = {part.member_id for part in parts if part.handed_in_at}
    missing = [one for one in _who_led(meeting) if one.pk not in handed_in]
    return State(
        attendance=meeting.attendance_seen_at is not None,
        parts=parts,
        missing=missing,
        without=now >= meeting.ends_at + WITHOUT_HER,
    )


@transaction.atomic
def write(
    *, meeting: Meeting, member: Membership, written: Written, hand_in: bool, now: datetime
) -> DebriefPart:
    """Keeps her part; with `hand_in` for good, and coordinators are told where they should be.

    Raises HandedIn where that has happened already. A part without strain or incident cannot be handed in:
    the form has asked for them.
    """
    part, _made = DebriefPart.objects.select_for_update().get_or_create(
        meeting=meeting, member=member, defaults={"saved_at": now}
    )
    if part.handed_in_at is not None:
        raise HandedIn
    part.went_well, part.hard = written.went_well, written.hard
    part.strain, part.incident = written.strain, written.incident
    part.ticked, part.ticks = list(written.ticked), written.ticks
    part.saved_at, part.handed_in_at = now, now if hand_in else None
    part.save()
    if hand_in:
        record(what="debrief.handed_in", by=member.user_id, about=meeting)
        _tell_coordinators(part, now)
    return part


@transaction.atomic
def close(*, meeting: Meeting, by: User, now: datetime) -> None:
    """The meeting was talked over. Raises NotYet where something is missing; twice keeps the first time."""
    fresh = Meeting.objects.select_for_update().get(pk=meeting.pk)
    if fresh.debriefed_at is not None:
        return
    state = state_of(fresh, now=now)
    if not state.can_close:
        raise NotYet
    fresh.debriefed_at = now
    fresh.save(update_fields=["debriefed_at"])
    record(what="meeting.debriefed", by=by, about=fresh, without=len(state.missing))


@transaction.atomic
def reopen(*, meeting: Meeting, by: User) -> None:
    """It was closed by mistake."""
    if Meeting.objects.filter(pk=meeting.pk, debriefed_at__isnull=False).update(debriefed_at=None):
        record(what="meeting.debrief_taken_back", by=by, about=meeting)


def _who_led(meeting: Meeting) -> list[Membership]:
    """Facilitators who belong to the group now, were on the list of who leads it, and were there."""
    came = attended.who_was_there(Q(meeting=meeting, member__role=Membership.Role.FACILITATOR))
    listed = Rostered.objects.filter(meeting=meeting).values("facilitator__user")
    seats = Membership.objects.filter(
        group=meeting.group_id,
        role=Membership.Role.FACILITATOR,
        state=Membership.State.ACTIVE,
        user__in=listed,
        pk__in=list(came),
    )
    return list(seats.order_by("pseudonym"))


def _tell_coordinators(part: DebriefPart, now: datetime) -> None:
    """Whom it concerns and that a call would be good: neither the number nor a word of hers."""
    if part.incident == DebriefPart.Incident.TELL:
        _task(part, Task.What.INCIDENT, now)
    if _is_heavy(part):
        _task(part, Task.What.STRAIN, now)


def _task(part: DebriefPart, what: Task.What, now: datetime) -> None:
    task = tasks.make(
        what=what,
        about=part.member,
        whom=Task.For.COORDINATOR,
        until=now + INCIDENT_WITHIN,
        by=part.member.user_id,
        now=now,
        source=part.pk,
    )
    group = part.member.group_id
    escalating.expect(Escalation.What.TASK, task.pk, group_id=group, now=now, at_once=True)


def _is_heavy(part: DebriefPart) -> bool:
    if part.strain is None:
        return False
    if part.strain >= settings.STRAIN_ALERT:
        return True
    last = _last_of(part.member.user_id)
    return len(last) == IN_A_ROW and min(last) >= settings.STRAIN_OFTEN


def _last_of(user_id: UUID) -> list[int]:
    """Her numbers of the last IN_A_ROW meetings in all her groups, the newest first."""
    hers = DebriefPart.objects.filter(member__user=user_id).exclude(handed_in_at=None)
    newest = hers.order_by("-meeting__starts_at").values_list("strain", flat=True)[:IN_A_ROW]
    return [strain for strain in newest if strain is not None]


def part_of(user: User, meeting: Meeting) -> DebriefPart | None:
    """Her own part, where she has begun one."""
    return DebriefPart.objects.filter(meeting=meeting, member__user=user).first()
