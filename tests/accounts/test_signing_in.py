"""Signing in and out: by address or name, known and unknown alike, within limits."""

from __future__ import annotations

import statistics
import time
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import Resolver404, resolve
from django.utils import timezone

from peersupport.accounts import addresses, limits, short_memory
from peersupport.accounts.models import ResetRequest, Session, ShortMemory, User
from peersupport.accounts.signing_in import as_login
from peersupport.demo.cast import PASSWORD
from tests.accounts.doors import sign_in
from tests.cast import Cast
from tests.conftest import SecureClient

WRONG = "not the right words"


def attempt(client: Client, login: str, password: str = WRONG, **headers: str) -> Any:
    return client.post("/account/login/", {"login": login, "password": password}, headers=headers or None)


def body(answer: Any) -> str:
    """The page without what differs at every answer: the token of the form, and what was typed in."""
    text = answer.content.decode()
    token = answer.context["csrf_token"] if answer.context else ""
    return text.replace(str(token), "TOKEN")


def test_a_parent_signs_in_with_her_address(cast: Cast) -> None:
    browser = sign_in(cast.aino)
    assert browser.get("/my/account/").status_code == 200


def test_a_parent_without_an_address_signs_in_with_her_name_however_she_types_it(cast: Cast) -> None:
    berit = cast.berit
    answer = attempt(SecureClient(), f" {str(berit.sign_in_name).replace('-', ' ').title()} ", PASSWORD)
    assert answer.status_code == 302


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Quiet Lantern 4820 ", "quiet-lantern-4820"),
        ("quiet_lantern–4820", "quiet-lantern-4820"),
        ("Aino@Demo.Example ", "aino@demo.example"),
    ],
)
def test_a_login_is_read_as_it_was_meant(typed: str, kept: str) -> None:
    assert as_login(typed) == kept


def test_signing_out_leaves_no_session_behind(cast: Cast) -> None:
    browser = sign_in(cast.aino)
    assert Session.objects.filter(user=cast.aino).exists()
    browser.post("/account/logout/")
    assert not Session.objects.exists()


def test_staff_come_to_where_they_work_and_a_parent_to_her_group(cast: Cast, settings: Any) -> None:
    settings.DEMO = True
    answers = {
        who: attempt(SecureClient(), str(user.email), PASSWORD)["Location"]
        for who, user in (
            ("salla", cast.salla),
            ("maija", cast.maija),
            ("tuuli", cast.tuuli),
            ("aino", cast.aino),
        )
    }
    assert answers == {"salla": "/desk/", "maija": "/today/", "tuuli": "/en/guides/", "aino": "/my/"}


@pytest.mark.parametrize(
    "path", ["/account/signup/", "/account/email/", "/account/social/login/", "/accounts/login/", "/admin/"]
)
def test_nobody_can_sign_up_or_reach_what_was_not_opened(db: None, path: str, client: Client) -> None:
    with pytest.raises(Resolver404):
        resolve(path)
    assert client.get(path).status_code == 404


def test_a_deactivated_person_is_told_what_a_wrong_password_is_told(cast: Cast) -> None:
    User.objects.filter(pk=cast.aino.pk).update(is_active=False)
    right, wrong = (
        attempt(SecureClient(), str(cast.aino.email), PASSWORD),
        attempt(SecureClient(), str(cast.aino.email)),
    )
    assert right.status_code == wrong.status_code == 200
    assert body(right) == body(wrong)


@pytest.mark.check(35)
def test_signing_in_says_the_same_for_known_and_unknown(cast: Cast) -> None:
    known, unknown = str(cast.aino.email), "nobody@demo.example"
    seen = {login: attempt(SecureClient(), login) for login in (known, unknown)}
    assert {answer.status_code for answer in seen.values()} == {200}
    assert body(seen[known]).replace(known, "LOGIN") == body(seen[unknown]).replace(unknown, "LOGIN")
    assert "does not match" in body(seen[known])


@pytest.mark.check(35)
def test_signing_in_by_name_says_the_same_for_known_and_unknown(cast: Cast) -> None:
    known, unknown = str(cast.berit.sign_in_name), "amber-lake-2742"
    seen = {login: attempt(SecureClient(), login) for login in (known, unknown)}
    assert body(seen[known]).replace(known, "LOGIN") == body(seen[unknown]).replace(unknown, "LOGIN")


