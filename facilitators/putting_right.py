"""Who was at a meeting is put right by hand: the room measures connections, people know better."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from peersupport.accounts.models import User
from peersupport.audit.recording import record
from peersupport.groups import absences, tasks
from peersupport.groups.marks import Mark, mark_of
from peersupport.groups.models import Attendance, AttendanceNote, Coming, Meeting, Membership, Task

Was = AttendanceNote.Was
LAST_MINUTES = timedelta(minutes=10)


@dataclass(frozen=True)
class Line:
    """One parent at one meeting: what the room measured, what counts, what she had said before."""

    member: Membership
    mark: Mark
    measured: Attendance | None
    was: str
    corrected: bool
    said: str

    @property
    def minutes(self) -> int:
        """How long she was connected."""
        return self.measured.minutes if self.measured else 0


def lines_of(meeting: Meeting) -> list[Line]:
    """Every parent who belonged to the group when it met, by pseudonym. Four statements."""
    measured = {one.member_id: one for one in Attendance.objects.filter(meeting=meeting)}
    notes = {one.member_id: one.was for one in AttendanceNote.objects.filter(meeting=meeting)}
    said = dict(Coming.objects.filter(meeting=meeting).values_list("member", "says"))
    seats = Membership.objects.filter(
        group=meeting.group_id, role=Membership.Role.PARENT, since__lte=meeting.ends_at
    ).exclude(left_at__lt=meeting.starts_at)
    return [
        Line(
            member=seat,
            mark=mark_of(seat.pk),
            measured=measured.get(seat.pk),
            was=notes.get(seat.pk) or as_measured(measured.get(seat.pk), meeting),
            corrected=seat.pk in notes,
            said=str(Coming.Says(said[seat.pk]).label) if seat.pk in said else "",
        )
        for seat in seats.order_by("pseudonym")[:50]
    ]


def as_measured(row: Attendance | None, meeting: Meeting) -> str:
    """What the room says of her, in the words of a correction."""
    if row is None:
        return Was.NOT_THERE
    # Whoever is seen in the last ten minutes has stayed to the end.
    return Was.LEFT_EARLY if row.last_seen < meeting.ends_at - LAST_MINUTES else Was.THERE


@transaction.atomic
def put_right(*, meeting: Meeting, said: Mapping[UUID, str], by: User, now: datetime) -> int:
    """Keeps what is said of each parent, by membership; how many lines that changed.

    Where it is as measured, a correction of before is taken back. Who is not of this meeting is left out.
    """
    changed = 0
    for line in lines_of(meeting):
        was = said.get(line.member.pk, line.was)
        if was != line.was:
            changed += 1
            _keep(line, meeting, was, by, now)
    if Meeting.objects.filter(pk=meeting.pk, attendance_seen_at=None).update(attendance_seen_at=now):
        record(what="attendance.seen", by=by, about=meeting)
    if changed:
        _follow(meeting, by, now)
    return changed


def _keep(line: Line, meeting: Meeting, was: str, by: User, now: datetime) -> None:
    known = AttendanceNote.objects.filter(meeting=meeting, member=line.member)
    if was == as_measured(line.measured, meeting):
        known.delete()
    elif not known.update(was=was, at=now, by=by.pk):
        AttendanceNote.objects.create(meeting=meeting, member=line.member, was=was, at=now, by=by.pk)
    record(what="attendance.put_right", by=by, about=meeting, member=str(line.member.pk), was=str(was))


def _follow(meeting: Meeting, by: User, now: datetime) -> None:
    """The task of two absences in a row comes or goes with it."""
    absences.look_at([meeting.group_id], now)
    about = Task.objects.filter(what=Task.What.ABSENT, group=meeting.group_id, closed_at=None)
    for task in about.select_related("about"):
        if absences.is_over(task):
            tasks.open_task(task, by=by, now=now)
            tasks.close(task, by=by, outcome=Task.Outcome.NOT_NEEDED, next_step="", now=now)
