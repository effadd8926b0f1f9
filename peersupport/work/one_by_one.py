"""Rows that a sweep looks after, each by itself: one that fails does not keep the others waiting."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from django.db import OperationalError, connection, models, transaction

Row = TypeVar("Row")
M = TypeVar("M", bound=models.Model)

log = logging.getLogger("peersupport.work")


class SomeFailed(Exception):
    """Not every row could be done; its argument says how many. The others are done."""


def in_pages(rows: models.QuerySet[M], *, size: int = 200) -> Iterator[M]:
    """Every row of an unsliced query once, `size` at a time in the order of the primary key.

    A row that could not be done is behind us, so that however many fail, the others have their turn.
    """
    rows = rows.order_by("pk")
    page = list(rows[:size])
    while page:
        # Read before: who deletes a row takes its key from it.
        last = page[-1].pk
        yield from page
        page = list(rows.filter(pk__gt=last)[:size])


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
