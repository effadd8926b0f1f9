"""Guides, editions and helplines for other sites: public, to be kept, and readable from anywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest
from django.conf import settings as site
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from guides import editions
from guides.models import Edition
from peersupport.accounts import api as limits
from peersupport.registries.routes import rules
from peersupport.shell.files import FOR_ANY_SITE, StaticFiles
from tests.guides.conftest import NOON
from tests.guides.test_helplines import entry
from tests.guides.test_serving import app, browser, handed_on, reader
from tests.guides.trees import Tree, add_coffee

__all__ = ["app", "browser"]

PARTNER = {"Origin": "https://partner.example", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"}
OPEN = ("guides/", "guides/en/tea/", "editions/", "helplines/")


def publish(tree: Tree) -> None:
    editions.publish(tree.read(), by="Tuuli", now=NOON)


@pytest.fixture
def published(tree: Tree, db: None) -> Tree:
    """The small tree, published."""
    publish(tree)
    return tree


@pytest.fixture
def a_drawing(static_files: None) -> str:
    """The name of one of the drawings, as it is served."""
    return sorted(Path(site.STATIC_ROOT, "guides/figures").glob("*.svg"))[0].name


def rows(client: Client, path: str) -> list[dict[str, Any]]:
    answer = client.get(f"/api/v1/{path}")
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["results"]
    return found


@pytest.mark.django_db(transaction=True)
async def test_a_partners_site_shows_a_guide_from_what_it_fetches(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/api/v1/guides/en/tea/", headers=PARTNER)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "public, max-age=300"
    assert "set-cookie" not in answer.headers
    guide = answer.json()
    page = f"<h1>{guide['title']}</h1>" + "".join(
        f"<h2>{each['title']}</h2>{each['html']}" for each in guide["sections"]
    )
    assert page.startswith("<h1>Tea</h1><h2>The pot</h2>")
    assert 'href="/' not in page
    assert 'src="/' not in page
    assert f'href="{site.PUBLIC_ORIGIN}/en/guides/tea/cups/"' in page
    assert f'href="{site.PUBLIC_ORIGIN}/help/?in=en"' in page
    assert "<script" not in page
    # Marks lead to numbers of the list of sources, through the whole guide.
    assert [(each["number"], each["org"]) for each in guide["sources"]] == [
        (1, "House of Tea"),
        (2, "Garden Club"),
    ]
    assert 'href="#source-2"' in page
    assert guide["sections"][0]["sources"] == [1, 2]

    again = await browser.get(
        "/api/v1/guides/en/tea/", headers={**PARTNER, "If-None-Match": answer.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.usefixtures("published")
def test_a_guide_holds_its_sections_sources_dates_edition_and_papers(client: Client) -> None:
    guide = client.get("/api/v1/guides/en/tea/").json()
    pot, cups = guide["sections"]
    assert (pot["slug"], cups["slug"]) == ("pot", "cups")
    assert "Warm it first." in pot["text"]
    assert "<" not in pot["text"]
    assert (pot["reviewed"], pot["review_by"], pot["status"]) == ("2026-11-01", "2027-11-01", "draft")
    assert "reviewed" in pot["standing"]
    assert guide["edition"]["number"] == 1
    assert guide["edition"]["published_at"] == "2026-11-22T12:00:00+00:00"
    assert guide["path"] == [{"label": "First", "sections": ["pot", "cups"]}]
    (paper,) = (each for each in guide["papers"] if each["kind"] == "a4")
    assert paper["label"] == "The whole guide on A4"
    assert paper["url"] == f"{site.PUBLIC_ORIGIN}/en/guides/tea/tea-a4.pdf"
    assert paper["pages"] > 0
    assert paper["bytes"] > 1000


def test_what_is_answered_before_django_is_what_django_answers(client: Client, published: Tree) -> None:
    answer = client.get("/api/v1/guides/en/tea/")
    row = Edition.objects.get().renditions.get(path="/api/v1/guides/en/tea/")
    assert answer.content == bytes(row.body)
    assert answer["ETag"] == f'"{row.etag}"'
    assert bytes(row.gzip)


def test_the_same_text_gives_the_same_data_and_another_text_another(published: Tree) -> None:
    def etag() -> str:
        return Edition.objects.latest("number").renditions.get(path="/api/v1/guides/en/tea/").etag

    before = etag()
    publish(published)
    assert etag() == before
    published.replace("tea/01-pot.md", "Boil water.", "Boil fresh water.")
    publish(published)
    assert etag() != before


def test_guides_are_listed_by_language_in_few_statements_however_many(
    client: Client, published: Tree
) -> None:
    (tea,) = rows(client, "guides/")
    assert (tea["language"], tea["guide"], tea["title"], tea["edition"]) == ("en", "tea", "Tea", 1)
    assert tea["as_json"] == f"{site.PUBLIC_ORIGIN}/api/v1/guides/en/tea/"
    with CaptureQueriesContext(connection) as one:
        rows(client, "guides/")
    published.replace("tea/01-pot.md", "Boil water.", "Boil fresh water.")
    add_coffee(published)
    publish(published)
    with CaptureQueriesContext(connection) as several:
        found = rows(client, "guides/?language=en")
    assert [(each["guide"], each["edition"]) for each in found] == [("coffee", 1), ("tea", 2)]
    assert len(several) == len(one)
    assert rows(client, "guides/?language=fi") == []
    assert [each["guide"] for each in rows(client, "guides/?size=1&page=2")] == ["tea"]


def test_every_edition_is_listed_with_what_changed(client: Client, published: Tree) -> None:
    published.replace("tea/01-pot.md", "Boil water.", "Boil fresh water.")
    publish(published)
    new, first = rows(client, "editions/?guide=tea")
    assert (new["number"], new["newest"], new["changes"]) == (2, True, "Changed: The pot")
    assert (first["number"], first["newest"]) == (1, False)
    assert first["checksum"] != new["checksum"]
    assert client.get(first["url"].removeprefix(site.PUBLIC_ORIGIN)).status_code == 200
    assert rows(client, "editions/?language=fi") == []


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("path", OPEN)
def test_any_site_may_read_it_keep_it_and_ask_whether_it_still_holds(client: Client, path: str) -> None:
    answer = client.get(f"/api/v1/{path}", headers=PARTNER)
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer
    assert answer["Cache-Control"] == "public, max-age=300"
    assert not answer.cookies
    again = client.get(f"/api/v1/{path}", headers={**PARTNER, "If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    for name in ("Access-Control-Allow-Origin", "Cache-Control", "ETag"):
        assert again[name] == answer[name]
    other = client.get(f"/api/v1/{path}", headers={"If-None-Match": '"another"'})
    assert other.status_code == 200
    assert client.post(f"/api/v1/{path}").status_code == 405


@pytest.mark.django_db
def test_a_refusal_can_be_read_from_anywhere_and_is_kept_nowhere(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path, status in (
        ("guides/en/moon/", 404),
        ("guides/?language=%00", 400),
        ("editions/?guide=a+b", 400),
        ("helplines/?country=zz", 404),
        ("helplines/?need=tea", 400),
        ("helplines/?page=9", 404),
    ):
        answer = client.get(f"/api/v1/{path}", headers=PARTNER)
        assert answer.status_code == status, path
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert answer["Cache-Control"] == "no-store"
        assert set(answer.json()) == {"error"}
    monkeypatch.setitem(limits.A_MINUTE, "network", 0)
    answer = client.get("/api/v1/helplines/", headers=PARTNER)
    assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (429, "*")


@pytest.mark.django_db
def test_nothing_else_can_be_read_by_another_site(client: Client) -> None:
    others = ["/", "/help/", "/api/", "/api/v1/schema/", "/api/v1/groups/", "/api/v1/my/groups/"]
    for path in [*others, "/api/v1/programmes/", "/api/v1/applications/", "/api/nothing/"]:
        assert "Access-Control-Allow-Origin" not in client.get(path, headers=PARTNER), path
    open_to_any_site = {name for name, rule in rules().items() if "any site may read" in rule.why}
    assert {name for name in open_to_any_site if name.startswith("guides:")} == {
        "guides:api_guides",
        "guides:api_guide",
        "guides:api_editions",
        "guides:api_helplines",
    }


@pytest.mark.django_db(transaction=True)
async def test_the_pages_of_guides_are_for_their_own_site_alone(browser: httpx.AsyncClient) -> None:
    for path in ("/en/guides/tea/", "/en/guides/tea/tea-a4.pdf"):
        answer = await browser.get(path, headers=PARTNER)
        assert answer.status_code == 200
        assert "access-control-allow-origin" not in answer.headers


async def test_the_drawings_can_be_shown_by_another_site_and_no_other_file(a_drawing: str) -> None:
    async with reader(StaticFiles(handed_on)) as client:
        drawing = await client.get(f"{FOR_ANY_SITE}{a_drawing}")
        other = await client.get(f"{site.STATIC_URL}css/site.css")
    assert drawing.headers["cross-origin-resource-policy"] == "cross-origin"
    assert other.status_code == 200
    assert "cross-origin-resource-policy" not in other.headers


@pytest.mark.django_db
def test_helplines_by_country_need_and_language(client: Client, tree: Tree) -> None:
    lines = [
        entry("Danger", "emergency", phone="112"),
        entry("Parents", "parent", "legal", verified_by_ngo="2026-11-01"),
        entry("Swedish", "child", languages=["sv"], confidence="not seen"),
    ]
    tree.helplines(fi=lines, se=[entry("Elsewhere", "parent")])

    def names(asked: str) -> list[str]:
        return [each["name"] for each in rows(client, f"helplines/{asked}")]

    assert names("") == names("?country=fi") == ["Danger", "Parents", "Swedish"]
    assert names("?country=se") == ["Elsewhere"]
    assert names("?need=legal") == ["Danger", "Parents"]
    assert names("?language=sv") == ["Danger", "Swedish"]
    assert names("?need=removal&language=xx") == ["Danger"]
    danger, parents, swedish = rows(client, "helplines/")
    assert danger["phones"] == [{"shown": "112", "tel": "112"}]
    assert parents["mark"] == "Confirmed by us on 1 November 2026"
    assert (swedish["phones"], swedish["mark"]) == ([], "Not yet confirmed by us")


@pytest.mark.django_db
def test_notes_of_those_who_collect_the_data_never_come_out(client: Client, tree: Tree) -> None:
    tree.helplines(fi=[entry("Line", "parent"), entry("Other", "child", verified_by_ngo="2026-11-01")])
    told = client.get("/api/v1/helplines/").content.decode()
    assert "Other" in told
    for secret in ("SECRET", "2001-01-01", "98765"):
        assert secret not in told
    for field in ("source", "confidence", "editor_note", "last_checked", "number_seen_in", "verified_by"):
        assert field not in told


@pytest.mark.django_db
def test_the_description_knows_them_and_says_they_are_open_to_all(client: Client) -> None:
    described = client.get("/api/v1/schema/").json()
    for path in ("guides/", "guides/{language}/{guide}/", "editions/", "helplines/"):
        operation = described["paths"][f"/api/v1/{path}"]["get"]
        assert {} in operation["security"], path
    whole = described["components"]["schemas"]["WholeGuide"]
    assert set(whole["required"]) == set(whole["properties"])
    assert "api/v1/guides/{language}/{guide}/" in client.get("/api/").content.decode()


@pytest.mark.usefixtures("published")
def test_what_is_sent_is_what_the_description_says(client: Client) -> None:
    schemas = client.get("/api/v1/schema/").json()["components"]["schemas"]
    guide = client.get("/api/v1/guides/en/tea/").json()
    assert set(guide) == set(schemas["WholeGuide"]["properties"])
    for name, part in (("SectionOf", "sections"), ("SourceOf", "sources"), ("PaperOf", "papers")):
        assert set(guide[part][0]) == set(schemas[name]["properties"]), name
    assert set(guide["edition"]) == set(schemas["EditionOf"]["properties"])
