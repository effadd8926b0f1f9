"""A person's account pages: hers alone, kept nowhere, patient with what is typed in."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings as site
from django.urls import reverse

from peersupport.accounts import contact as contacts
from peersupport.accounts.models import User
from peersupport.registries.comparing import problems
from tests.accounts.doors import confirm, sign_in, sign_in_with_app
from tests.cast import Cast
from tests.conftest import SecureClient

OWN = [
    "accounts:account",
    "accounts:preferences",
    "accounts:reach",
    "accounts:mails",
    "accounts:address",
    "accounts:data",
]
OF_LIBRARY = [
    "account_change_password",
    "account_reauthenticate",
    "account_logout",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
]
SAFE = {"email_is_safe": "yes", "address": "a@demo.example", "from_hour": "any", "until_hour": "any"}
OPEN = ["account_login", "account_reset_password", "account_reset_password_done"]


def test_the_registries_are_in_step(db: None) -> None:
    assert problems() == []


@pytest.mark.parametrize("name", [*OWN, *OF_LIBRARY])
@pytest.mark.check(45)
def test_a_page_of_her_account_opens_and_no_copy_is_kept(cast: Cast, name: str) -> None:
    browser = sign_in(cast.aino)
    confirm(browser)
    answer = browser.get(reverse(name))
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize("name", OPEN)
@pytest.mark.check(45)
def test_a_page_on_the_way_in_opens_and_no_copy_is_kept(db: None, name: str) -> None:
    answer = SecureClient().get(reverse(name))
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize("name", ["mfa_activate_totp", "mfa_list_webauthn", "mfa_add_webauthn"])
def test_a_page_about_a_passkey_or_a_step_leads_back_to_all_of_them(cast: Cast, name: str) -> None:
    browser = sign_in(cast.aino)
    confirm(browser)
    page = browser.get(reverse(name)).content.decode()
    assert f'<a class="page-header-back" href="{reverse("mfa_index")}">' in page


@pytest.mark.parametrize(
    "name", ["mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_deactivate_totp"]
)
def test_pages_about_codes_open_for_who_has_them(cast: Cast, name: str) -> None:
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    browser = sign_in_with_app(cast.salla)
    RecoveryCodes.activate(cast.salla)
    confirm(browser)
    assert browser.get(reverse(name)).status_code == 200


@pytest.mark.parametrize("name", [*OWN, *OF_LIBRARY])
def test_whoever_is_not_signed_in_is_led_to_the_door(db: None, name: str) -> None:
    answer = SecureClient().get(reverse(name))
    assert answer.status_code == 302
    assert answer["Location"].split("?")[0] in {"/account/login/", "/"}


@pytest.mark.parametrize("name", [*OWN, "accounts:sign_out_everywhere", "accounts:outbox"])
def test_a_method_that_a_page_does_not_have_is_refused(cast: Cast, name: str) -> None:
    assert sign_in(cast.aino).delete(reverse(name)).status_code == 405


def test_language_country_and_clock_are_hers_to_choose(cast: Cast) -> None:
    browser = sign_in(cast.aino)
    chosen = {"language": "en", "country": "fr", "time_zone": "Europe/Paris"}
    assert browser.post("/my/account/choices/", chosen).status_code == 302
    aino = User.objects.get(pk=cast.aino.pk)
    assert {name: getattr(aino, name) for name in chosen} == chosen
    contact = contacts.of(aino)
    assert contact is not None
    assert contact.time_zone == "Europe/Paris"


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"language": "xx", "country": "zz", "time_zone": "Mars/Olympus"},
        {"language": "en\0", "country": "\ufdd0", "time_zone": "../../etc/passwd"},
        {"language": "e" * 10_000, "country": ["fi", "se"], "time_zone": ""},
    ],
)
def test_a_clock_that_does_not_exist_is_named_beside_its_field(cast: Cast, fields: dict[str, Any]) -> None:
    answer = sign_in(cast.aino).post("/my/account/choices/", fields)
    assert answer.status_code == 200
    assert "field-error" in answer.content.decode()
    assert User.objects.get(pk=cast.aino.pk).time_zone == "Europe/Helsinki"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({}, "email_is_safe"),
        ({**SAFE, "address": ""}, "address"),
        ({"email_is_safe": "yes", "address": "a@demo.example"}, "from_hour"),
        ({**SAFE, "address": "no address"}, "address"),
        ({**SAFE, "address": "a@demo.example\r\nBcc: b@demo.example"}, "address"),
        ({**SAFE, "address": f"{'a' * 300}@demo.example"}, "address"),
        ({**SAFE, "from_hour": "9"}, "until_hour"),
        ({**SAFE, "from_hour": "9", "until_hour": "9"}, "until_hour"),
        ({**SAFE, "from_hour": "0", "until_hour": "24"}, "until_hour"),
        ({**SAFE, "from_hour": "99", "until_hour": "x"}, "from_hour"),
    ],
)
def test_what_cannot_be_a_safe_way_is_named_beside_its_field(
    cast: Cast, fields: dict[str, str], field: str
) -> None:
    before = contacts.of(cast.aino)
    assert before is not None
    answer = sign_in(cast.aino).post("/my/account/mail/", fields)
    assert answer.status_code == 200
    assert f'id="id_{field}_error"' in answer.content.decode()
    after = contacts.of(cast.aino)
    assert after is not None
    assert after.address == before.address


def test_what_is_safe_can_be_changed_at_any_time(cast: Cast) -> None:
    browser = sign_in(cast.berit)
    fields = {"email_is_safe": "yes", "address": "berit@demo.example", "from_hour": "18", "until_hour": "20"}
    browser.post("/my/account/mail/", fields)
    page = browser.get("/my/account/").content.decode()
    assert "berit@demo.example" in page
    assert "between 18:00 and 20:00" in page
    browser.post("/my/account/mail/", {"email_is_safe": "no"})
    assert "berit@demo.example" not in browser.get("/my/account/").content.decode()


def test_times_are_shown_by_her_own_clock(cast: Cast) -> None:
    from django.utils import timezone

    answer = sign_in(cast.chloe).get("/my/account/")
    assert timezone.get_current_timezone_name() != "Europe/Paris"
    assert "Paris" in answer.content.decode()


def test_the_list_of_what_is_kept_names_the_days_of_the_settings(cast: Cast, settings: Any) -> None:
    settings.ROOM_TEXT_DAYS, settings.MAIL_DAYS = 41, 43
    page = sign_in(cast.aino).get("/my/account/data/").content.decode()
    assert "41 days" in page
    assert "43 days" in page


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        ("short", "short", "at least 10 characters"),
        ("password123", "password123", "too common"),
        ("four other calm words", "four other calm word", "not the same"),
    ],
)
def test_a_new_password_that_cannot_be_is_explained(cast: Cast, first: str, second: str, words: str) -> None:
    from peersupport.demo.cast import PASSWORD

    fields = {"oldpassword": PASSWORD, "password1": first, "password2": second}
    answer = sign_in(cast.aino).post("/account/password/", fields)
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert User.objects.get(pk=cast.aino.pk).check_password(PASSWORD)


PRINT_COOKIES = """
import django; django.setup()
from django.conf import settings as s
print(s.SESSION_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.SESSION_COOKIE_HTTPONLY, s.SESSION_COOKIE_SAMESITE,
      s.SESSION_COOKIE_DOMAIN, s.SESSION_COOKIE_PATH, s.CSRF_COOKIE_NAME, s.CSRF_COOKIE_SECURE,
      s.LANGUAGE_COOKIE_NAME, s.SECURE_HSTS_SECONDS > 31536000)
"""


@pytest.mark.check(38)
@pytest.mark.parametrize(
    ("demo", "printed"),
    [
        ("0", "__Host-session True True Lax None / __Host-csrf True __Host-language True"),
        ("1", "session False True Lax None / csrf False language False"),
    ],
    ids=["anywhere", "demonstration"],
)
def test_cookies_are_bound_to_the_host_outside_the_demonstration(demo: str, printed: str) -> None:
    environment = {**os.environ, "PEERSUPPORT_DEMO": demo, "DJANGO_SETTINGS_MODULE": "peersupport.settings"}
    found = subprocess.run(
        [sys.executable, "-c", PRINT_COOKIES], env=environment, capture_output=True, text=True, check=True
    )
    assert found.stdout.split() == printed.split()


@pytest.mark.check(38)
def test_the_session_cookie_is_set_as_its_name_promises(cast: Cast) -> None:
    cookie = sign_in(cast.aino).cookies[site.SESSION_COOKIE_NAME]
    assert site.SESSION_COOKIE_NAME.startswith("__Host-")
    assert cookie["secure"]
    assert cookie["httponly"]
    assert (cookie["path"], cookie["domain"], cookie["samesite"], cookie["max-age"]) == ("/", "", "Lax", "")
