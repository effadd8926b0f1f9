"""Partners' tokens: shown once, for what they were made, until they end; nobody's own things ever."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from peersupport.accounts import api, partner_tokens
from peersupport.accounts.models import ApiToken
from peersupport.audit.models import Entry
from tests.cast import Cast
from tests.conftest import SecureClient
from tests.joining import applicants
from tests.registries.visitors import staff_browser

pytestmark = pytest.mark.django_db
SHOWN = re.compile(r"pst_[\w-]{43}")


@pytest.fixture
def salla(cast: Cast) -> Client:
    """The coordinator's browser."""
    return staff_browser(cast.salla)


def ask(path: str, token: str) -> Any:
    """What a partner's program gets."""
    return SecureClient().get(f"/api/v1/{path}", headers={"Authorization": f"Bearer {token}"})


def token_for(cast: Cast, *scopes: ApiToken.Scope, days: int = 30) -> str:
    now = timezone.now()
    until = now + timedelta(days=days)
    return partner_tokens.make(partner="Harbour", scopes=scopes, until=until, by=cast.salla, now=now)[1]


def test_a_token_is_made_at_the_desk_shown_once_and_ended(cast: Cast, salla: Client) -> None:
    applicants.waiting(cast.now, by=cast.salla, called="Greta")
    wrong = salla.post("/desk/partners/", {"partner": " ", "days": "9"})
    assert wrong.status_code == 400
    assert not ApiToken.objects.exists()

    made = salla.post("/desk/partners/", {"partner": "Harbour", "scopes": ["queue"], "days": "30"})
    [token] = SHOWN.findall(made.content.decode())
    again = salla.get("/desk/partners/").content.decode()
    assert "Harbour" in again
    assert token not in again
    row = ApiToken.objects.get()
    assert token.encode() not in bytes(row.token_hash)

    assert ask("applications/", token).json()["count"] == 1
    row.refresh_from_db()
    assert row.used_on == timezone.now().date()
    for _twice in range(2):
        assert salla.post(f"/desk/partners/{row.pk}/end/").status_code == 302
    refused = ask("applications/", token)
    assert (refused.status_code, refused["WWW-Authenticate"]) == (401, "Bearer")
    assert "ended" in salla.get("/desk/partners/").content.decode()
    said = Entry.objects.filter(about=f"accounts.apitoken:{row.pk}").values_list("what", "actor")
    assert sorted(said) == [("token.made", cast.salla.pk), ("token.revoked", cast.salla.pk)]
    read = Entry.objects.get(what="queue.read", actor=row.pk)
    assert read.facts == {"count": 1, "api": True}


@pytest.mark.check(31, 37)
def test_a_token_opens_what_it_was_made_for_and_never_what_somebody_wrote(cast: Cast) -> None:
    one = applicants.waiting(cast.now, by=cast.salla, called="Greta")
    cast.group("alder")
    queue, facts = (token_for(cast, scope) for scope in (ApiToken.Scope.QUEUE, ApiToken.Scope.FACTS))
    listed = ask("applications/", queue)
    assert [row["id"] for row in listed.json()["results"]] == [str(one.pk)]
    assert "Greta" not in listed.content.decode()
    assert "court case" not in listed.content.decode()

    missing = ask("applications/2b0c6d1e-8f1d-4a52-9f0e-000000000000/", queue)
    for token in (queue, facts):
        for path in (f"applications/{one.pk}/", "my/groups/", "my/meetings/", "my/times/"):
            answer = ask(path, token)
            assert (answer.status_code, answer.content) == (404, missing.content), path
    assert ask("applications/", facts).status_code == 404
    assert ask("groups/", facts).status_code == 200


def test_what_is_no_token_or_has_run_out_is_one_refusal(cast: Cast) -> None:
    over = token_for(cast, ApiToken.Scope.FACTS, days=-1)
    answers = [ask("groups/", token) for token in (over, "pst_nothing", "", "a b", "\xff")]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1
    partner_tokens.forget_old(timezone.now())
    assert ApiToken.objects.count() == 1
    partner_tokens.forget_old(timezone.now() + timedelta(days=90))
    assert not ApiToken.objects.exists()


def test_who_asks_too_often_waits_a_little(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(api.A_MINUTE, "network", 2)
    answers = [client.get("/api/v1/groups/") for _time in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[-1]["Retry-After"] == "60"
    assert answers[-1].json()["error"]["code"] == "rate_limited"
    assert ask("groups/", token_for(cast, ApiToken.Scope.FACTS)).status_code == 200


def test_only_so_many_tokens_work_at_once(cast: Cast, salla: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partner_tokens, "MOST", 1)
    token_for(cast, ApiToken.Scope.FACTS)
    made = salla.post("/desk/partners/", {"partner": "Port", "scopes": ["facts"], "days": "30"})
    assert not SHOWN.search(made.content.decode())
    assert "There are many already" in made.content.decode()
