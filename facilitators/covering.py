"""Which words stand under a cover until whoever moderates opens them: nobody reads unprepared what is hard.

What she opens is known to her browser alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from peersupport.chat.models import HeldMessage, Report, Room, Signal


def covered(room: Room, messages: Iterable[UUID]) -> set[UUID]:
    """Of these messages those that may mean distress, were held for what is in them, or are reported."""
    asked = list(messages)
    if not asked:
        return set()
    hard = Signal.objects.filter(room=room, message_id__in=asked).values_list("message_id")
    found = HeldMessage.objects.filter(
        room=room,
        message_id__in=asked,
        why=Room.Mode.HOLD_FLAGGED,
        decision=HeldMessage.Decision.WAITING,
    ).values_list("message_id")
    reported = Report.objects.filter(room=room, target__in=asked, kind=Report.Kind.MESSAGE, answered_at=None)
    return {message for (message,) in hard.union(found, reported.values_list("target"))}
