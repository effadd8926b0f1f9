"""Adds a row to the audit record, in the transaction of the act itself."""

from __future__ import annotations

from uuid import UUID

from django.db import models

from peersupport.audit.models import Entry

Fact = str | int | bool | None


def record(
    *, what: str, by: models.Model | UUID | None, about: models.Model | str = "", **facts: Fact
) -> None:
    """Notes that `by` did `what` ("application.read") to `about`.

    Facts are ids, counts and choices, never what a person wrote. If the row cannot be written the
    caller's transaction fails with it: nothing happens unseen.
    """
    actor = by.pk if isinstance(by, models.Model) else by
    name = f"{about._meta.label_lower}:{about.pk}" if isinstance(about, models.Model) else about
    Entry.objects.create(what=what, actor=actor, about=name, facts=facts)
