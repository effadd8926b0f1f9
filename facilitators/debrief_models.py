"""What each of those who led a meeting writes down when they talk it over."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from peersupport.groups.models import Meeting, Membership
from peersupport.vault.fields import SealedTextField


class DebriefPart(models.Model):
    """One facilitator's part. What went how is read by those who lead the group, her strain by her alone."""

    class Incident(models.TextChoices):
        NONE = "none", _("No")
        TOLD = "told", _("Yes, and the coordinators know of it")
        TELL = "tell", _("Yes, and the coordinators should call me")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="debrief_parts")
    member = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="debrief_parts")
    went_well = SealedTextField(subject="member_id", default="")
    hard = SealedTextField(subject="member_id", default="")
    # 0: none at all, 10: as heavy as it can be.
    strain = models.PositiveSmallIntegerField(null=True)
    incident = models.CharField(max_length=4, choices=Incident.choices, default="")
    # What of the plan was done, by its place in the plan's list, and how long that list was.
    ticked = models.JSONField(default=list)
    ticks = models.PositiveSmallIntegerField(default=0)
    saved_at = models.DateTimeField()
    handed_in_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "member"], name="one_part_of_a_debrief"),
            models.CheckConstraint(
                condition=Q(strain__isnull=True) | Q(strain__lte=10), name="strain_to_ten"
            ),
            models.CheckConstraint(
                condition=Q(handed_in_at=None) | Q(strain__isnull=False) & ~Q(incident=""),
                name="handed_in_when_whole",
            ),
        ]
