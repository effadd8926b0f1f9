"""Who was at which meeting: as the room measured it, and as a facilitator put it right afterwards."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from peersupport.groups.models import Attendance, AttendanceNote, Meeting, Membership

NOT_THERE = AttendanceNote.Was.NOT_THERE


def who_was_there(which: Q) -> dict[UUID, set[UUID]]:
    """By member the meetings at which she was, reading along included. One statement.

    `which` chooses among rows by `meeting` and `member`, such as Q(member=…) or Q(meeting__in=…).
    """
    return _gathered((member, meeting) for meeting, member in _pairs(which))


def who_came(which: Q) -> dict[UUID, set[UUID]]:
    """The same by meeting: who was there."""
    return _gathered(_pairs(which))


def held(meetings: QuerySet[Meeting]) -> QuerySet[Meeting]:
    """Those at which any of the parents was: where none of them was, nobody missed anything."""
    seen, said = _rows(Q(member__role=Membership.Role.PARENT, meeting=OuterRef("pk")))
    return meetings.filter(Exists(seen) | Exists(said))


def _rows(which: Q) -> tuple[QuerySet[Attendance], QuerySet[AttendanceNote]]:
    """What the room measured and nobody denied; and what was said beside it."""
    of_the_same = Q(meeting=OuterRef("meeting"), member=OuterRef("member"))
    denied = AttendanceNote.objects.filter(of_the_same, was=NOT_THERE)
    seen = Attendance.objects.filter(which).exclude(Exists(denied))
    return seen, AttendanceNote.objects.filter(which).exclude(was=NOT_THERE)


def _pairs(which: Q) -> Iterable[tuple[UUID, UUID]]:
    seen, said = _rows(which)
    return seen.order_by().values_list("meeting", "member").union(said.values_list("meeting", "member"))


def _gathered(pairs: Iterable[tuple[UUID, UUID]]) -> dict[UUID, set[UUID]]:
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for one, other in pairs:
        found[one].add(other)
    return found
