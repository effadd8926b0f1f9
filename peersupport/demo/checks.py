"""System check: the demonstration's people, whose password everybody knows, are nobody on a real site."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

from peersupport.accounts.models import User
from peersupport.demo.cast import PEOPLE


@register(Tags.database)
def nobody_of_the_cast_signs_in(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Run before a site is served and before every migrate."""
    if settings.DEMO:
        return []
    known = [person.email for person in PEOPLE.values() if person.email]
    return [
        Error(
            "The accounts of the demonstration, with their known password, are in this database.",
            hint="A real site starts with a database of its own: choose another DATABASE_URL or "
            "PEERSUPPORT_DATA_DIR.",
            id="demo.E001",
        )
        for alias in databases or []
        if _has_accounts(alias) and User.objects.using(alias).filter(email__in=known, is_active=True).exists()
    ]


def _has_accounts(alias: str) -> bool:
    # Before the first migrate there is no table to ask.
    return User._meta.db_table in connections[alias].introspection.table_names()
