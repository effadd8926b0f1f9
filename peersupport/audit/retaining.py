"""Deletes audit rows whose time is over. Only the schema's owner can; the site's role has no such right."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction

from peersupport.audit.recording import record


@transaction.atomic
def forget_old(now: datetime) -> int:
    """Deletes rows older than PEERSUPPORT_AUDIT_DAYS, says so in a new row, and gives how many there were.

    The trigger lets this one transaction delete; updates it refuses to everybody. Raises ProgrammingError
    for a role that may not delete.
    """
    before = now - timedelta(days=settings.AUDIT_DAYS)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL peersupport.audit_retention = 'on'")
        cursor.execute("DELETE FROM audit_entry WHERE at < %s", [before])
        deleted = int(cursor.rowcount)
        cursor.execute("SET LOCAL peersupport.audit_retention = 'off'")
    if deleted:
        record(what="audit.forgotten", by=None, rows=deleted, before=before.isoformat())
    return deleted
