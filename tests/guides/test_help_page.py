"""Helplines by country, without script."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.guides.test_helplines import entry
from tests.guides.trees import Tree

pytestmark = pytest.mark.django_db


def test_the_organisations_own_country_comes_first(client: Client) -> None:
    page = client.get("/help/").content.decode()
    assert "Someone to turn to: Finland" in page
    assert 'href="tel:112"' in page
    assert "Not yet confirmed by us" in page


def test_a_reader_chooses_her_country(client: Client) -> None:
    page = client.get("/help/", {"country": "GB"}).content.decode()
    assert "United Kingdom" in page
    assert 'href="tel:999"' in page
    assert '<option value="gb" selected>' in page


@pytest.mark.parametrize("country", ["zz", "<script>", "\x00", "x" * 5000, "fi' OR 1=1", "_meta"])
def test_a_country_that_is_not_in_the_file_is_answered_kindly(client: Client, country: str) -> None:
    response = client.get("/help/", {"country": country})
    assert response.status_code == 200
    page = response.content.decode()
    assert "We have no list for that country" in page
    assert "<script>" not in page.replace('<script type="module"', "")


def test_the_page_is_public_and_read_only(client: Client) -> None:
    assert client.get("/help/").headers["Cache-Control"] == "public, max-age=300"
    assert client.post("/help/").status_code in {403, 405}


def test_the_page_asks_the_database_nothing(
    client: Client, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]  # the fixture's own type is not exported
        client.get("/help/")


def test_a_reader_asks_for_a_need_and_a_language(client: Client) -> None:
    page = client.get("/help/", {"country": "gb", "need": "concerned_adult"}).content.decode()
    assert 'href="tel:999"' in page
    assert "Stop It Now UK" in page
    assert "asking early keeps children safe" in page
    assert "Childline" not in page
    assert '<option value="concerned_adult" selected>' in page
    page = client.get("/help/", {"country": "fi", "language": "sv"}).content.decode()
    assert "Barn- och ungdomstelefonen" in page
    assert "MLL Lasten ja nuorten puhelin" not in page


def test_where_there_is_no_such_line_the_page_says_so_and_gives_the_emergency_number(
    client: Client, tree: Tree
) -> None:
    tree.helplines(fi=[entry("Danger", "emergency", phone="112"), entry("Parents", "parent")])
    page = client.get("/help/", {"country": "fi", "need": "removal"}).content.decode()
    assert "No such line here" in page
    assert 'href="tel:112"' in page
    assert 'href="/help/?country=fi&amp;in=en"' in page
    assert (
        "No such line here" not in client.get("/help/", {"country": "fi", "need": "parent"}).content.decode()
    )


@pytest.mark.parametrize("asked", ["xx", "<script>", "\x00", "emergency", "x" * 5000])
def test_a_need_or_language_that_is_none_is_passed_over(client: Client, asked: str) -> None:
    response = client.get("/help/", {"country": "fi", "need": asked, "language": asked})
    assert response.status_code == 200
    assert "112" in response.content.decode()


def test_the_strip_at_the_top_is_of_the_country_she_chose(client: Client) -> None:
    page = client.get("/help/", {"country": "gb"}).content.decode()
    strip = page[page.index('class="help-now"') : page.index("</details>", page.index('class="help-now"'))]
    assert 'href="tel:999"' in strip
    assert "More lines: United Kingdom" in strip


def test_a_link_of_a_page_in_another_language_brings_it_along_and_a_choice_is_not_held_to_it(
    client: Client,
) -> None:
    page = client.get("/help/", {"in": "fi"}).content.decode()
    assert 'lang="fi"' in page
    assert "in=fi" in page
    assert 'lang="en"' in client.get("/help/", {"in": "xx"}).content.decode()
    sent = {"language": "sv", "next": "/help/?country=gb&in=fi"}
    answer = client.post("/language/", sent)
    assert answer["Location"] == "/help/?country=gb&"
    assert 'lang="sv"' in client.get(answer["Location"]).content.decode()
