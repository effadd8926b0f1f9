"""Opening an account for somebody who was invited. There is no other way to get one."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from peersupport.accounts import contact as contacts
from peersupport.accounts.models import SafeContact, User
from peersupport.accounts.naming import sign_in_name
from peersupport.audit.recording import record

TRIES = 20


class AddressTaken(Exception):
    """Somebody signs in with this e-mail address already. Say so only to who reads that mailbox."""


@transaction.atomic
def open_account(
    *,
    password: str | None,
    by: User | None,
    email: str | None = None,
    contact: SafeContact | None = None,
    language: str = "en",
    time_zone: str = "Europe/Helsinki",
    country: str = "fi",
    now: datetime | None = None,
) -> User:
    """A new person: signs in with `email` if there is one, otherwise with a generated sign-in name.

    `contact` becomes hers and is sealed under her own key from now on. `by` None: she does it herself with
    her invitation. `password` None: nobody can sign in until one is set. Raises ValidationError for a
    password that is too short or too common, AddressTaken for an address in use.
    """
    if password is not None:
        validate_password(password, User(email=email))
    user = _created(
        email=email,
        password=password,
        language=language,
        time_zone=time_zone,
        country=country,
        joined_at=now or timezone.now(),
    )
    contacts.hand_over(contact=contact, to=user)
    record(what="account.opened", by=by or user, about=user, with_email=email is not None)
    return user


def _created(*, email: str | None, password: str | None, **fields: object) -> User:
    for _try in range(TRIES):
        name = None if email else sign_in_name()
        try:
            with transaction.atomic():
                return User.objects.create_user(email=email, sign_in_name=name, password=password, **fields)
        except IntegrityError as error:
            if email:
                raise AddressTaken from error
    raise ValidationError(_("No free sign-in name was found. Please try again."))
