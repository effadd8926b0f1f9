"""Lets members of the cast arrive at the meeting that is on, as they would by the page of the room."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from peersupport.accounts.models import User
from peersupport.chat.meeting.arriving import arrive
from peersupport.chat.meeting.meetings import meeting_on
from peersupport.chat.models import Arrival, Room
from peersupport.groups.models import Attendance, Membership, SupportGroup


def come(group: SupportGroup, people: Iterable[User], *, now: datetime) -> None:
    """Those of them who are parents of the group arrive."""
    parents = list(
        group.memberships.select_related("group").filter(
            role=Membership.Role.PARENT, state=Membership.State.ACTIVE, user__in=list(people)
        )
    )
    meeting = meeting_on(Room(group=group), now=now)
    if meeting is not None:
        for parent in parents:
            arrive(by=parent, meeting=meeting, now=now)


def forget(group: SupportGroup) -> None:
    """The meetings have new dates: nobody has been at them yet."""
    for noted in (Arrival, Attendance):
        noted._default_manager.filter(meeting__group=group).delete()
