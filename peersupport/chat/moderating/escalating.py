"""Coordinators are told when nobody in the room has answered in time."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from peersupport.chat.hub.attending import here_now
from peersupport.chat.keeping.noting import beside_changed, locked
from peersupport.chat.models import Ejection, Escalation, Report, Room
from peersupport.groups.models import Membership, Task


def expect(
    what: Escalation.What, about: UUID, *, group_id: UUID, now: datetime, at_once: bool = False
) -> None:
    """Notes that this waits for an answer. With no facilitator connected coordinators are told at once."""
    minutes = {
        Escalation.What.REPORT: settings.REPORT_MINUTES,
        Escalation.What.EJECTION: settings.SUSPENSION_MINUTES,
        Escalation.What.TASK: settings.TASK_MINUTES,
    }[what]
    first_ours = not at_once and on_duty(group_id, now=now)
    wait = timedelta(minutes=minutes) if first_ours else timedelta()
    Escalation.objects.get_or_create(
        about=about, defaults={"what": what, "group_id": group_id, "due_at": now + wait}
    )


def on_duty(group_id: UUID, *, now: datetime, but: UUID | None = None) -> bool:
    """Whether a facilitator of the group is connected to any of its rooms; `but`: other than this user."""
    here = here_now(now=now).filter(room__group=group_id, member__role=Membership.Role.FACILITATOR)
    return here.exclude(member__user=but).exists() if but else here.exists()


def bring_forward(group_id: UUID, *, now: datetime) -> None:
    """The last facilitator has gone: what waits for an answer is told at once."""
    Escalation.objects.filter(group=group_id, state="due", due_at__gt=now).update(due_at=now)


def still_open(escalation: Escalation) -> bool:
    """Whether what it is about still waits."""
    match escalation.what:
        case Escalation.What.REPORT:
            return Report.objects.filter(pk=escalation.about, answered_at=None).exists()
        case Escalation.What.EJECTION:
            waiting = Ejection.objects.filter(confirmed_at=None, undone_at=None)
            return waiting.filter(pk=escalation.about).exists()
        case _:
            return Task.objects.filter(pk=escalation.about, closed_at=None).exists()


def show_that_told(escalation: Escalation) -> None:
    """The consoles of the group show that coordinators know."""
    rooms = Room.objects.filter(group=escalation.group_id).order_by("pk")
    for room_id in rooms.values_list("pk", flat=True):
        with locked(room_id) as room:
            beside_changed(room)
