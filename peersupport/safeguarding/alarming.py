"""Coordinators are told by a mail that says nothing but that there is something to look at."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from peersupport.accounts import mail
from peersupport.accounts.models import SafeContact
from peersupport.audit.recording import record
from peersupport.safeguarding.access import coordinators
from peersupport.safeguarding.models import Alarm, Concern, Look
from peersupport.work.duties import Skipped

log = logging.getLogger("peersupport.safeguarding")

#: As long as nobody opens a concern it is told again and again.
AGAIN = timedelta(minutes=30)
MOST_TIMES = 48


def expect(what: Alarm.What, about: UUID, *, due_at: datetime, number: int = 0) -> None:
    """Notes that coordinators are told at a moment. The same again is nothing new."""
    Alarm.objects.get_or_create(what=what, about=about, number=number, defaults={"due_at": due_at})


@transaction.atomic
def tell(alarm: Alarm, now: datetime) -> None:
    """The duty: writes to every coordinator but the person concerned. Skipped where nothing waits."""
    person = _person_of(alarm, now)
    told = sum(_write(contact, now) for contact in _contacts(person))
    if alarm.what in (Alarm.What.UNOPENED, Alarm.What.SHOWN) or not told:
        # For whoever watches the server: kind and number alone.
        log.error("safeguarding: %s, %d coordinators written to", alarm.what, told)
    record(what="safeguarding.told", by=None, about=alarm, kind=alarm.what, mails=told)
    if alarm.what == Alarm.What.UNOPENED and alarm.number < MOST_TIMES:
        expect(Alarm.What.UNOPENED, alarm.about, due_at=now + AGAIN, number=alarm.number + 1)


def _person_of(alarm: Alarm, now: datetime) -> UUID:
    """Whom it is about. Raises Skipped where it was opened, decided on or erased."""
    if alarm.what in (Alarm.What.RAISED, Alarm.What.UNOPENED):
        concern = Concern.objects.filter(pk=alarm.about, opened_at=None).first()
        if concern is None:
            raise Skipped("opened in time")
        return concern.person
    look = Look.objects.filter(pk=alarm.about).first()
    if look is None:
        raise Skipped("no longer there")
    if alarm.what == Alarm.What.ASKED and look.state(now) != Look.State.WAITING:
        raise Skipped("decided in time")
    return look.person


def _contacts(but: UUID) -> list[SafeContact]:
    told = coordinators().exclude(pk=but)
    return list(SafeContact.objects.filter(user__in=told, email_is_safe=True).order_by("pk")[:50])


def _write(contact: SafeContact, now: datetime) -> bool:
    link = mail.site_link(reverse("safeguarding:concerns"))
    return mail.queue(contact=contact, template="matters", context={"link": link}, now=now) is not None
