"""Tasks: made, opened, closed with what came of them. None is closed unread."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import models, transaction
from django.db.models import Q
from django.http import Http404

from peersupport.accounts.models import User
from peersupport.audit.recording import record
from peersupport.groups.access import led_by
from peersupport.groups.models import Membership, Task

What, For, Outcome = Task.What, Task.For, Task.Outcome

#: What can have come of each kind.
OUTCOMES: dict[str, tuple[Task.Outcome, ...]] = {
    What.VANISHED: (Outcome.REACHED, Outcome.TOLD, Outcome.NOT_REACHED),
    What.ASKS: (Outcome.REACHED, Outcome.TOLD, Outcome.NOT_REACHED),
    What.NOT_OPENED: (Outcome.OPENED, Outcome.TOLD, Outcome.CALLED_OFF),
    What.ABSENT: (Outcome.REACHED, Outcome.TOLD, Outcome.NOT_REACHED),
    What.VERIFY: (Outcome.CERTAIN, Outcome.DOUBTFUL, Outcome.NOT_REACHED),
    What.FOLLOW_UP: (Outcome.DONE, Outcome.NOT_NEEDED, Outcome.TOLD),
    What.STRAIN: (Outcome.REACHED, Outcome.TOLD, Outcome.NOT_REACHED),
    What.INCIDENT: (Outcome.DONE, Outcome.TOLD),
}
#: After these somebody still has to do something: it has to be said what.
GOES_ON = (Outcome.TOLD, Outcome.NOT_REACHED, Outcome.DOUBTFUL, Outcome.CALLED_OFF)

#: Of what somebody asks to be heard about, in characters; between what she said at several times.
ASKED_MOST = 8000
BETWEEN = "\n\n"


class Unread(Exception):
    """A task that nobody has opened cannot be closed."""


class ClosedAlready(Exception):
    """Somebody else was quicker."""


class SaidEnough(Exception):
    """What somebody asks to be heard about is as long as coordinators can read."""


class StepMissing(Exception):
    """An outcome after which somebody has to do something, and nothing said about what."""


@transaction.atomic
def make(
    *,
    what: Task.What,
    about: Membership,
    whom: Task.For,
    until: datetime,
    by: User | UUID | None,
    now: datetime,
    source: UUID | None = None,
    asked: str = "",
) -> Task:
    """A task about a member. `by` None: the clock made it. One per `source`: then the one there is."""
    known = Task.objects.filter(what=what, source=source).first() if source else None
    if known is not None:
        return known
    task = Task.objects.create(
        what=what,
        group_id=about.group_id,
        about=about,
        whom=whom,
        source=source,
        made_at=now,
        made_by=by.pk if isinstance(by, User) else by,
        until=until,
        asked=asked,
    )
    record(what="task.made", by=by, about=task, kind=str(what), whom=str(whom))
    return task


@transaction.atomic
def ask_to_be_heard(*, member: Membership, words: str, now: datetime) -> Task:
    """Somebody who was put out asks the coordinators to be heard; as long as that is open it is one task.

    What she says beyond what is there is added to it. Raises SaidEnough where that would be too much.
    """
    Membership.objects.select_for_update(of=["self"]).get(pk=member.pk)
    asks = Task.objects.filter(what=What.ASKS, about=member, closed_at=None).first()
    if asks is not None:
        return _added(asks, words, by=member.user_id)
    return make(
        what=What.ASKS,
        about=member,
        whom=For.COORDINATOR,
        until=now,
        by=member.user_id,
        now=now,
        asked=words,
    )


def _added(task: Task, words: str, *, by: UUID) -> Task:
    if BETWEEN + words + BETWEEN not in BETWEEN + task.asked + BETWEEN:
        if len(task.asked) + len(words) > ASKED_MOST:
            raise SaidEnough
        task.asked += BETWEEN + words
        task.save(update_fields=["asked"])
        record(what="task.added_to", by=by, about=task)
    return task


@transaction.atomic
def open_task(task: Task, *, by: User, now: datetime) -> Task:
    """Somebody reads it. Who was first stays on it; every reading is recorded."""
    task = Task.objects.select_for_update().get(pk=task.pk)
    if task.opened_at is None:
        task.opened_at, task.opened_by = now, by.pk
        task.save(update_fields=["opened_at", "opened_by"])
    record(what="task.read", by=by, about=task)
    return task


@transaction.atomic
def close(task: Task, *, by: User, outcome: Task.Outcome, next_step: str, now: datetime) -> Task:
    """Says what came of it. Raises Unread, ClosedAlready, StepMissing."""
    task = Task.objects.select_for_update(of=["self"]).get(pk=task.pk)
    if task.opened_at is None:
        raise Unread
    if task.closed_at is not None:
        raise ClosedAlready
    if outcome in GOES_ON and not next_step:
        raise StepMissing
    task.closed_at, task.closed_by = now, by.pk
    task.outcome, task.next_step = outcome, next_step
    task.save(update_fields=["closed_at", "closed_by", "outcome", "next_step"])
    record(what="task.closed", by=by, about=task, outcome=str(outcome))
    return task


@transaction.atomic
def promise(
    *, about: Membership, words: str, owner: User | None, until: datetime, by: User, now: datetime
) -> Task:
    """Something that was promised: about a parent, or (by her own seat) about the group.

    `owner` None: the coordinators see to it. Whoever promises has read it.
    """
    whom = For.FACILITATOR if owner else For.COORDINATOR
    task = make(what=What.FOLLOW_UP, about=about, whom=whom, until=until, by=by, now=now, asked=words)
    task.owner = owner.pk if owner else None
    if owner:
        task.opened_at, task.opened_by = now, by.pk
    task.save(update_fields=["owner", "opened_at", "opened_by"])
    return task


@transaction.atomic
def hand_over(task: Task, *, to: User, by: User) -> None:
    """Another facilitator of the group takes it on. Raises ClosedAlready, and Http404 for anybody else."""
    task = Task.objects.select_for_update(of=["self"]).get(pk=task.pk)
    if task.closed_at is not None:
        raise ClosedAlready
    leads = led_by(to).filter(group=task.group_id)
    if not leads.exists():
        raise Http404
    task.owner, task.whom = to.pk, For.FACILITATOR
    task.save(update_fields=["owner", "whom"])
    record(what="task.handed_over", by=by, about=task, to=str(to.pk))


def promised_in(group_id: UUID) -> list[Task]:
    """What a group was promised and is not done yet, the nearest date first. One statement."""
    waiting = Task.objects.filter(what=What.FOLLOW_UP, group=group_id, closed_at=None)
    return list(waiting.select_related("about").order_by("until", "pk")[:200])


def open_for(user: User, *, now: datetime) -> models.QuerySet[Task]:
    """What waits for this person, oldest first: of her groups; for coordinators what is theirs or late."""
    return _for(user, now).filter(closed_at=None).select_related("group", "about").order_by("made_at")


def task_for(user: User, task_id: UUID, *, now: datetime) -> Task:
    """One of hers, open or closed. Http404 alike for a missing one and somebody else's."""
    task = _for(user, now).select_related("group", "about").filter(pk=task_id).first()
    if task is None:
        raise Http404
    return task


def _for(user: User, now: datetime) -> models.QuerySet[Task]:
    led = led_by(user).values("group")
    wanted = Q(whom=For.FACILITATOR, group__in=led)
    if user.has_perm("groups.coordinate"):
        wanted |= Q(whom=For.COORDINATOR) | Q(until__lte=now)
    return Task.objects.filter(wanted)
