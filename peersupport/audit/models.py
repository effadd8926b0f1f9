"""Who did or read what: rows that are added and never changed."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class Entry(models.Model):
    """One act. No foreign keys: a row outlives whatever it speaks of. No personal text, ids only."""

    at = models.DateTimeField(default=timezone.now, db_index=True)
    what = models.CharField(max_length=60)
    actor = models.UUIDField(null=True, help_text="The user who acted; empty for the system itself.")
    about = models.CharField(max_length=120, default="", help_text="Kind and id of the row acted on.")
    facts = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["about", "at"], name="audit_about")]
