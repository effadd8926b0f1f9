"""What members read of changed dates: at a meeting that does not take place, and about the group."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from peersupport.groups.models import Change, SupportGroup
from peersupport.vault import keys


@dataclass(frozen=True)
class SaidChanges:
    """Words by meeting; those about the whole group where it was called off, or where another joined it."""

    of_meetings: dict[UUID, str] = field(default_factory=dict)
    called_off: str = ""
    joined: str = ""


def said_changes(group: SupportGroup) -> SaidChanges:
    """What stands on the page of the group. Why it was so is the coordinators' own and not among it."""
    told = [Change.What.CANCELLED, Change.What.GROUP_CANCELLED, Change.What.JOINED]
    changes = list(group.changes.filter(undone_at=None, what__in=told)[:100])
    keys.load(one.pk for one in changes if one.words == Change.Words.OWN)
    about_all = {one.what: one.said for one in reversed(changes) if one.what != Change.What.CANCELLED}
    return SaidChanges(
        {one.meeting_id: one.said for one in changes if one.meeting_id and one.what == Change.What.CANCELLED},
        called_off=about_all.get(Change.What.GROUP_CANCELLED, ""),
        # Once they have met, everybody knows.
        joined=about_all.get(Change.What.JOINED, "") if group.state == SupportGroup.State.FORMING else "",
    )
