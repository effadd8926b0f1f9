"""Asking for a new password. The page does the same for every address; whether anyone is written to is
decided later and elsewhere."""

from __future__ import annotations

from datetime import datetime, timedelta

from allauth.account.utils import user_pk_to_url_str
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.urls import reverse

from peersupport.accounts import contact as contacts
from peersupport.accounts import mail
from peersupport.accounts.models import Mail, ResetRequest, User
from peersupport.audit.recording import record

TEMPLATE = "password-reset"
AGAIN_AFTER = timedelta(minutes=15)


def ask(*, address: str, now: datetime) -> ResetRequest:
    """Notes that somebody asked for a new password for this address."""
    return ResetRequest.objects.create(address=address.strip().lower(), due_at=now)


def answer(request: ResetRequest, now: datetime) -> None:
    """The duty: queues the mail if the address is somebody's and safe, and forgets the request's address."""
    with transaction.atomic():
        user = User.objects.filter(email=request.address, is_active=True).first()
        if user is not None:
            _write_to(user, request.address, now)
        request.address = ""
        request.save(update_fields=["address"])


def forget_old(now: datetime) -> None:
    """Deletes requests that were answered."""
    ResetRequest.objects.exclude(state__in=[Mail.State.DUE, Mail.State.DOING]).filter(due_at__lt=now).delete()


def reset_path(user: User) -> str:
    """The address of the page that sets a new password, with a key that works once, for three days."""
    key = default_token_generator.make_token(user)
    return reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key})


def _write_to(user: User, address: str, now: datetime) -> None:
    contact = contacts.of(user)
    if contact is None or contact.address.lower() != address:
        return
    # Whoever asks again and again fills somebody's mailbox, where others may see that mails come.
    recent = Mail.objects.filter(subject=user.pk, template=TEMPLATE, due_at__gt=now - AGAIN_AFTER)
    if recent.exists():
        return
    context = {"link": mail.site_link(reset_path(user))}
    queued = mail.queue(contact=contact, template=TEMPLATE, context=context, now=now)
    if queued is not None:
        record(what="account.reset_asked", by=None, about=user)
