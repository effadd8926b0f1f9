"""Signing in with an e-mail address: confirmed by a link before it counts."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core import signing
from django.db import IntegrityError, transaction
from django.urls import reverse

from peersupport.accounts import contact as contacts
from peersupport.accounts import mail
from peersupport.accounts.limits import within_limit
from peersupport.accounts.models import Mail, User
from peersupport.accounts.opening import AddressTaken
from peersupport.audit.recording import record

SALT = "accounts.confirm-address"
DAYS = 3
# Links asked for within an hour: the address may be anybody's until it is confirmed.
ASKED_MOST = 5


class AskedTooOften(Exception):
    """She has asked for so many links that the next one has to wait."""


class LinkTooOld(Exception):
    """The link was not ours, is too old, or speaks of an address that is no longer the safe one."""


@transaction.atomic
def ask(*, user: User, now: datetime) -> Mail | None:
    """Sends a link to the address marked as safe. None where there is no such address.

    Whether somebody else signs in with the address is not asked here: only its reader may learn that. Raises
    AskedTooOften.
    """
    if not within_limit(
        what="confirm-address", who=str(user.pk), most=ASKED_MOST, during=timedelta(hours=1), now=now
    ):
        raise AskedTooOften
    contact = contacts.of(user)
    token = signing.dumps([str(user.pk), contact.address.lower() if contact else ""], salt=SALT)
    link = mail.site_link(reverse("accounts:confirm_address", args=[token]))
    queued = mail.queue(contact=contact, template="confirm-address", context={"link": link}, now=now)
    record(what="account.address_asked", by=user, about=user)
    return queued


def address_in(token: str, *, user: User) -> str:
    """The address a link confirms for this person. Raises LinkTooOld."""
    try:
        user_id, address = signing.loads(token, salt=SALT, max_age=timedelta(days=DAYS))
    except signing.BadSignature as error:
        raise LinkTooOld from error
    contact = contacts.of(user)
    if user_id != str(user.pk) or contact is None or contact.address.lower() != address:
        raise LinkTooOld
    return str(address)


@transaction.atomic
def confirm(*, token: str, by: User) -> None:
    """From now on she can sign in with the address, too. Raises LinkTooOld, AddressTaken."""
    by.email = address_in(token, user=by)
    try:
        with transaction.atomic():
            by.save(update_fields=["email"])
    except IntegrityError as error:
        raise AddressTaken from error
    record(what="account.address_confirmed", by=by, about=by)


@transaction.atomic
def drop(*, by: User) -> None:
    """No longer with the address: only for somebody who has a sign-in name."""
    if by.sign_in_name:
        by.email = None
        by.save(update_fields=["email"])
        record(what="account.address_dropped", by=by, about=by)
