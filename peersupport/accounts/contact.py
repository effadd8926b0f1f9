"""How it is safe to reach somebody: written down, handed over, asked for."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from peersupport.accounts.models import SafeContact, User
from peersupport.audit.recording import record


@dataclass(frozen=True)
class Wishes:
    """What somebody said about being reached. Hours are local, 0–23 and 1–24; both None: any hour."""

    email_is_safe: bool
    address: str = ""
    from_hour: int | None = None
    until_hour: int | None = None


def of(user: User) -> SafeContact | None:
    """How this person may be reached, or None where nothing was ever said: then not at all."""
    return SafeContact.objects.filter(user=user).first()


@transaction.atomic
def keep(*, contact: SafeContact, wishes: Wishes, time_zone: str, by: User | None) -> SafeContact:
    """Writes the wishes down. An address that is not safe is not kept at all. `by` None: an applicant."""
    contact.email_is_safe = wishes.email_is_safe
    contact.address = wishes.address.strip() if wishes.email_is_safe else ""
    contact.from_hour = wishes.from_hour if wishes.email_is_safe else None
    contact.until_hour = wishes.until_hour if wishes.email_is_safe else None
    contact.time_zone = time_zone
    contact.save()
    record(what="contact.kept", by=by, about=contact, email_is_safe=contact.email_is_safe)
    return contact


@transaction.atomic
def hand_over(*, contact: SafeContact | None, to: User) -> SafeContact:
    """Makes a contact the user's own, sealed under her key: the application's key may be destroyed later."""
    mine = contact or SafeContact(time_zone=to.time_zone)
    address = mine.address
    mine.subject, mine.user = to.pk, to
    # Written anew, or the bytes sealed under the former subject's key would stay.
    mine.address = address
    mine.save()
    return mine
