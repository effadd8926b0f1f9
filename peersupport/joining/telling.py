"""What leaves the house to an applicant or a coordinator: neutral mails, only where mail is marked safe."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from peersupport.accounts import mail
from peersupport.accounts.models import Mail, SafeContact
from peersupport.joining import choices
from peersupport.joining.models import Application


@transaction.atomic
def news(*, application: Application, now: datetime) -> None:
    """Says that there is something to read at her return code."""
    _queue(application, "news", reverse("joining:return"), now)


@transaction.atomic
def invitation(*, application: Application, token: str, now: datetime) -> None:
    """Sends the link to her invitation. The token stands in this mail and nowhere else."""
    _queue(application, "invitation", reverse("joining:invited", args=[token]), now)


@transaction.atomic
def coordinator(*, user_id: UUID, now: datetime) -> None:
    """Says to a coordinator that something changed about her talks: neither what nor with whom."""
    contact = SafeContact.objects.select_related("user").filter(user_id=user_id).first()
    context = {"link": mail.site_link(reverse("joining:desk_talks"))}
    mail.queue(contact=contact, template="matters", context=context, now=now)


def link(*, application: Application, token: str, now: datetime) -> Mail | None:
    """Sends a link to her application. The token stands in this mail and nowhere else."""
    return _queue(application, "return-link", reverse("joining:by_link", args=[token]), now)


def sign_of_life(*, application: Application, now: datetime) -> None:
    """Says that nothing is new and that she is not forgotten."""
    _queue(application, "sign-of-life", reverse("joining:return"), now)


def card_used(*, contact: SafeContact | None, now: datetime) -> None:
    """Tells whoever handed a card over that it was used: not by whom, not for what."""
    mail.queue(contact=contact, template="card-used", context={}, now=now)


def _queue(application: Application, template: str, path: str, now: datetime) -> Mail | None:
    return mail.queue(
        contact=application.contact,
        template=template,
        # The first words are those she chose.
        context={
            "link": mail.site_link(path),
            "hello": choices.name_of(application.told.opener, choices.OPENERS),
        },
        now=now,
        language=application.language,
    )
