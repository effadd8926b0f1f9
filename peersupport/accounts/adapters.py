"""What the sign-in library asks of us."""

from __future__ import annotations

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from guides import offered
from peersupport.accounts import contact, ending, mail
from peersupport.accounts.addresses import client_address
from peersupport.accounts.models import User
from peersupport.accounts.signing_in import as_login
from peersupport.audit.recording import record
from peersupport.vault import master, sealing

NO_MATCH = _("The name or the password does not match. Please look at both again.")


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # the library is untyped
    """By invitation only; mails only where that is safe; one answer for known and unknown."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": NO_MATCH,
        "username_password_mismatch": NO_MATCH,
        "invalid_login": NO_MATCH,
        "too_many_login_attempts": _(
            "There were too many attempts. Please wait some minutes, then try again. Nothing is lost."
        ),
        "rate_limited": _("That was a little too quick. Please wait a minute, then try again."),
        "incorrect_password": _("This password does not match. Please try again."),
        "enter_current_password": _("This is not your password now. Please try again."),
        "incorrect_code": _("This code does not match. A new one may have appeared; please try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: people come in through an invitation."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Everybody to where her work or her group is."""
        user = request.user
        if user.has_perm("joining.coordinate"):
            return "/desk/"
        if user.has_perm("groups.facilitate"):
            return "/today/"
        if user.has_perm("guides.review"):
            return offered.path(get_language())
        return "/my/"

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return "/my/account/"

    def respond_user_inactive(self, request: HttpRequest, user: AbstractBaseUser) -> HttpResponse:
        """Somebody whose account was closed, with a passkey that is still right: what a wrong one gets."""
        messages.error(request, NO_MATCH)
        return redirect("account_login")

    def set_password(self, user: User, password: str) -> None:
        """A new password, for a change and for a reset: every other browser is signed out with it."""
        with transaction.atomic():
            user.set_password(password)
            user.save(update_fields=["password", "access_version"])
            own = self.request.session.session_key if self.request.user == user else None
            ending.end_sessions(user=user, but=own)
            record(what="account.password_set", by=user, about=user)

    def reauthenticate(self, user: User, password: str) -> bool:
        """Whether this is her password. Counted like a sign-in."""
        return bool(self.authenticate(self.request, username=user.login, password=password) == user)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """The library sends nothing itself: mails go through `accounts.mail`, where consent is asked."""
        raise NotImplementedError(template_prefix)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """One neutral mail for every change of how she signs in, if her mailbox is safe."""
        mail.queue(contact=contact.of(user), template="sign-in-changed", context={}, now=timezone.now())

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # Without the host's name, which the client chooses among ours.
        return as_login(credentials.get("email") or credentials.get("username") or "")


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # the library is untyped
    """Secrets sealed under the master key; staff keep at least one factor."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": AccountAdapter.error_messages["incorrect_code"],
        "cannot_delete_authenticator": _(
            "This is your only second step, and your work here needs one. Set up another first."
        ),
    }

    def encrypt(self, text: str) -> str:
        """For what the library keeps: secrets of authenticator apps, seeds of recovery codes."""
        return base64.b64encode(sealing.seal(text, key=_cipher(), at=b"mfa_authenticator")).decode("ascii")

    def decrypt(self, encrypted_text: str) -> str:
        """WrongKey where it was not sealed with this master key."""
        return sealing.unseal(base64.b64decode(encrypted_text), key=_cipher(), at=b"mfa_authenticator")

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        """Not the last one of a member of staff."""
        user = authenticator.user
        if settings.DEMO or not user.is_staff:
            return True
        kinds = type(authenticator).Type
        others = type(authenticator).objects.filter(user=user, type__in=[kinds.TOTP, kinds.WEBAUTHN])
        return bool(others.exclude(pk=authenticator.pk).exists())

    def _get_site_name(self) -> str:
        return str(settings.SITE_NAME)


def _cipher() -> AESGCM:
    return AESGCM(master.derived("second factor"))
