"""Editions by number: what was published stays reachable, and says that it is older."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from guides import editions
from guides.models import Rendition
from tests.guides.conftest import NOON
from tests.guides.trees import Tree

pytestmark = pytest.mark.django_db

FIRST, SECOND = "/en/guides/tea/editions/1/", "/en/guides/tea/editions/2/"


@pytest.fixture
def two(tree: Tree) -> Tree:
    """The small tree in two editions: the water became fresh."""
    editions.publish(tree.read(), by="Tuuli", now=NOON)
    tree.replace("tea/01-pot.md", "Boil water.", "Boil fresh water.")
    editions.publish(tree.read(), by="Tuuli", now=NOON + timedelta(days=3))
    return tree


def stored(path: str, number: int) -> Rendition:
    """The row of a path in an edition."""
    return Rendition.objects.get(path=path, edition__number=number)


def test_an_older_edition_is_shown_whole_under_a_banner(client: Client, two: Tree) -> None:
    page = client.get(FIRST).content.decode()
    assert "An older edition: 1, of 22 November 2026" in page
    assert "Boil water." in page
    assert "fresh water" not in page
    assert "The cups" in page
    assert page.count("<h1") == 1
    newest = client.get(SECOND).content.decode()
    assert "fresh water" in newest
    assert "An older edition" not in newest


@pytest.mark.check(25)
def test_it_is_shown_in_the_frame_of_today_and_to_no_search_engine(client: Client, two: Tree) -> None:
    answer = client.get(FIRST)
    assert answer["X-Robots-Tag"] == "noindex"
    assert answer["Cache-Control"] == "public, max-age=300"
    assert answer["Content-Language"] == "en"
    assert "<style" not in answer.content.decode()
    assert " style=" not in answer.content.decode()


@pytest.mark.parametrize("name", ["tea-a4.pdf", "tea.html", "tea.txt", "tea-sums.txt"])
def test_its_files_are_those_that_were_published(client: Client, two: Tree, name: str) -> None:
    answer = client.get(f"{FIRST}{name}")
    row = stored(f"/en/guides/tea/{name}", 1)
    assert answer.content == bytes(row.body)
    assert answer["Content-Type"] == row.content_type
    assert answer["X-Robots-Tag"] == "noindex"
    how = "attachment" if name.endswith(".html") else "inline"
    assert answer["Content-Disposition"] == f'{how}; filename="{name}"'
    assert f'href="{name}"' in client.get(FIRST).content.decode()
    again = client.get(f"{FIRST}{name}", headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_its_checksums_are_those_of_its_files(client: Client, two: Tree) -> None:
    for number, base in ((1, FIRST), (2, SECOND)):
        lines = client.get(f"{base}tea-sums.txt").content.decode().splitlines()
        kinds = ("a4", "a5", "booklet", "large", "list-pot")
        names = [*(f"tea-{kind}.pdf" for kind in kinds), "tea.html", "tea.txt"]
        assert [line.split("  ")[1] for line in lines] == names
        for digest, name in (line.split("  ") for line in lines):
            assert digest == hashlib.sha256(client.get(f"{base}{name}").content).hexdigest(), number


def test_what_was_never_published_is_not_there(client: Client, two: Tree) -> None:
    for path in (
        "/en/guides/tea/editions/3/",
        "/en/guides/tea/editions/0/",
        "/fi/guides/tea/editions/1/",
        "/en/guides/moon/editions/1/",
        f"{FIRST}tea-a3.pdf",
        f"{FIRST}..%2Ftea.txt",
        f"{FIRST}pot",
        "/en/guides/tea/editions/99999999999999999999/",
    ):
        assert client.get(path).status_code == 404, path


def test_the_list_names_each_edition_and_what_changed(two: Tree) -> None:
    page = bytes(stored("/en/guides/tea/editions/", 2).body).decode()
    assert page.index(SECOND) < page.index(FIRST)
    assert "Changed: The pot" in page
    assert "First edition." in page
    assert "/en/guides/tea/tea-sums.txt" in page


def test_an_old_edition_costs_the_same_few_statements_however_many_there_are(
    client: Client, two: Tree
) -> None:
    client.get(FIRST)

    def asked(path: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        return len(queries)

    before = asked(FIRST), asked(f"{FIRST}tea.txt")
    two.replace("tea/01-pot.md", "fresh", "soft")
    editions.publish(two.read(), by="Tuuli", now=NOON + timedelta(days=4))
    assert (asked(FIRST), asked(f"{FIRST}tea.txt")) == before
    assert before[0] <= 4
    assert before[1] <= 2
