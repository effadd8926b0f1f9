"""Who was not at two meetings in a row: a task for the facilitators, once, and never a mail to her.

What counts is who was there, reading along included, at meetings at which any of the parents was: one that
was called off, or to which none of them came, says nothing of a single parent. The desk counts by the same
rule. That she said she could not come changes nothing but the words of the task: then somebody asks how she
is, and not where she was.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from django.db.models import Q

from peersupport.groups import attended, tasks
from peersupport.groups.models import Coming, Meeting, Membership, Task
from peersupport.work.one_by_one import one_by_one

#: So many in a row.
IN_A_ROW = 2
#: How far back meetings are looked for that are just over.
LOOKED_BACK = timedelta(days=1)
#: By then somebody has seen to it; else the coordinators see it as well.
UNTIL = timedelta(days=3)


@dataclass(frozen=True)
class Absence:
    """A meeting at which she was not, and whether she had said so."""

    meeting: Meeting
    said_so: bool


def notice(now: datetime) -> None:
    """The sweep: a task about every parent who was not at the last two meetings of her group.

    Safe to call again, and by two workers at once: one series of absences is one task.
    """
    over = Meeting.objects.filter(
        state=Meeting.State.PLANNED,
        ends_at__lte=now - Meeting.RUNS_OVER,
        ends_at__gt=now - Meeting.RUNS_OVER - LOOKED_BACK,
    )
    look_at(list(over.order_by("group").values_list("group", flat=True).distinct()[:5000]), now)


def look_at(groups: Collection[UUID], now: datetime) -> None:
    """The same for some groups, as after who was there has been put right."""
    one_by_one(stayed_away(groups, now), lambda row: _make(*row, now), what="noticing who was not there")


def is_over(task: Task) -> bool:
    """Whether the series it is about has turned out not to be one. Three statements."""
    return len(absences_of(task)) < IN_A_ROW


def stayed_away(groups: Collection[UUID], now: datetime) -> list[tuple[Membership, Meeting]]:
    """Parents who were not there at the last two meetings or more, with the first of that series.

    Three statements, however many groups.
    """
    held = _held(groups, now)
    there = attended.who_was_there(Q(meeting__group__in=groups))
    seats = Membership.objects.filter(
        group__in=groups, role=Membership.Role.PARENT, state=Membership.State.ACTIVE
    )
    found = []
    for seat in seats.order_by("pk"):
        streak = _streak(held.get(seat.group_id, []), there[seat.pk], seat)
        if len(streak) >= IN_A_ROW:
            found.append((seat, streak[0]))
    return found


def absences_of(task: Task) -> list[Absence]:
    """The meetings that such a task is about, the oldest first. Three statements."""
    held = _held([task.group_id], task.made_at).get(task.group_id, [])
    there = attended.who_was_there(Q(member=task.about_id))[task.about_id]
    said = set(
        Coming.objects.filter(member=task.about_id, says=Coming.Says.NOT).values_list("meeting", flat=True)
    )
    streak = _streak(held, there, task.about)
    return [Absence(one, one.pk in said) for one in streak]


def _held(groups: Iterable[UUID], now: datetime) -> dict[UUID, list[Meeting]]:
    """The meetings that took place, by group and in their order."""
    over = Meeting.objects.filter(
        group__in=list(groups), state=Meeting.State.PLANNED, ends_at__lte=now - Meeting.RUNS_OVER
    )
    found: dict[UUID, list[Meeting]] = defaultdict(list)
    for one in attended.held(over).order_by("starts_at"):
        found[one.group_id].append(one)
    return found


def _streak(held: Sequence[Meeting], there: set[UUID], seat: Membership) -> list[Meeting]:
    """The meetings since she was last there, of those she could have been at."""
    found: list[Meeting] = []
    for one in reversed(held):
        if one.pk in there or one.starts_at < seat.since:
            break
        found.append(one)
    return found[::-1]


def _make(seat: Membership, first: Meeting, now: datetime) -> None:
    # Named after her and where the series began: a third absence is the same task, a new series another.
    tasks.make(
        what=Task.What.ABSENT,
        about=seat,
        whom=Task.For.FACILITATOR,
        until=now + UNTIL,
        by=None,
        now=now,
        source=uuid5(seat.pk, first.pk.hex),
    )
