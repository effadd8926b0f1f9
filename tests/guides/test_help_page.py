"""Helplines by country, without script."""

from __future__ import annotations

import pytest
from django.test import Client

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
