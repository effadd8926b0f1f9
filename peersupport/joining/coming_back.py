"""`Not now` has a day from which it may be tried again: on that day it is at the desk, and she is told."""

from __future__ import annotations

from datetime import datetime

from django.db.models import OuterRef, QuerySet, Subquery

from peersupport.audit.recording import record
from peersupport.joining import telling
from peersupport.joining.models import Application, Interview
from peersupport.work.one_by_one import in_pages, one_by_one


def due_back(now: datetime, *, untold: bool = False) -> QuerySet[Application]:
    """Applications whose day has come, by the last talk that was recorded; or those not told so yet."""
    last = Interview.objects.filter(application=OuterRef("pk")).order_by("-recorded_at")
    found = Application.objects.filter(state=Application.State.NOT_NOW).alias(
        comes_back=Subquery(last.values("come_back_on")[:1]), was_told=Subquery(last.values("told_at")[:1])
    )
    found = found.filter(comes_back__lte=now.date())
    return found.filter(was_told=None) if untold else found


def tell_who_is_due(now: datetime) -> None:
    """Tells each of them once that there is something to read. Safe to call again and by two processes."""

    def tell_one(found: Application) -> None:
        locked = Application.objects.select_for_update(of=("self",), skip_locked=True)
        application = locked.filter(pk=found.pk, state=Application.State.NOT_NOW).first()
        last = application.interviews.first() if application is not None else None
        if application is None or last is None or last.told_at is not None:
            return
        last.told_at = now
        last.save(update_fields=["told_at"])
        record(what="application.day_has_come", by=None, about=application)
        telling.news(application=application, now=now)

    one_by_one(in_pages(due_back(now, untold=True)), tell_one, what="telling that a day has come")
