"""Mails whose words are written when they are due: they say how it stands then, in her language of then.

Other apps plan such mails as rows and register here who writes them, by the name of the approved mail.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import translation

from peersupport.accounts import contact as contacts
from peersupport.accounts import switches
from peersupport.accounts.mail import approved, language_of, refuse_unsafe, written
from peersupport.accounts.models import Mail, User
from peersupport.work.duties import Skipped

NOT_SAFE = "nothing was marked safe"
SWITCHED_OFF = "switched off by the person"


@dataclass(frozen=True)
class Letter:
    """To whom, and the values of the mail's template, asked for in the reader's language."""

    to: User
    context: Callable[[], Mapping[str, Any]]


#: By the name of the approved mail. A writer raises Skipped, which says why, where it is no longer true.
writers: dict[str, Callable[[Mail], Letter]] = {}


def compose(mail: Mail) -> None:
    """Writes a due mail, to the address that is safe now. Raises Skipped where nothing is to be sent."""
    letter = writers[mail.template](mail)
    contact = contacts.of(letter.to)
    if contact is None or not contact.email_is_safe or not contact.address:
        raise Skipped(NOT_SAFE)
    kind = approved()[mail.template]
    if switches.is_off(user=letter.to, kind=kind.switch):
        raise Skipped(SWITCHED_OFF)
    mail.contact, mail.address = contact, contact.address
    language = language_of(contact)
    with translation.override(language):
        values = dict(letter.context())
    if kind.switch:
        values["stop"] = switches.link(user_id=letter.to.pk, kind=kind.switch)
    mail.title, mail.body = written(kind, values, language=language)
    refuse_unsafe(mail.title, mail.address)
    mail.save(update_fields=["contact", "address", "title", "body"])
