"""Coordinators are written to when nobody in a room has answered in time: that something is, never what."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse

from peersupport.accounts import mail
from peersupport.accounts.models import SafeContact, StaffRole
from peersupport.audit.recording import record
from peersupport.chat.models import Escalation
from peersupport.chat.moderating import escalating
from peersupport.work.duties import Later, Skipped

log = logging.getLogger("peersupport.joining")

# One mail speaks of everything that waits; the next follows only where something still does.
BETWEEN = timedelta(minutes=5)


@transaction.atomic
def tell(escalation: Escalation, now: datetime) -> None:
    """The duty: writes to every coordinator who may be written to. Skipped where it is answered."""
    if not escalating.still_open(escalation):
        raise Skipped("answered in time")
    before = Escalation.objects.filter(state="done").order_by("-done_at").first()
    if before is not None and before.done_at is not None and before.done_at > now - BETWEEN:
        raise Later(before.done_at + BETWEEN, why="they were told a moment ago")
    told = sum(_write(contact, now) for contact in _coordinators())
    if not told:
        # An alarm that names nobody: the desk shows it all the same.
        log.error("something waits at the desk, and no coordinator has an address that is marked safe")
    record(what="desk.told", by=None, about=escalation, kind=escalation.what, mails=told)
    escalating.show_that_told(escalation)


def _coordinators() -> list[SafeContact]:
    return list(
        SafeContact.objects.filter(
            user__is_active=True, user__staff_roles__role=StaffRole.Role.COORDINATOR, email_is_safe=True
        ).order_by("pk")[:50]
    )


def _write(contact: SafeContact, now: datetime) -> bool:
    link = mail.site_link(reverse("joining:desk_matters"))
    return mail.queue(contact=contact, template="matters", context={"link": link}, now=now) is not None
