"""Staff reach nothing without a second factor; its secrets are sealed; passkeys refuse nonsense."""

from __future__ import annotations

import json
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import ResolverMatch
from django.utils import timezone

from peersupport.accounts import second_factor
from peersupport.accounts.adapters import SecondFactorAdapter
from peersupport.accounts.middleware import SecondFactorMiddleware
from peersupport.accounts.models import Session
from peersupport.audit.models import Entry
from peersupport.registries import routes
from peersupport.registries.comparing import view_names
from peersupport.vault.keys import WrongKey
from tests.accounts.doors import confirm, digits, sign_in, sign_in_with_app, with_app
from tests.cast import Cast
from tests.conftest import SecureClient

pytestmark = pytest.mark.django_db


def asked_for(name: str, browser: Client, method: str = "get") -> Any:
    """What the middleware says to a request of this browser for the view of that name; None: go on."""
    path = "/" + view_names()[name].lstrip("^")
    request = getattr(RequestFactory(), method)(path)
    request.COOKIES = {key: morsel.value for key, morsel in browser.cookies.items()}
    request.session = browser.session
    request.user = browser.get("/account/second-step/").wsgi_request.user
    request.resolver_match = ResolverMatch(lambda: None, (), {}, url_name=name)
    request.resolver_match.view_name = name
    middleware = SecondFactorMiddleware(lambda _request: HttpResponse())
    return middleware.process_view(request, None, (), {})


def everything_that_is_not_public() -> list[str]:
    rules = routes.rules()
    return sorted(
        name
        for name in view_names()
        if (name not in rules or rules[name].who != "anyone") and name not in second_factor.NEEDED_TO_SHOW_IT
    )


@pytest.mark.check(34)
def test_staff_with_a_password_alone_are_led_to_set_up_from_every_page_that_is_not_public(cast: Cast) -> None:
    browser = sign_in(cast.salla)
    names = everything_that_is_not_public()
    assert "accounts:account" in names
    refused = {name: asked_for(name, browser) for name in names}
    assert {name for name, answer in refused.items() if answer is None} == set()
    pages = [name for name in names if not view_names()[name].startswith("api/")]
    assert {refused[name]["Location"] for name in pages} == {"/account/second-step/"}
    assert {asked_for(name, browser, "post").status_code for name in names} == {403}


@pytest.mark.check(34)
def test_staff_with_a_second_factor_go_everywhere_their_role_goes(cast: Cast) -> None:
    browser = sign_in_with_app(cast.salla)
    assert {asked_for(name, browser) for name in everything_that_is_not_public()} == {None}


@pytest.mark.check(34)
def test_a_parent_needs_no_second_factor(cast: Cast) -> None:
    browser = sign_in(cast.aino)
    assert {asked_for(name, browser) for name in everything_that_is_not_public()} == {None}


@pytest.mark.check(34)
def test_staff_without_a_second_factor_still_reach_public_pages_set_up_and_the_way_out(cast: Cast) -> None:
    browser = sign_in(cast.salla)
    assert browser.get("/").status_code == 200
    assert browser.get("/account/second-step/").status_code == 200
    assert browser.get("/leave/").status_code == 303
    assert not Session.objects.filter(user=cast.salla).exists()


@pytest.mark.check(34)
def test_the_api_says_why_it_refuses(cast: Cast) -> None:
    request = RequestFactory().get("/api/v1/anything/")
    browser = sign_in(cast.salla)
    request.COOKIES = {key: morsel.value for key, morsel in browser.cookies.items()}
    request.session, request.user = browser.session, cast.salla
    request.resolver_match = ResolverMatch(lambda: None, (), {}, url_name="api:anything")
    answer = SecondFactorMiddleware(lambda _request: HttpResponse()).process_view(request, None, (), {})
    assert isinstance(answer, HttpResponse)
    assert answer.status_code == 403
    assert json.loads(answer.content)["error"]["code"] == "second_factor"


@pytest.mark.check(34)
def test_a_page_that_no_registry_lists_is_not_public(cast: Cast) -> None:
    browser = sign_in(cast.salla)
    request = RequestFactory().get("/admin/")
    request.COOKIES = {key: morsel.value for key, morsel in browser.cookies.items()}
    request.session, request.user = browser.session, cast.salla
    request.resolver_match = ResolverMatch(lambda: None, (), {}, url_name="admin")
    answer = SecondFactorMiddleware(lambda _request: HttpResponse()).process_view(request, None, (), {})
    assert answer is not None


def test_whoever_is_not_signed_in_is_asked_for_nothing(db: None, client: Client) -> None:
    request = RequestFactory().get("/my/account/")
    request.user = AnonymousUser()
    assert SecondFactorMiddleware(lambda _request: HttpResponse()).process_view(request, None, (), {}) is None


def test_only_in_the_demonstration_a_password_is_enough_for_staff(cast: Cast, settings: Any) -> None:
    assert not second_factor.is_satisfied({}, cast.salla)
    settings.DEMO = True
    assert second_factor.is_satisfied({}, cast.salla)


def test_somebody_elses_second_factor_in_the_session_counts_for_nothing(cast: Cast) -> None:
    browser = sign_in_with_app(cast.salla)
    data = dict(browser.session.items())
    assert second_factor.is_satisfied(data, cast.salla)
    assert not second_factor.is_satisfied(data, cast.maija)
    assert not second_factor.is_satisfied({**data, second_factor.METHODS: "nonsense"}, cast.salla)


