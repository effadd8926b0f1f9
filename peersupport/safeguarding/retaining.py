"""Concerns and looks are erased when their time is over: first their keys, then the rows."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from peersupport.audit.recording import record
from peersupport.safeguarding.models import Alarm, Concern, Look
from peersupport.vault import keys
from peersupport.work.one_by_one import in_pages, one_by_one


def forget_old(now: datetime) -> None:
    """Erases concerns that were closed SAFEGUARDING_DAYS ago, and looks asked for AUDIT_DAYS ago.

    An open concern is kept, however old it is. Safe to call again and by two processes.
    """
    ended = Concern.objects.filter(closed_at__lt=now - timedelta(days=settings.SAFEGUARDING_DAYS))
    one_by_one(in_pages(ended), _erase, what="erasing a concern")
    # Whoever was looked at has been told, or the time to tell is long over.
    asked = Look.objects.filter(asked_at__lt=now - timedelta(days=settings.AUDIT_DAYS))
    one_by_one(
        in_pages(asked.filter(Q(tell_from=None) | Q(tell_from__lt=now))), _erase, what="erasing a look"
    )
    done = Alarm.objects.exclude(state__in=["due", "doing"])
    done.filter(done_at__lt=now - timedelta(days=settings.MAIL_DAYS)).delete()


def _erase(row: Concern | Look) -> None:
    record(what="safeguarding.erased", by=None, about=row, why="retention")
    keys.destroy(subject=row.pk)
    row.delete()
