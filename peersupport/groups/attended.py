"""Who was at which meeting: as the room measured it, and as a facilitator put it right afterwards."""

from __future__ import annotations

from collections import defaultdict
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from peersupport.groups.models import Attendance, AttendanceNote, Meeting, Membership

NOT_THERE = AttendanceNote.Was.NOT_THERE


def who_was_there(which: Q) -> dict[UUID, set[UUID]]:
    """By member the meetings at which she was, reading along included. One statement.

    `which` chooses among rows by `meeting` and `member`, such as Q(member=…) or Q(meeting__in=…).
    """
    seen = Attendance.objects.filter(which).exclude(_said(Q(was=NOT_THERE)))
    said = AttendanceNote.objects.filter(which).exclude(was=NOT_THERE)
    pairs = seen.order_by().values_list("meeting", "member").union(said.values_list("meeting", "member"))
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for meeting, member in pairs:
        found[member].add(meeting)
    return found


def held(meetings: QuerySet[Meeting]) -> QuerySet[Meeting]:
    """Those at which any of the parents was: where none of them was, nobody missed anything."""
    parents = Q(member__role=Membership.Role.PARENT, meeting=OuterRef("pk"))
    seen = Attendance.objects.filter(parents).exclude(_said(Q(was=NOT_THERE)))
    said = AttendanceNote.objects.filter(parents).exclude(was=NOT_THERE)
    return meetings.filter(Exists(seen) | Exists(said))


def _said(which: Q) -> Exists:
    of_the_same = Q(meeting=OuterRef("meeting"), member=OuterRef("member"))
    return Exists(AttendanceNote.objects.filter(of_the_same, which))