def test_a_wrong_code_does_not_sign_in_and_a_right_one_works_once(cast: Cast) -> None:
    secret = with_app(cast.salla)
    browser = sign_in(cast.salla)
    assert browser.get("/account/second-step/enter/").status_code == 200
    assert browser.post("/account/second-step/enter/", {"code": "000000"}).status_code == 200
    assert browser.get("/my/account/").status_code == 302
    code = digits(secret)
    assert browser.post("/account/second-step/enter/", {"code": code}).status_code == 302
    again = sign_in(cast.salla)
    assert "does not match" in again.post("/account/second-step/enter/", {"code": code}).content.decode()


@pytest.mark.check(36)
def test_codes_cannot_be_tried_for_long(cast: Cast) -> None:
    secret = with_app(cast.salla)
    browser = sign_in(cast.salla)
    for _ in range(5):
        browser.post("/account/second-step/enter/", {"code": "000000"})
    answer = browser.post("/account/second-step/enter/", {"code": digits(secret)})
    assert "too many attempts" in answer.content.decode()


def test_a_recovery_code_signs_in_once(cast: Cast) -> None:
    with_app(cast.salla)
    code = RecoveryCodes.activate(cast.salla).get_unused_codes()[0]
    browser = sign_in(cast.salla)
    assert browser.post("/account/second-step/enter/", {"code": code}).status_code == 302
    assert second_factor.is_satisfied(browser.session, cast.salla)
    again = sign_in(cast.salla)
    assert again.post("/account/second-step/enter/", {"code": code}).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_setting_up_an_app_counts_as_showing_it_and_gives_recovery_codes(cast: Cast) -> None:
    browser = sign_in(cast.salla)
    confirm(browser)
    browser.get("/account/second-step/app/")
    secret = browser.session["mfa.totp.secret"]
    answer = browser.post("/account/second-step/app/", {"code": digits(secret)}, follow=True)
    page = answer.content.decode()
    assert answer.redirect_chain[-1][0] == "/account/second-step/codes/"
    codes = Authenticator.objects.get(user=cast.salla, type="recovery_codes").wrap().get_unused_codes()
    assert len(codes) == 10
    assert all(code in page for code in codes)
    assert second_factor.is_satisfied(browser.session, cast.salla)


@pytest.mark.check(54)
def test_secrets_of_second_factors_are_ciphertext_in_the_database(cast: Cast) -> None:
    secret = with_app(cast.salla)
    RecoveryCodes.activate(cast.salla)
    rows = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert "seed" in rows
    assert secret not in rows
    assert Authenticator.objects.get(type="totp").wrap().validate_code(digits(secret))


@pytest.mark.check(54)
def test_a_second_factor_sealed_under_another_master_key_does_not_open(cast: Cast, settings: Any) -> None:
    sealed = SecondFactorAdapter().encrypt("JBSWY3DPEHPK3PXP")
    settings.MASTER_KEY = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY="
    with pytest.raises(WrongKey):
        SecondFactorAdapter().decrypt(sealed)


def test_staff_keep_their_last_factor_and_parents_may_drop_it(cast: Cast) -> None:
    for user, allowed in ((cast.salla, False), (cast.aino, True)):
        browser = sign_in_with_app(user)
        confirm(browser)
        browser.post("/account/second-step/app/remove/")
        assert Authenticator.objects.filter(user=user).exists() is not allowed


NONSENSE = [
    "",
    "null",
    "[]",
    "{}",
    '"x"',
    "1",
    '{"response": null}',
    '{"id": 1, "rawId": 2, "response": {"userHandle": 3}, "type": "public-key"}',
    '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {"clientDataJSON": "AA",'
    ' "authenticatorData": "AA", "signature": "AA", "userHandle": "AA"}, "clientExtensionResults": {}}',
    '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {"clientDataJSON": "e30",'
    ' "authenticatorData": "AA", "signature": "AA"}, "clientExtensionResults": {}}',
    '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {"clientDataJSON": "e30",'
    ' "attestationObject": "AA"}, "clientExtensionResults": {}}',
    "[" * 5000,
    '{"id": "\\ud800"}',
]


@pytest.mark.check(23)
@pytest.mark.parametrize("credential", NONSENSE, ids=range(len(NONSENSE)))
def test_nonsense_for_a_passkey_is_refused_in_words(cast: Cast, credential: str) -> None:
    visitor = SecureClient()
    visitor.get("/account/passkeys/login/", headers={"accept": "application/json"})
    answer = visitor.post("/account/passkeys/login/", {"credential": credential})
    assert (answer.status_code, answer["Location"]) == (302, "/account/login/")
    browser = sign_in(cast.aino)
    confirm(browser)
    browser.get("/account/passkeys/add/")
    answer = browser.post("/account/passkeys/add/", {"credential": credential, "name": "phone"})
    assert answer.status_code == 200
    assert not Authenticator.objects.exists()


def test_a_foreign_passkey_is_a_missing_one(cast: Cast) -> None:
    theirs = Authenticator.objects.create(user=cast.elias, type="webauthn", data={"name": "mine alone"})
    browser = sign_in(cast.aino)
    confirm(browser)
    foreign = browser.get(f"/account/passkeys/{theirs.pk}/rename/")
    missing = browser.get(f"/account/passkeys/{theirs.pk + 1}/rename/")
    assert foreign.status_code == missing.status_code == 404
    assert foreign.content == missing.content


def test_what_staff_set_up_is_on_record(cast: Cast) -> None:
    now = timezone.now()
    sign_in_with_app(cast.salla)
    kinds = set(Entry.objects.filter(at__gte=now, actor=cast.salla.pk).values_list("what", flat=True))
    assert "account.signed_in" in kinds
