"""What has to be remembered of the loop itself."""

from __future__ import annotations

from django.db import models


class FailingSweep(models.Model):
    """A sweep that did not go through when it was last tried. It is deleted when the sweep goes through."""

    name = models.CharField(max_length=80, primary_key=True)
    since = models.DateTimeField()
    tried_at = models.DateTimeField()
    # The kind of error only: its text may hold what somebody wrote.
    why = models.CharField(max_length=80)
