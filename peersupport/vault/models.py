"""Data keys, one per subject, in a schema that no data dump contains."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class DataKey(models.Model):
    """The wrapped key of one subject (a person, an application, a membership).

    Destroying a key empties `wrapped` and keeps the row, so that a late writer cannot make a new key
    for a subject that was erased.
    """

    subject = models.UUIDField(primary_key=True)
    wrapped = models.BinaryField(null=True)
    made_at = models.DateTimeField(default=timezone.now)
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        # The quotes inside make Django address the table in its own schema.
        db_table = '"vault"."data_key"'
