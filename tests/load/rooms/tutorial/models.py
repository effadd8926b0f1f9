"""What the tutorial would store if it stored anything."""

from __future__ import annotations

from django.db import models


class Message(models.Model):
    """One message of one room."""

    room_name = models.CharField(max_length=64, db_index=True)
    key = models.UUIDField(unique=True)
    body = models.TextField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "tutorial"