@pytest.mark.check(35)
def test_asking_for_a_new_password_says_the_same_for_known_and_unknown(cast: Cast) -> None:
    seen = []
    for address in (str(cast.aino.email), "nobody@demo.example"):
        answer = SecureClient().post("/account/password/forgotten/", {"email": address}, follow=True)
        seen.append((answer.status_code, answer.redirect_chain, body(answer)))
    assert seen[0] == seen[1]
    assert ResetRequest.objects.count() == 2


@pytest.fixture
def without_limits(settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = False


def middle_times(do: Any, kinds: tuple[str, str], tries: int = 200) -> dict[str, float]:
    """The median seconds of each kind, taken turn by turn so that a busy moment hits both."""
    times: dict[str, list[float]] = {kind: [] for kind in kinds}
    for kind in kinds:
        do(kind)
    for number in range(tries):
        for kind in kinds if number % 2 else reversed(kinds):
            began = time.perf_counter()
            do(kind)
            times[kind].append(time.perf_counter() - began)
    return {kind: statistics.median(values) for kind, values in times.items()}


@pytest.mark.check(35)
@pytest.mark.usefixtures("without_limits")
def test_signing_in_takes_as_long_for_unknown_as_for_known(cast: Cast) -> None:
    browser = SecureClient()
    kinds = (str(cast.aino.email), "nobody@demo.example")
    times = middle_times(lambda login: attempt(browser, login), kinds)
    assert times[kinds[0]] == pytest.approx(times[kinds[1]], rel=0.15), times


@pytest.mark.check(35)
@pytest.mark.usefixtures("without_limits")
def test_asking_for_a_new_password_takes_as_long_for_unknown_as_for_known(cast: Cast) -> None:
    browser = SecureClient()
    kinds = (str(cast.aino.email), "none@demo.example")
    times = middle_times(
        lambda address: browser.post("/account/password/forgotten/", {"email": address}), kinds
    )
    assert times[kinds[0]] == pytest.approx(times[kinds[1]], rel=0.15), times


@pytest.mark.check(36)
def test_an_account_is_closed_for_a_while_after_five_wrong_passwords_from_anywhere(cast: Cast) -> None:
    for number in range(5):
        attempt(SecureClient(REMOTE_ADDR=f"192.0.2.{number}"), str(cast.aino.email))
    answer = attempt(SecureClient(REMOTE_ADDR="192.0.2.99"), str(cast.aino.email), PASSWORD)
    assert answer.status_code == 200
    assert "too many attempts" in answer.content.decode()
    assert sign_in(cast.elias)


@pytest.mark.check(36)
def test_a_machine_is_closed_for_a_while_whatever_names_it_tries(cast: Cast) -> None:
    machine = SecureClient(REMOTE_ADDR="192.0.2.7")
    for number in range(10):
        attempt(machine, f"nobody{number}@demo.example")
    assert "too many attempts" in attempt(machine, str(cast.aino.email), PASSWORD).content.decode()
    assert sign_in(cast.aino, client=SecureClient(REMOTE_ADDR="192.0.2.8"))


@pytest.mark.check(36)
@pytest.mark.parametrize("proxies", [0, 1, 2])
def test_a_made_up_forwarding_header_does_not_reopen_a_closed_machine(
    cast: Cast, settings: Any, proxies: int
) -> None:
    settings.TRUSTED_PROXIES = proxies
    own_hops = ["192.0.2.7", "10.0.0.1"][2 - proxies :] if proxies else []
    if proxies == 1:
        own_hops = ["192.0.2.7"]
    machine = SecureClient(REMOTE_ADDR="10.0.0.2" if proxies else "192.0.2.7")
    for number in range(10):
        claimed = ", ".join([f"203.0.113.{number}", *own_hops])
        attempt(machine, f"nobody{number}@demo.example", **{"x-forwarded-for": claimed})
    claimed = ", ".join(["203.0.113.200", *own_hops])
    answer = attempt(machine, str(cast.aino.email), PASSWORD, **{"x-forwarded-for": claimed})
    assert "too many attempts" in answer.content.decode()


@pytest.mark.check(36)
def test_another_host_name_does_not_reopen_a_closed_account(cast: Cast, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
    for number in range(5):
        attempt(SecureClient(REMOTE_ADDR=f"192.0.2.{number}", SERVER_NAME="localhost"), str(cast.aino.email))
    other = SecureClient(REMOTE_ADDR="192.0.2.9", SERVER_NAME="127.0.0.1")
    assert "too many attempts" in attempt(other, str(cast.aino.email), PASSWORD).content.decode()


@pytest.mark.check(36)
@pytest.mark.parametrize(
    ("peer", "header", "proxies", "believed"),
    [
        ("192.0.2.7", "6.6.6.6", 0, "192.0.2.7"),
        ("10.0.0.2", "6.6.6.6, 192.0.2.7", 1, "192.0.2.7"),
        ("10.0.0.2", "6.6.6.6, 192.0.2.7, 10.0.0.1", 2, "192.0.2.7"),
        ("10.0.0.2", "192.0.2.7", 2, "10.0.0.2"),
        ("10.0.0.2", "", 1, "10.0.0.2"),
        ("10.0.0.2", "nonsense", 1, "10.0.0.2"),
        ("10.0.0.2", "[2001:db8::1]:4711", 1, "2001:db8::1"),
        ("10.0.0.2", "192.0.2.7:4711", 1, "192.0.2.7"),
        ("::ffff:192.0.2.7", "", 0, "192.0.2.7"),
        ("", "", 0, "unknown"),
    ],
)
def test_only_what_our_own_proxies_wrote_is_believed(
    peer: str, header: str, proxies: int, believed: str
) -> None:
    assert addresses.believed(peer=peer, forwarded_for=header, proxies=proxies) == believed


def test_a_household_counts_as_one_neighbour(db: None) -> None:
    assert addresses.neighbourhood("2001:db8:1:2::1") == addresses.neighbourhood("2001:db8:1:2:ffff::9")
    assert addresses.neighbourhood("192.0.2.7") != addresses.neighbourhood("192.0.2.8")


def test_a_limit_counts_every_attempt_and_opens_again_when_its_time_is_over(db: None) -> None:
    now = timezone.now()
    rule: dict[str, Any] = {"what": "code", "who": "192.0.2.7", "most": 2, "during": timedelta(minutes=10)}
    assert [limits.within_limit(**rule, now=now) for _ in range(3)] == [True, True, False]
    assert not limits.within_limit(**rule, now=now + timedelta(minutes=9))
    assert limits.within_limit(**rule, now=now + timedelta(minutes=11))


def test_what_limits_remember_names_nobody_and_is_forgotten(cast: Cast) -> None:
    machine = SecureClient(REMOTE_ADDR="192.0.2.7")
    attempt(machine, str(cast.aino.email))
    rows = list(ShortMemory.objects.values_list("key", "value"))
    assert rows
    assert "aino" not in str(rows)
    assert "192.0.2.7" not in str(rows)
    short_memory.forget_old(timezone.now() + timedelta(days=1))
    assert not ShortMemory.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"login": "x" * 5000, "password": "y"},
        {"login": "a@b.c\0", "password": "\0"},
        {"login": "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"), "password": "x" * 100_000},
        {"login": ""},
        {},
        {"login": ["a", "b"], "password": "c", "next": "https://elsewhere.example/"},
    ],
)
def test_hostile_fields_get_words_and_never_an_error_page(db: None, fields: dict[str, Any]) -> None:
    answer = SecureClient().post("/account/login/", fields)
    assert answer.status_code == 200
    assert "Please look at this again" in answer.content.decode()


def test_signing_in_leads_to_no_other_site(cast: Cast) -> None:
    answer = SecureClient().post(
        "/account/login/",
        {"login": str(cast.aino.email), "password": PASSWORD, "next": "https://elsewhere.example/"},
    )
    assert answer["Location"] == "/my/"


def test_a_form_from_elsewhere_signs_nobody_in(cast: Cast) -> None:
    browser = SecureClient(enforce_csrf_checks=True)
    answer = attempt(browser, str(cast.aino.email), PASSWORD)
    assert answer.status_code == 403
    assert not Session.objects.filter(user=cast.aino).exists()
