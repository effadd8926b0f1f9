"""Ways to sign in that the tests of accounts share."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.test import Client
from django.utils import timezone

from peersupport.accounts.models import User
from peersupport.demo.cast import PASSWORD
from tests.conftest import SecureClient


def sign_in(user: User, *, client: Client | None = None, password: str = PASSWORD) -> Client:
    """A browser in which this person typed her name and password; fails if she was not let in."""
    browser = client or SecureClient()
    login = user.email or user.sign_in_name
    answer = browser.post("/account/login/", {"login": login, "password": password})
    assert answer.status_code == 302, answer.content.decode()
    return browser


def confirm(browser: Client, password: str = PASSWORD) -> None:
    """Types the password once more, as pages that matter ask."""
    answer = browser.post("/account/confirm/", {"password": password})
    assert answer.status_code == 302, answer.content.decode()


def with_app(user: User) -> str:
    """Gives this person an authenticator app; the app's secret."""
    secret = str(totp.generate_totp_secret())
    totp.TOTP.activate(user, secret)
    return secret


def digits(secret: str) -> str:
    """What the app shows now."""
    counter = int(timezone.now().timestamp()) // 30
    return str(totp.format_hotp_value(totp.hotp_value(secret, counter)))


def sign_in_with_app(user: User) -> Client:
    """A browser in which this person showed password and second factor."""
    existing = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    secret = totp.decrypt(existing.data["secret"]) if existing else with_app(user)
    browser = sign_in(user)
    answer = browser.post("/account/second-step/enter/", {"code": digits(secret)})
    assert answer.status_code == 302, answer.content.decode()
    return browser
