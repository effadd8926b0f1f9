"""Members are told that something of their plan has changed: neutral mails, only where mail is safe."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from peersupport.accounts import mail
from peersupport.accounts.models import Mail, SafeContact
from peersupport.groups.models import Membership, SupportGroup
from peersupport.vault import keys

TEMPLATE = "dates"


def plan_changed(*, group: SupportGroup, now: datetime) -> int:
    """Queues a mail to every member who can be written to; how many. What has changed is on their page alone.

    Whoever has such a mail still waiting gets no second one: it leads to the same page.
    """
    members = group.memberships.filter(state=Membership.State.ACTIVE).values("user")
    contacts = list(SafeContact.objects.select_related("user").filter(user__in=members, email_is_safe=True))
    waiting = Mail.objects.filter(contact__in=contacts, template=TEMPLATE, state=Mail.State.DUE)
    told = set(waiting.values_list("contact", flat=True))
    keys.load(one.subject for one in contacts)
    context = {"link": mail.site_link(reverse("groups:mine"))}
    queued = [
        mail.queue(contact=one, template=TEMPLATE, context=context, now=now)
        for one in contacts
        if one.pk not in told
    ]
    return sum(one is not None for one in queued)
