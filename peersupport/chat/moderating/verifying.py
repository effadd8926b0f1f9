"""A facilitator doubts that somebody is who she knows: coordinators make sure, by the code word."""

from __future__ import annotations

from datetime import datetime

from peersupport.audit.recording import record
from peersupport.chat.keeping.noting import beside_changed, locked
from peersupport.chat.models import Escalation, Room
from peersupport.chat.moderating import escalating
from peersupport.chat.moderating.authority import leads
from peersupport.chat.moderating.quieting import parent_of
from peersupport.groups import tasks
from peersupport.groups.models import Membership, Task


def ask_to_verify(member: Membership, *, by: Membership, room: Room, reason: str, now: datetime) -> Task:
    """A task for coordinators, told at once; the open one where somebody has asked already."""
    with locked(room.pk) as room:
        leads(room.group_id, by)
        parent_of(room, member)
        known = Task.objects.filter(what=Task.What.VERIFY, about=member, closed_at=None).first()
        if known is not None:
            return known
        task = tasks.make(
            what=Task.What.VERIFY,
            about=member,
            whom=Task.For.COORDINATOR,
            until=now,
            by=by.user_id,
            now=now,
            asked=reason,
        )
        record(what="member.to_verify", by=by.user_id, about=member)
        escalating.expect(Escalation.What.TASK, task.pk, group_id=room.group_id, now=now, at_once=True)
        beside_changed(room)
        return task
