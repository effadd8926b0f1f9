"""The facilitators talked a meeting over afterwards."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from peersupport.accounts.models import User
from peersupport.audit.recording import record
from peersupport.groups.models import Meeting


@transaction.atomic
def note_debrief(*, meeting: Meeting, by: User, now: datetime) -> None:
    """Notes that the meeting was talked over. Noting it twice keeps the first time."""
    if Meeting.objects.filter(pk=meeting.pk, debriefed_at=None).update(debriefed_at=now):
        record(what="meeting.debriefed", by=by, about=meeting)


@transaction.atomic
def take_back_debrief(*, meeting: Meeting, by: User) -> None:
    """Undoes a note made by mistake."""
    if Meeting.objects.filter(pk=meeting.pk, debriefed_at__isnull=False).update(debriefed_at=None):
        record(what="meeting.debrief_taken_back", by=by, about=meeting)
