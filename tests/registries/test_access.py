"""Who may reach what: every address × method × visitor × own, foreign and missing thing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from peersupport.accounts.second_factor import NEEDED_TO_SHOW_IT
from peersupport.registries.routes import RouteRule, rules
from tests.cast import Cast
from tests.registries.visitors import LETS_IN, SENDERS, SIGNED_IN, Town, all_views, arguments_of, town

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.check(30, 31, 37, 45)]

# Addresses that end a visit or a session: asked last, each by visitors of its own.
ENDS_THE_VISIT = {
    "shell:leave",
    "account_logout",
    "groups:leave",
    "accounts:sign_out_everywhere",
    "joining:withdraw",
    "joining:close",
    "joining:come_back",
    "joining:decline",
}
# Arguments for which the town has no real thing: nothing is behind such an address, whoever asks.
NOT_REAL = {"token", "pk", "key", "uidb36"}
# Who is let in by the registry and has no such thing. Of these Salla alone has an app, and codes.
HAS_NONE = {
    # No guide is published in this town: tests/guides has those that are.
    **dict.fromkeys(
        ("guides:search", "guides:answer", "guides:edition", "guides:edition_file", "guides:api_guide"),
        LETS_IN["anyone"],
    ),
    "chat:line_of_group": {"facilitator"},
    "groups:leave": {"facilitator"},
    "groups:days": {"facilitator"},
    "mfa_deactivate_totp": SIGNED_IN - {"coordinator"},
    "mfa_view_recovery_codes": SIGNED_IN - {"coordinator"},
}
CANARY = b"court case is open"
UNUSUAL = {"nobody", "applicant", "member", "facilitator", "coordinator"}
REFUSED = {401, 403, 404, 405}
LED_AWAY = {302, 303}
# Where somebody is led who may not do what she asked. Any other way on is what follows upon success.
GATES = ("account_login", "mfa_index", "mfa_reauthenticate", "account_reauthenticate", "joining:return")
# These lead to the sign-in when they are done, too; a refusal says where she wanted to go.
GO_TO_SIGN_IN = {"accounts:sign_out_everywhere"}


@pytest.fixture
def streets(transactional_db: None) -> Town:
    """Everybody with a browser, and something behind every address."""
    # Committed, because the rooms read over connections of their own.
    return town(Cast(timezone.now()))


@dataclass(frozen=True)
class Answer:
    """What one visitor got by one method from one address."""

    name: str
    method: str
    visitor: str
    which: str
    rule: RouteRule
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def allowed(self) -> bool:
        """Whether the registry lets this visitor do this to this thing."""
        return self.visitor in LETS_IN[self.rule.who] and self.method in self.rule.methods

    @property
    def refused(self) -> bool:
        """Whether nothing was done: a redirect counts only where it leads to one of the gates."""
        return is_refusal(self.name, self.status, self.headers.get("Location", ""))

    def __str__(self) -> str:
        return f"{self.visitor} {self.method} {self.name} ({self.which}): {self.status}"


def is_refusal(name: str, status: int, location: str) -> bool:
    """Whether an answer of a view says no, or asks for what opens the way."""
    if status not in LED_AWAY:
        return status in REFUSED
    led_to = urlsplit(location)
    if name in GO_TO_SIGN_IN and not led_to.query:
        return False
    return led_to.path in {reverse(gate) for gate in GATES}


def asked(streets: Town) -> list[Answer]:
    """Asks every address by every method as everybody; what ends a visit comes last."""
    answers: list[Answer] = []
    for name in sorted(all_views(), key=lambda one: (one in ENDS_THE_VISIT, one)):
        for which in ("own", "foreign", "missing"):
            path = streets.path(name, which)
            if path is not None:
                answers.extend(_asked_of(streets, name, which, path))
    return answers


def _asked_of(streets: Town, name: str, which: str, path: str) -> Iterator[Answer]:
    rule = rules()[name]
    for visitor, browser in streets.browsers.items():
        for method, send in SENDERS.items():
            # Methods that no view has are tried by some: they are refused before anybody is looked at.
            if method not in {"GET", "POST"} and (visitor not in UNUSUAL or which != "own"):
                continue
            answer = send(browser, path)
            headers = {key: value.replace(path, "") for key, value in answer.headers.items()}
            body = b"" if answer.streaming else bytes(answer.content)
            yield Answer(name, method, visitor, which, rule, answer.status_code, headers, body)


def test_every_address_answers_everybody_as_the_registry_says(streets: Town) -> None:
    answers = asked(streets)
    wrong: dict[str, list[Any]] = {
        "the site stumbles": [one for one in answers if one.status >= 500],
        "reaches what is not hers": [one for one in answers if _intrudes(one)],
        "is kept from what is hers": [one for one in answers if _is_kept_out(one)],
        "uses a method that is not listed": [one for one in answers if _slips_through(one)],
        "may keep a private page": [one for one in answers if _may_be_kept(one)],
        "tells foreign from missing": list(_tells_apart(answers)),
        "reads what an applicant wrote": [
            one for one in answers if CANARY in one.body and one.visitor not in {"applicant", "coordinator"}
        ],
    }
    assert {what: [str(one) for one in found] for what, found in wrong.items() if found} == {}
    assert any(CANARY in one.body for one in answers), "there must have been something to leak"


def _intrudes(one: Answer) -> bool:
    if one.rule.who == "anyone" or one.refused:
        return False
    if one.visitor == "staff without second factor" and one.name in NEEDED_TO_SHOW_IT:
        return False
    if one.which == "own":
        # A page that names no thing shows every facilitator her own.
        her_own = one.rule.who == "facilitator" and not arguments_of(one.name)
        return one.visitor not in LETS_IN[one.rule.who] | ({"other facilitator"} if her_own else set())
    # What is foreign to the cast's first parent is the outsiders' own; coordinators see every group.
    owners = {"outsider", "other facilitator", "coordinator"} if one.which == "foreign" else {"coordinator"}
    return one.rule.who in {"member", "facilitator", "applicant"} and one.visitor not in owners


def _is_kept_out(one: Answer) -> bool:
    if not one.allowed or one.which != "own" or one.method != "GET":
        return False
    has_none = bool(NOT_REAL & set(arguments_of(one.name))) or one.visitor in HAS_NONE.get(one.name, ())
    return one.status in ({403, 405} if has_none else {403, 404, 405})


def _slips_through(one: Answer) -> bool:
    return one.method not in one.rule.methods and not one.refused


def _may_be_kept(one: Answer) -> bool:
    not_kept = "no-store" in one.headers.get("Cache-Control", "")
    return one.rule.cache in {"private", "strangers"} and not not_kept


def _tells_apart(answers: list[Answer]) -> Iterator[str]:
    found = {(one.name, one.method, one.visitor, one.which): one for one in answers}
    for one in answers:
        if one.which != "foreign" or one.rule.who not in {"member", "facilitator", "applicant"}:
            continue
        if one.visitor in {"outsider", "other facilitator", "coordinator"}:
            continue
        missing = found[one.name, one.method, one.visitor, "missing"]
        if (one.status, one.body, one.headers) != (missing.status, missing.body, missing.headers):
            yield f"{one} {missing.status}"


def test_what_only_the_demonstration_has_is_there_and_nowhere_else(
    client: Client, settings: Settings
) -> None:
    paths = [reverse(name) for name, rule in rules().items() if rule.who == "demo"]
    assert paths
    assert {client.get(path).status_code for path in paths} == {404}
    settings.DEMO = True
    assert {client.get(path).status_code for path in paths} == {200}


@pytest.mark.check(34)
def test_staff_without_a_second_factor_reach_nothing_that_is_private(streets: Town) -> None:
    client = streets.browsers["staff without second factor"]
    wrong = []
    for name in all_views():
        rule = rules()[name]
        path = streets.path(name, "own")
        if rule.who == "anyone" or name.startswith(("mfa_", "account_")) or path is None:
            continue
        for method in ("GET", "POST"):
            answer = SENDERS[method](client, path)
            if not is_refusal(name, answer.status_code, answer.headers.get("Location", "")):
                wrong.append(f"{method} {name}: {answer.status_code}")
    assert wrong == []
