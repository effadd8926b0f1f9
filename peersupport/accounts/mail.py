"""Mails: written only where that was marked safe, sent in safe hours, with subjects that say nothing."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.core.validators import validate_email
from django.db import transaction
from django.template import Context
from django.template.loader import get_template
from django.utils import translation
from django.utils.translation import gettext

from peersupport.accounts.hours import next_allowed
from peersupport.accounts.languages import spoken
from peersupport.accounts.models import Mail, SafeContact
from peersupport.vault.keys import KeyDestroyed

APPROVED = Path(__file__).with_name("mails.toml")
FINISHED = (Mail.State.DONE, Mail.State.FAILED, Mail.State.FLAGGED, Mail.State.SKIPPED)


class UnsafeWords(Exception):
    """A subject or an address that could break out of its mail header."""


@dataclass(frozen=True)
class Approved:
    """One kind of mail: its subject in English, the template of its words, and what switches it off."""

    subject: str
    words: str
    switch: str = ""


@cache
def approved() -> dict[str, Approved]:
    """Every kind of mail by its name."""
    listed = tomllib.loads(APPROVED.read_text(encoding="utf-8"))
    return {name: Approved(**entry) for name, entry in listed.items()}


def site_link(path: str) -> str:
    """The full address of a page, for a mail: those are written where no request is at hand."""
    return urljoin(settings.PUBLIC_ORIGIN, path)


@transaction.atomic
def queue(
    *,
    contact: SafeContact | None,
    template: str,
    context: Mapping[str, Any],
    now: datetime,
    due_at: datetime | None = None,
    language: str | None = None,
) -> Mail | None:
    """Queues a mail to be sent at `due_at` (default: now) or in the next safe hour after it.

    None, and nothing is written, where e-mail was not marked safe or there is no address. KeyError for a
    template that is not approved; UnsafeWords for line breaks in an address.
    """
    kind = approved()[template]
    if contact is None or not contact.email_is_safe or not contact.address:
        return None
    title, body = written(kind, context, language=language or language_of(contact))
    refuse_unsafe(title, contact.address)
    return Mail.objects.create(
        contact=contact,
        subject=contact.subject,
        template=template,
        address=contact.address,
        title=title,
        body=body,
        due_at=in_safe_hours(contact, due_at or now),
    )


def written(kind: Approved, context: Mapping[str, Any], *, language: str) -> tuple[str, str]:
    """Subject and plain text of a mail in a language; in the site's own where pages are not offered in it."""
    with translation.override(spoken(language)):
        return gettext(kind.subject), _words(kind, context)


def language_of(contact: SafeContact) -> str:
    """The language a person reads, or the site's where she has no account yet."""
    return spoken(contact.user.language) if contact.user else settings.LANGUAGE_CODE


def refuse_unsafe(title: str, address: str) -> None:
    """UnsafeWords for line breaks in what stands in a mail's header; ValidationError for no address."""
    _refuse_line_breaks(title, address)
    validate_email(address)


def in_safe_hours(contact: SafeContact, at: datetime) -> datetime:
    """The first moment from `at` on at which a mail may reach this person."""
    return next_allowed(
        at, from_hour=contact.from_hour, until_hour=contact.until_hour, time_zone=contact.time_zone
    )


def is_still_wanted(mail: Mail) -> bool:
    """Whether the consent this mail rests on still stands, for the very address it goes to."""
    contact = mail.contact
    try:
        return contact is not None and contact.email_is_safe and contact.address == mail.address
    except KeyDestroyed:
        return False


def forget_old(now: datetime) -> None:
    """Deletes rows of mails that were finished PEERSUPPORT_MAIL_DAYS ago."""
    before = now - timedelta(days=settings.MAIL_DAYS)
    Mail.objects.filter(state__in=FINISHED, done_at__lt=before).delete()


def _words(kind: Approved, context: Mapping[str, Any]) -> str:
    # Plain text: an apostrophe must not arrive as &#x27;.
    values = Context({**context, "site": {"name": settings.SITE_NAME}}, autoescape=False)
    template: Any = get_template(kind.words)
    return str(template.template.render(values)).strip() + "\n"


def _refuse_line_breaks(*values: str) -> None:
    for value in values:
        if any(character in value for character in "\r\n\0\v\f\x85\u2028\u2029"):
            raise UnsafeWords
