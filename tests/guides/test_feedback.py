"""Did this help? A number by edition, section and answer, and nothing else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from guides import editions, feedback
from guides.bounds import Bucket
from guides.models import Tally
from tests.conftest import SecureClient
from tests.guides.conftest import NOON
from tests.guides.trees import Tree

pytestmark = pytest.mark.django_db

PLACE = "/en/guides/tea/pot/answer/"


@pytest.fixture(autouse=True)
def room_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test is kept from answering by the ones before it."""
    monkeypatch.setattr(feedback, "TAKEN", Bucket(per_second=0, burst=40))


@pytest.fixture
def published(tree: Tree) -> Tree:
    """The small tree, published."""
    editions.publish(tree.read(), by="Tuuli", now=NOON)
    return tree


def answer(
    client: Client, said: str = "yes", *, edition: str = "1", path: str = PLACE, **headers: str
) -> Any:
    """A button of the form is pressed."""
    return client.post(path, {"answer": said, "edition": edition}, headers=headers)


def test_an_answer_is_counted_and_thanked_for_once(published: Tree) -> None:
    # As strict as a browser: a form without a token must be one that needs none.
    client = SecureClient(enforce_csrf_checks=True)
    response = answer(client, "yes")
    assert (response.status_code, response["Location"]) == (303, PLACE)
    thanks = client.get(PLACE)
    assert "Thank you" in thanks.content.decode()
    assert 'href="/en/guides/tea/pot/"' in thanks.content.decode()
    client.get(PLACE)
    answer(client, "yes")
    answer(client, "no")
    answer(client, "number")
    (count,) = feedback.counts("en", "tea")
    assert (count.edition, count.section, count.yes, count.no) == (1, "pot", 2, 1)
    assert count.wrong == {"number": 1}
    assert client.cookies == {}


def test_nothing_is_kept_but_the_number(published: Tree) -> None:
    with CaptureQueriesContext(connection) as queries:
        answer(SecureClient(), "no", **{"User-Agent": "Canary/7", "X-Forwarded-For": "203.0.113.9"})
    assert len(queries) == 2
    assert not any("Canary" in each["sql"] or "203.0.113" in each["sql"] for each in queries)
    names = {field.name for field in Tally._meta.get_fields()}
    assert names == {"id", "edition", "section", "answer", "number"}


def test_each_edition_has_its_own_count_and_the_newest_comes_first(published: Tree) -> None:
    client = SecureClient()
    answer(client, "yes")
    published.replace("tea/01-pot.md", "Boil water.", "Boil fresh water.")
    editions.publish(published.read(), by="Tuuli", now=NOON + timedelta(days=1))
    # Somebody still had the page of the first edition open.
    answer(client, "no", edition="1")
    answer(client, "old", edition="2")
    counts = [(each.edition, each.yes, each.no, dict(each.wrong)) for each in feedback.counts("en", "tea")]
    assert counts == [(2, 0, 0, {"old": 1}), (1, 1, 1, {})]


@pytest.mark.parametrize(
    "asked",
    [
        {"said": "maybe"},
        {"said": "y\0s"},
        {"edition": "2"},
        {"edition": "-1"},
        {"edition": "1e3"},
        {"edition": "99999999999999999999"},
        {"path": "/en/guides/tea/moon/answer/"},
        {"path": "/fi/guides/tea/pot/answer/"},
    ],
)
def test_what_is_no_answer_to_a_published_section_is_a_404_and_no_row(
    published: Tree, asked: dict[str, str]
) -> None:
    assert answer(SecureClient(), **asked).status_code == 404
    assert not Tally.objects.exists()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin", "Origin": "https://testserver"}, 303),
        ({"Origin": "https://testserver"}, 303),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({}, 303),
    ],
)
def test_a_foreign_page_cannot_answer_for_its_visitors(
    published: Tree, settings: Settings, headers: dict[str, str], status: int
) -> None:
    settings.ALLOWED_HOSTS = ["testserver"]
    assert answer(SecureClient(), **headers).status_code == status
    assert Tally.objects.exists() is (status == 303)


def test_a_flood_is_thanked_and_not_counted(published: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feedback, "TAKEN", Bucket(per_second=0, burst=3))
    client = SecureClient()
    assert [answer(client).status_code for _ in range(5)] == [303] * 5
    assert Tally.objects.get().number == 3


def test_the_bucket_fills_again(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("guides.bounds.time.monotonic", lambda: now)
    bucket = Bucket(per_second=2, burst=2)
    assert [bucket.take() for _ in range(3)] == [True, True, False]
    now = 100.5
    assert [bucket.take() for _ in range(2)] == [True, False]
    now = 1000.0
    assert [bucket.take() for _ in range(3)] == [True, True, False]


def test_the_form_stands_on_every_chapter_with_its_edition(published: Tree) -> None:
    row = published.read() and editions._latest(published.read().guides[0])
    assert row
    page = bytes(row.renditions.filter(path="/en/guides/tea/pot/").order_by("shown_from")[0].body).decode()
    assert f'method="post" action="{PLACE}"' in page
    assert '<input type="hidden" name="edition" value="1">' in page
    for said in feedback.ANSWERS:
        assert f'name="answer" value="{said}"' in page
    assert "csrf" not in page
