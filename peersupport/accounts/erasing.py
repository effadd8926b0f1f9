"""Erasing a person: her key is destroyed and what remains of the account names nobody."""

from __future__ import annotations

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import Q

from peersupport.accounts.ending import end_sessions, raise_access_version
from peersupport.accounts.models import Mail, MailSwitch, SafeContact, StaffRole, User
from peersupport.accounts.signals import person_erased
from peersupport.audit.recording import record
from peersupport.vault import keys


@transaction.atomic
def erase(*, user: User, by: User | None, now: datetime) -> None:
    """Takes everything that names or reaches this person out, and destroys her data key.

    What she told on her way in and wrote in rooms goes with it (`signals.person_erased`). The row stays,
    empty, where a group's record points to it. Old dumps stay readable until the key's own short-lived
    backup has expired.
    """
    person_erased.send(User, user=user, by=by, now=now)
    # Mails of her way in were sealed for the application; they went to the contact that is hers now.
    Mail.objects.filter(Q(subject=user.pk) | Q(contact__user=user)).delete()
    MailSwitch.objects.filter(user=user).delete()
    SafeContact.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()
    StaffRole.objects.filter(user=user).delete()
    end_sessions(user=user)
    user.email, user.sign_in_name = None, f"erased-{user.pk.hex}"
    user.is_active, user.last_login = False, None
    user.set_unusable_password()
    user.save()
    raise_access_version(user=user)
    keys.destroy(subject=user.pk)
    record(what="account.erased", by=by, about=user)
