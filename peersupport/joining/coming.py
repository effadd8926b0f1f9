"""Which groups are coming: public facts only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from peersupport.groups import schedule
from peersupport.groups.models import Meeting, SupportGroup
from peersupport.joining.placing import OPEN
from peersupport.joining.seats import with_seats

FEW = 2


@dataclass(frozen=True)
class Coming:
    """A group one can still join. `places` is "yes", "few" or "none", never a number of people."""

    group: SupportGroup
    meetings: list[Meeting]
    closes: datetime
    places: str

    @property
    def first(self) -> Meeting:
        return self.meetings[0]

    @property
    def zone(self) -> str:
        return self.group.time_zone

    @property
    def city(self) -> str:
        return schedule.city(ZoneInfo(self.group.time_zone))

    @property
    def begun(self) -> bool:
        return self.group.state == SupportGroup.State.RUNNING


def coming(now: datetime, *, most: int = 100) -> list[Coming]:
    """Groups that still take somebody in, the nearest first. Two statements, whatever their number."""
    groups = with_seats(now).filter(state__in=OPEN).prefetch_related("meetings").order_by("starts_on", "pk")
    found = (_coming(group) for group in groups[:most])
    return [one for one in found if one is not None and one.closes > now]


def _coming(group: SupportGroup) -> Coming | None:
    meetings = [meeting for meeting in group.meetings.all() if meeting.state == Meeting.State.PLANNED]
    closes = schedule.closes_at(meetings)
    if closes is None:
        return None
    seats = int(getattr(group, "seats", 0))
    places = "none" if seats < 1 else "few" if seats <= FEW else "yes"
    return Coming(group=group, meetings=meetings, closes=closes, places=places)
