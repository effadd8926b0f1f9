"""Naming somebody and offering a seat take turns: what is named meanwhile counts, whoever is named by whom.

The rows of one application and one group would not do: an offer to Anna rests on what everybody else in that
group has named, and somebody of them may be naming her at this moment.
"""

from __future__ import annotations

from django.db import connection

# Any number that nothing else in this database locks by.
LOCK = 6120130061


def before_naming() -> None:
    """Waits for offers under way; others wait until this transaction ends. Before any row is locked."""
    _lock("pg_advisory_xact_lock")


def before_offering() -> None:
    """Waits for who is naming somebody; other offers go on. Before any row is locked."""
    _lock("pg_advisory_xact_lock_shared")


def _lock(function: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [LOCK])
