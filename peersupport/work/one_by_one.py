"""Rows that a sweep looks after, each by itself: one that fails does not keep the others waiting."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

from django.db import OperationalError, connection, transaction

Row = TypeVar("Row")

log = logging.getLogger("peersupport.work")


class SomeFailed(Exception):
    """Not every row could be done; its argument says how many. The others are done."""


def one_by_one(rows: Iterable[Row], do: Callable[[Row], object], *, what: str) -> None:
    """Does every row in a transaction of its own.

    SomeFailed at the end where any could not be done, so that the sweep counts as failed. OperationalError
    at once where the database is away.
    """
    failed = 0
    for row in rows:
        try:
            with transaction.atomic():
                do(row)
        except Exception as error:
            # A deadlock or a time limit concerns one row; a lost connection all that are left.
            if isinstance(error, OperationalError) and not connection.is_usable():
                raise
            # The kind of error only: its text may hold what somebody wrote.
            log.error("%s failed for one row: %s", what, type(error).__name__)
            failed += 1
    if failed:
        raise SomeFailed(failed)
