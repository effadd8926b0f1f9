"""What leaves the house towards an applicant: neutral mails, and only where she marked mail as safe."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.urls import reverse

from peersupport.accounts import mail
from peersupport.joining.models import Application


@transaction.atomic
def news(*, application: Application, now: datetime) -> None:
    """Says that there is something to read at her return code."""
    _queue(application, "news", reverse("joining:return"), now)


@transaction.atomic
def invitation(*, application: Application, token: str, now: datetime) -> None:
    """Sends the link to her invitation. The token stands in this mail and nowhere else."""
    _queue(application, "invitation", reverse("joining:invited", args=[token]), now)


def _queue(application: Application, template: str, path: str, now: datetime) -> None:
    mail.queue(
        contact=application.contact,
        template=template,
        context={"link": mail.site_link(path)},
        now=now,
        language=application.language,
    )
