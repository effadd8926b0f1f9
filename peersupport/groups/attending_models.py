"""What people say about coming: to one date, instead of somebody, not any more, or not on a day."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from peersupport.vault.fields import SealedTextField

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager


class Coming(models.Model):
    """What a parent said about one date, at the time it had then: moved, it is another question."""

    class Says(models.TextChoices):
        COMING = "coming", _("I am coming")
        LATE = "late", _("I will be late")
        NOT = "not", _("I can't come")

    pk = models.CompositePrimaryKey("meeting_id", "member_id")
    meeting = models.ForeignKey(
        "groups.Meeting", on_delete=models.CASCADE, related_name="coming", db_index=False
    )
    member = models.ForeignKey("groups.Membership", on_delete=models.CASCADE, related_name="coming")
    says = models.CharField(max_length=6, choices=Says.choices)
    starts_at = models.DateTimeField()
    at = models.DateTimeField()


class StandInCall(models.Model):
    """A facilitator cannot come to one meeting: others are asked, and the first who says yes has it."""

    class State(models.TextChoices):
        OPEN = "open", _("somebody is looked for")
        TAKEN = "taken", _("somebody has said yes")
        WITHDRAWN = "withdrawn", _("not needed any more")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    meeting = models.ForeignKey("groups.Meeting", on_delete=models.CASCADE, related_name="stand_in_calls")
    absent = models.ForeignKey("groups.Facilitator", on_delete=models.CASCADE, related_name="calls_made")
    made_at = models.DateTimeField()
    made_by = models.UUIDField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    taken_by = models.ForeignKey(
        "groups.Facilitator", on_delete=models.SET_NULL, null=True, related_name="calls_taken"
    )
    # She belongs to the group for the sake of this one meeting; who leads it anyway is not touched.
    admitted = models.BooleanField(default=False)
    over_at = models.DateTimeField(null=True)

    if TYPE_CHECKING:
        asked: RelatedManager[StandInAsked]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "absent"], condition=Q(state="open"), name="one_open_call_for_somebody"
            ),
            models.CheckConstraint(
                condition=~Q(state="open") | Q(taken_by=None), name="an_open_call_is_nobodys"
            ),
        ]


class StandInAsked(models.Model):
    """A facilitator who was asked, and whether she has said that she cannot."""

    pk = models.CompositePrimaryKey("call_id", "facilitator_id")
    call = models.ForeignKey(StandInCall, on_delete=models.CASCADE, related_name="asked", db_index=False)
    facilitator = models.ForeignKey("groups.Facilitator", on_delete=models.CASCADE, related_name="calls")
    said_no_at = models.DateTimeField(null=True)


class Goodbye(models.Model):
    """What somebody who left would like to say to the others. Facilitators read it first."""

    member = models.OneToOneField(
        "groups.Membership", on_delete=models.CASCADE, primary_key=True, related_name="goodbye"
    )
    words = SealedTextField(subject="member_id", default="")
    at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.UUIDField(null=True)
    # From when on the others read it; None, once it is decided: they do not.
    shown_from = models.DateTimeField(null=True)


class FreeDay(models.Model):
    """A day on which somebody asked that nothing be planned. The day alone; nobody asks why."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    # The application she waits by, later her account: whichever it is, no row points here.
    whose = models.UUIDField()
    day = models.DateField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["whose", "day"], name="a_free_day_once")]


class AttendanceNote(models.Model):
    """What a facilitator says of one parent at one meeting where it was otherwise than the room measured.

    Kept beside the measured row, so that a slip can be taken back. The newest word stands; the audit record
    has the others.
    """

    class Was(models.TextChoices):
        THERE = "there", pgettext_lazy("attendance", "there")
        LEFT_EARLY = "left_early", pgettext_lazy("attendance", "left early")
        NOT_THERE = "not_there", pgettext_lazy("attendance", "not there")

    pk = models.CompositePrimaryKey("meeting_id", "member_id")
    meeting = models.ForeignKey(
        "groups.Meeting", on_delete=models.CASCADE, related_name="attendance_notes", db_index=False
    )
    member = models.ForeignKey("groups.Membership", on_delete=models.CASCADE, related_name="attendance_notes")
    was = models.CharField(max_length=10, choices=Was.choices)
    at = models.DateTimeField()
    by = models.UUIDField()
