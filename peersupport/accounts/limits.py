"""How often somebody may try something, counted for all processes together."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection

from peersupport.vault.hashing import keyed_hash


def within_limit(*, what: str, who: str, most: int, during: timedelta, now: datetime) -> bool:
    """Counts one more attempt of `who` at `what`; False where there were more than `most` in this window.

    `who` is a network neighbourhood, an account's id, a return code: it is hashed before it is kept. The
    window begins with the first attempt. One statement, so that parallel attempts are all counted.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO accounts_shortmemory AS m (key, value, until) VALUES (%s, '1', %s)
            ON CONFLICT (key) DO UPDATE
               SET value = CASE WHEN m.until <= %s THEN '1' ELSE to_jsonb((m.value #>> '{}')::int + 1) END,
                   until = CASE WHEN m.until <= %s THEN EXCLUDED.until ELSE m.until END
            RETURNING (value #>> '{}')::int
            """,
            [keyed_hash(f"{what}|{who}", purpose="limits"), now + during, now, now],
        )
        (count,) = cursor.fetchone()
    return bool(count <= most)
