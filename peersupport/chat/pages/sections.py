"""What parts the letters of a room: the days, and the meetings held on them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from peersupport.chat.models import Room
from peersupport.groups.models import Meeting

MOST = 60


@dataclass(frozen=True)
class Sitting:
    """A meeting as the letters know it: from when to when, and its words."""

    begins: datetime
    ends: datetime
    words: str

    def wire(self) -> dict[str, str]:
        """For the page's scripts."""
        return {"from": self.begins.isoformat(), "to": self.ends.isoformat(), "words": self.words}


def sittings_of(room: Room) -> list[Sitting]:
    """The meetings of a room's group, the earliest first."""
    meetings = Meeting.objects.filter(group=room.group_id, state=Meeting.State.PLANNED)
    return [
        Sitting(
            begins=meeting.opens_at,
            ends=meeting.ends_at + Meeting.RUNS_OVER,
            words=_("Meeting {number}: {topic}").format(number=meeting.number, topic=meeting.topic),
        )
        for meeting in meetings.order_by("starts_at")[:MOST]
    ]


def section_of(at: datetime, sittings: list[Sitting], *, zone: ZoneInfo) -> str:
    """The words over the letters of a time: the day, and the meeting if there was one."""
    day = date_format(at.astimezone(zone), "l j F")
    meeting = next((one.words for one in sittings if one.begins <= at < one.ends), "")
    return f"{day} · {meeting}" if meeting else day
