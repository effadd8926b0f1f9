"""Who may reach what: every address × method × visitor × own, foreign and missing thing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from peersupport.registries.routes import RouteRule, rules
from tests.cast import Cast
from tests.registries.visitors import LETS_IN, SENDERS, Town, all_views, staff_browser, town

pytestmark = [pytest.mark.django_db, pytest.mark.check(30, 31)]

# Addresses that end a visit or a session: asked last, each by visitors of its own.
ENDS_THE_VISIT = {
    "shell:leave",
    "account_logout",
    "accounts:sign_out_everywhere",
    "joining:withdraw",
    "joining:close",
    "joining:come_back",
    "joining:decline",
}
REFUSED = {302, 303, 403, 404, 405}


@pytest.fixture
def streets(cast: Cast) -> Town:
    """Everybody with a browser, and something behind every address."""
    return town(cast)


def asked(
    streets: Town, *, which: str, ending: bool = False
) -> Iterator[tuple[str, str, str, RouteRule, Any]]:
    """Asks every address by every method as everybody; gives view, method, visitor, rule and answer."""
    for name in all_views():
        path = streets.path(name, which)
        if path is None or (name in ENDS_THE_VISIT) != ending:
            continue
        for visitor, browser in streets.browsers.items():
            for method, send in SENDERS.items():
                yield name, method, visitor, rules()[name], send(browser, path)


def let_in(rule: RouteRule, visitor: str) -> bool:
    """Whether the registry lets this visitor in to her own thing."""
    return visitor in LETS_IN[rule.who]


def test_nobody_reaches_what_the_registry_does_not_give_her(streets: Town) -> None:
    wrong = [
        f"{visitor} {method} {name}: {answer.status_code}"
        for which in ("own", "foreign")
        for name, method, visitor, rule, answer in asked(streets, which=which)
        if not (let_in(rule, visitor) and which == "own")
        and rule.who != "anyone"
        and answer.status_code not in REFUSED
        and not (which == "foreign" and visitor == "coordinator" and rule.who == "coordinator")
        and not (which == "foreign" and rule.who == "member" and visitor in {"outsider", "other facilitator"})
    ]
    assert wrong == []


def test_nothing_that_anybody_sends_anywhere_makes_the_site_stumble(streets: Town) -> None:
    wrong = [
        f"{visitor} {method} {name} ({which}): {answer.status_code}"
        for which in ("own", "foreign", "missing")
        for ending in (False, True)
        for name, method, visitor, _rule, answer in asked(streets, which=which, ending=ending)
        if answer.status_code >= 500
    ]
    assert wrong == []


def test_everybody_reaches_what_the_registry_gives_her(streets: Town) -> None:
    wrong = [
        f"{visitor} {name}: {answer.status_code}"
        for name, method, visitor, rule, answer in asked(streets, which="own")
        if method == "GET" and method in rule.methods and let_in(rule, visitor)
        if answer.status_code in {403, 405}
        or (answer.status_code == 404 and "token" not in str(answer.wsgi_request.resolver_match.kwargs))
    ]
    assert wrong == []


def test_a_method_that_is_not_listed_is_never_carried_out(streets: Town) -> None:
    wrong = [
        f"{visitor} {method} {name}: {answer.status_code}"
        for name, method, visitor, rule, answer in asked(streets, which="own")
        if method not in rule.methods and answer.status_code not in {*REFUSED, 401}
    ]
    assert wrong == []


def test_a_foreign_thing_answers_byte_for_byte_like_a_missing_one(streets: Town) -> None:
    wrong = []
    for name in all_views():
        foreign, missing = streets.path(name, "foreign"), streets.path(name, "missing")
        rule = rules()[name]
        if foreign is None or missing is None or rule.who not in {"member", "facilitator", "applicant"}:
            continue
        for visitor in ("nobody", "applicant", "member", "facilitator", "editor"):
            for method in sorted(rule.methods):
                send, client = SENDERS[method], streets.browsers[visitor]
                first, second = send(client, foreign), send(client, missing)
                same = (first.status_code, bare(first, foreign)) == (
                    second.status_code,
                    bare(second, missing),
                )
                if not same or dict(first.headers).keys() != dict(second.headers).keys():
                    wrong.append(f"{visitor} {method} {name}: {first.status_code} {second.status_code}")
    assert wrong == []


def bare(answer: Any, path: str) -> bytes:
    """The body, and where it leads without the path that was asked for."""
    leads: str = answer.headers.get("Location", "").replace(path, "")
    return bytes(answer.content) + leads.encode()


@pytest.mark.check(34)
def test_staff_without_a_second_factor_reach_nothing_that_is_private(streets: Town) -> None:
    client = streets.browsers["staff without second factor"]
    wrong = []
    for name in all_views():
        rule = rules()[name]
        path = streets.path(name, "own")
        if rule.who == "anyone" or name.startswith(("mfa_", "account_")) or path is None:
            continue
        answer = client.get(path)
        if answer.status_code not in REFUSED:
            wrong.append(f"{name}: {answer.status_code}")
    assert wrong == []


@pytest.mark.check(45)
def test_every_private_answer_forbids_keeping_a_copy(streets: Town) -> None:
    wrong = [
        f"{visitor} {name}: {answer.headers.get('Cache-Control')}"
        for name, method, visitor, rule, answer in asked(streets, which="own")
        if method == "GET" and rule.cache == "private"
        if "no-store" not in answer.headers.get("Cache-Control", "")
    ]
    assert wrong == []


@pytest.mark.check(37)
def test_what_an_applicant_wrote_is_shown_to_her_and_the_coordinator_alone(streets: Town, cast: Cast) -> None:
    canary = "court case is open"
    seen = {
        visitor
        for name, method, visitor, _rule, answer in asked(streets, which="own")
        if method == "GET" and canary in answer.content.decode(errors="replace")
    }
    assert "coordinator" in seen, "there must have been something to leak"
    assert seen <= {"coordinator", "applicant"}


def test_the_matrix_can_fail(streets: Town, cast: Cast) -> None:
    outsider: Client = staff_browser(cast.ruben)
    own = streets.path("groups:group", "foreign")
    assert own is not None
    assert outsider.get(own).status_code == 200, "the group that is foreign to Aino is Ruben's own"
