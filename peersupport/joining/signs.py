"""A monthly sign of life to whoever waits and wants one."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from peersupport.joining import consenting, telling
from peersupport.joining.models import Application
from peersupport.work.one_by_one import in_pages, one_by_one

State = Application.State
EVERY = timedelta(days=30)


def due(now: datetime) -> QuerySet[Application]:
    """Who waits, wants a sign, and has heard nothing for a month."""
    # What was told otherwise counts as a sign, too.
    quiet = (Q(signed_at=None) | Q(signed_at__lte=now - EVERY)) & Q(changed_at__lte=now - EVERY)
    waiting = Q(state__in=[State.SENT, State.WAITING], contact__email_is_safe=True)
    wanted = Q(consents__layer="signs", consents__taken_back_at=None)
    return Application.objects.filter(quiet & waiting & wanted).distinct()


def send(now: datetime) -> None:
    """Queues the sign for everybody who is due. Twice is once, also by two processes."""

    def sign(found: Application) -> None:
        locked = Application.objects.select_for_update(of=("self",), skip_locked=True)
        fresh = locked.filter(pk=found.pk, state__in=[State.SENT, State.WAITING]).first()
        if fresh is None or (fresh.signed_at is not None and fresh.signed_at > now - EVERY):
            return
        # A sentence that reads otherwise by now was not agreed to.
        if "signs" not in consenting.given(fresh):
            return
        telling.sign_of_life(application=fresh, now=now)
        fresh.signed_at = now
        fresh.save(update_fields=["signed_at"])

    one_by_one(in_pages(due(now)), sign, what="a sign of life")
