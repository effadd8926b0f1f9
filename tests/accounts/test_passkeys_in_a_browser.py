"""Passkeys in Chromium, with an authenticator of its own; and every account page under axe."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from allauth.mfa.models import Authenticator
from django.utils import timezone
from playwright.sync_api import Page, expect

from peersupport.accounts.models import Session
from peersupport.demo.cast import PASSWORD
from tests.browsing import ServedSite, Visitors, apart, assert_accessible, assert_no_sideways_scroll, stored
from tests.cast import Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = [
    "/account/login/",
    "/account/password/forgotten/",
    "/account/password/forgotten/asked/",
    "/account/password/new/abc-def/",
    "/my/account/",
    "/my/account/choices/",
    "/my/account/mail/",
    "/my/account/address/",
    "/my/account/data/",
    "/account/password/",
    "/account/second-step/",
    "/account/passkeys/",
    "/account/confirm/",
]


@pytest.fixture
def people(transactional_db: None) -> Cast:
    """The cast, committed: the server reads over connections of its own."""
    return Cast(timezone.now())


@pytest.fixture
def phone(visitors: Visitors, site: ServedSite) -> Iterator[Page]:
    """A browser on a device that signs with a finger: Chromium's own virtual authenticator."""
    # Tall: axe counts what lies under the bar at the foot as covered.
    page = visitors.enter(width=390, height=2400)
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    yield page
    device.detach()


def sign_in(page: Page, site: ServedSite, login: str) -> None:
    page.goto(f"{site.url}/account/login/")
    page.get_by_label("E-mail address or sign-in name").fill(login)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/account/login/" not in url)


def add_passkey(page: Page, site: ServedSite) -> None:
    page.goto(f"{site.url}/account/passkeys/add/")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("A name for it").fill("My phone")
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()


def test_a_parent_adds_a_passkey_and_from_then_on_needs_no_password(
    phone: Page, site: ServedSite, people: Cast
) -> None:
    aino = people.aino
    sign_in(phone, site, aino.email or "")
    add_passkey(phone, site)
    assert apart(lambda: Authenticator.objects.filter(user=aino, type="webauthn").count()) == 1
    phone.goto(f"{site.url}/account/logout/")
    phone.get_by_role("button", name="Sign out").click()
    phone.goto(f"{site.url}/account/login/")
    phone.get_by_role("button", name="Sign in with a passkey").click()
    phone.wait_for_url(re.compile(r"/my/"))
    assert apart(lambda: Session.objects.filter(user=aino).count()) == 1
    assert set(stored(phone).values()) == {0}


def test_staff_show_a_passkey_as_their_second_step(phone: Page, site: ServedSite, people: Cast) -> None:
    salla = people.salla
    sign_in(phone, site, salla.email or "")
    expect(phone.get_by_role("heading", name="Passkeys and second step")).to_be_visible()
    assert_accessible(phone)
    add_passkey(phone, site)
    phone.goto(f"{site.url}/account/logout/")
    phone.get_by_role("button", name="Sign out").click()
    sign_in(phone, site, salla.email or "")
    expect(phone.get_by_role("heading", name="The second step")).to_be_visible()
    assert_accessible(phone)
    phone.get_by_role("button", name="Use my passkey").click()
    phone.wait_for_url(lambda url: "second-step" not in url)
    phone.goto(f"{site.url}/my/account/")
    expect(phone.get_by_role("heading", name="My account")).to_be_visible()


def test_a_passkey_that_is_not_used_is_told_calmly_and_the_password_still_works(
    visitors: Visitors, site: ServedSite, people: Cast
) -> None:
    page = visitors.enter()
    page.goto(f"{site.url}/account/login/")
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_visible()
    # A device without any authenticator: the browser refuses.
    page.evaluate("() => { navigator.credentials.get = () => Promise.reject(new Error('not allowed')); }")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("alert")).to_have_text(re.compile("The passkey was not used"))
    sign_in(page, site, people.aino.email or "")


def test_without_script_one_signs_in_with_a_password_and_passkeys_are_not_offered(
    visitors: Visitors, site: ServedSite, people: Cast
) -> None:
    page = visitors.enter(javascript=False, phone=True)
    page.goto(f"{site.url}/account/login/")
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
    sign_in(page, site, people.aino.email or "")
    page.wait_for_url("**/my/**")


@pytest.mark.parametrize(
    ("dark", "paths"),
    [(False, PAGES), (True, ["/account/login/", "/my/account/", "/my/account/mail/"])],
    ids=["light", "dark"],
)
def test_account_pages_are_accessible_and_fit_a_small_phone(
    visitors: Visitors, site: ServedSite, people: Cast, dark: bool, paths: list[str]
) -> None:
    page = visitors.enter(people.aino, width=320, height=2400, dark=dark)
    stranger = visitors.enter(width=320, height=2400, dark=dark)
    for path in paths:
        reader = page if path.startswith(("/my/", "/account/p", "/account/s", "/account/c")) else stranger
        reader = stranger if "forgotten" in path or "/new/" in path else reader
        reader.goto(site.url + path)
        assert_accessible(reader)
        assert_no_sideways_scroll(reader)
        title = reader.title().lower()
        assert not {word for word in ("abuse", "parent", "group", "child", "support") if word in title}
