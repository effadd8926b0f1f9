"""Error pages say what happened, what is safe and what to do next, and never tell one error from another."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from peersupport.shell import errors

pytestmark = pytest.mark.urls("tests.shell.sample")


@pytest.fixture
def visitor(client: Client) -> Client:
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/sample/400/", 400, "could not understand"),
        ("/sample/403/", 403, "not open to you"),
        ("/nothing/", 404, "nothing at this address"),
        ("/sample/500/", 500, "went wrong on our side"),
        ("/sample/503/", 503, "cannot reach our records"),
    ],
)
def test_each_error_has_a_page_that_needs_no_database(
    path: str, status: int, words: str, visitor: Client
) -> None:
    # Without the django_db mark any query is an error.
    errors._drawn.cache_clear()
    response = visitor.get(path)
    assert response.status_code == status
    page = response.content.decode()
    assert words in page
    assert 'href="/leave/"' in page
    assert "help-now" in page


def test_a_form_above_what_is_read_is_told_that_it_was_too_long(visitor: Client) -> None:
    long = "w" * 300 * 1024
    response = visitor.post("/sample/form/", {"name": long})
    assert response.status_code == 413
    page = response.content.decode()
    assert "That was too long" in page
    assert "What was saved before is still there" in page
    assert "help-now" in page
    assert "wwww" not in page
    told = visitor.post("/api/v1/sample/form/", {"name": long})
    assert (told.status_code, told.json()["error"]["code"]) == (413, "too_long")


@pytest.mark.check(31)
@pytest.mark.django_db
def test_a_missing_page_and_a_foreign_row_are_the_same_to_the_byte(visitor: Client) -> None:
    with CaptureQueriesContext(connection) as queries:
        answers = [visitor.get(path) for path in ("/sample/404/1/", "/sample/404/2/", "/nothing/<b>/")]
    assert len({answer.content for answer in answers}) == 1
    assert len({tuple(sorted(answer.headers.items())) for answer in answers}) == 1
    assert not queries
    visitor.get("/sample/private/")
    assert visitor.get("/sample/404/1/").content == answers[0].content


def test_the_404_offers_help_now(visitor: Client) -> None:
    assert 'href="/help/"' in visitor.get("/nothing/").content.decode()


def test_a_database_that_is_away_asks_to_come_back_later(visitor: Client) -> None:
    assert visitor.get("/sample/503/")["Retry-After"] == "30"


def test_the_api_is_answered_in_json(visitor: Client) -> None:
    for path, status, code in (
        ("/api/v1/nothing/", 404, "not_found"),
        ("/api/v1/sample/403/", 403, "not_allowed"),
        ("/api/v1/sample/500/", 500, "internal"),
        ("/api/v1/sample/503/", 503, "unavailable"),
    ):
        response = visitor.get(path)
        assert response.status_code == status
        assert json.loads(response.content)["error"]["code"] == code
        assert response["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_a_form_that_was_open_too_long_says_how_to_keep_what_was_written() -> None:
    visitor = Client(enforce_csrf_checks=True)
    response = visitor.post("/sample/form/", {"name": "Willow"}, secure=True)
    assert response.status_code == 403
    page = response.content.decode()
    assert "Please send it once more" in page
    assert "copy it to be sure" in page


def test_where_even_the_error_page_cannot_be_drawn_a_sentence_is_left(
    visitor: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*about: object) -> str:
        raise ValueError("no style sheets")

    monkeypatch.setattr(errors, "_drawn", broken)
    response = visitor.get("/nothing/")
    assert response.status_code == 404
    assert b"Please try again later" in response.content
