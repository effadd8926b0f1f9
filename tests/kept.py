"""The rows of a group as the site's own verbs made them a moment ago, for the next test to begin with.

To make the group Alder takes some 340 statements, and most tests begin with it. What they left is read out as
PostgreSQL's COPY writes it and put back for whoever asks within half a minute; then it is made anew, so that
a meeting that began ten minutes ago stays one. Ids come back with the rows: whatever this process remembers
by them is forgotten. A server of another process would remember too: for it everything is always made anew.
"""

from __future__ import annotations

import pickle
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from peersupport.chat import asking
from peersupport.chat.keeping import standings
from peersupport.groups.models import Programme
from peersupport.vault import keys
from tests.emptying import PAST_TRIGGERS, TRIGGERS_AGAIN, filled_tables

FRESH_FOR = timedelta(seconds=30)


@dataclass(frozen=True)
class Rows:
    """The filled tables of the database, in COPY's text form, as they were right after `now`.

    `things` is what their maker wants back with them: pickled, so that every test has objects of its own.
    """

    now: datetime
    tables: dict[str, bytes]
    things: bytes


#: Whether the test that runs may begin with what is kept.
allowed = False
_kept: dict[str, Rows] = {}


def moment() -> datetime:
    """From when a test sees the cast: now, or the moment of what is kept."""
    now = timezone.now()
    fresh = (rows.now for rows in _kept.values() if allowed and timedelta(0) <= now - rows.now < FRESH_FOR)
    return next(fresh, now)


def nothing_is_there() -> bool:
    """Whether no test and no fixture has filled any table yet."""
    return not filled_tables()


def keep(key: str, now: datetime, things: object) -> None:
    """Keeps all there is, and things with it; a moment that a test made up is nobody else's."""
    if abs(now.timestamp() - time.time()) > FRESH_FOR.total_seconds():
        return
    # What triggers do at the end of a transaction belongs to the rows; a test's own never comes to its end.
    connection.check_constraints()
    tables = {}
    with connection.cursor() as cursor:
        for table in filled_tables():
            with cursor.copy(f"COPY {connection.ops.quote_name(table)} TO STDOUT") as out:
                tables[table] = b"".join(out)
    _kept[key] = Rows(now, tables, pickle.dumps(things))


def put_back(key: str, now: datetime) -> Any:
    """Puts the rows back that were kept at this very moment, and gives the things that were kept with them.

    None where there are no such rows, or others in the tables.
    """
    rows = _kept.get(key)
    if not allowed or rows is None or rows.now != now or Programme.objects.exists():
        return None
    keys.cache.clear()
    asking._asked.clear()
    standings._known.clear()
    with transaction.atomic(), connection.cursor() as cursor:
        # Whatever a trigger asks of rows was asked when they were made. Rows of one table stand for those of
        # another before these are there; to ask after each of them takes longer than to put them back.
        cursor.execute(PAST_TRIGGERS)
        for table, lines in rows.tables.items():
            with cursor.copy(f"COPY {connection.ops.quote_name(table)} FROM STDIN") as into:
                into.write(lines)
        # The transaction may be the test's own, which goes on.
        cursor.execute(TRIGGERS_AGAIN)
    return pickle.loads(rows.things)
