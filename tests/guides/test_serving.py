"""Published bytes, served before Django with the headers of Django's own public pages."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator
from datetime import date
from typing import Any, cast

import brotli
import httpx
import pytest
from django.core.asgi import get_asgi_application
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from guides import editions, serving
from guides.models import Rendition
from guides.serving import GuidesApp
from guides.shelf import stock
from tests.guides.conftest import NOON
from tests.guides.trees import Tree

pytestmark = [pytest.mark.django_db(transaction=True)]

PAGE = "/en/guides/tea/pot/"
PDF = "/en/guides/tea/tea-a4.pdf"


async def handed_on(scope: Any, receive: Any, send: Any) -> None:
    """Stands where Django stands."""
    await send({"type": "http.response.start", "status": 404, "headers": [(b"x-inner", b"yes")]})
    await send({"type": "http.response.body", "body": b"inner"})


def publish(tree: Tree) -> None:
    """Publish the tree; committed, so that the server's own connection sees it."""
    editions.publish(tree.read(), by="Tuuli", now=NOON)


def stored(path: str) -> bytes:
    """The bytes a path is published with today."""
    row = Rendition.objects.current().filter(path=path).order_by("shown_from").first()
    assert row is not None
    return bytes(row.body)


def reader(app: Any) -> httpx.AsyncClient:
    """A browser that asks the application directly, by https, without compression unless it says so."""
    transport = httpx.ASGITransport(app)
    return httpx.AsyncClient(
        transport=transport, base_url="https://localhost", headers={"Accept-Encoding": "identity"}
    )


@pytest.fixture
async def app(tree: Tree) -> AsyncIterator[GuidesApp]:
    """The small tree, published and served."""
    await asyncio.to_thread(_in_own_connection, publish, tree)
    application = GuidesApp(handed_on)
    async with application.watching():
        yield application


@pytest.fixture
async def browser(app: GuidesApp) -> AsyncIterator[httpx.AsyncClient]:
    """Someone who reads."""
    async with reader(app) as client:
        yield client


def _in_own_connection(do: Any, *arguments: Any) -> Any:
    try:
        return do(*arguments)
    finally:
        connection.close()


async def ask_database(do: Any, *arguments: Any) -> Any:
    """Run something that needs the ORM, outside the event loop."""
    return await asyncio.to_thread(_in_own_connection, do, *arguments)


async def test_a_page_is_answered_with_the_published_bytes(browser: httpx.AsyncClient) -> None:
    response = await browser.get(PAGE)
    assert response.status_code == 200
    assert response.content == await ask_database(stored, PAGE)
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["cache-control"] == "public, max-age=300"


async def test_whatever_is_not_published_is_handed_on(browser: httpx.AsyncClient) -> None:
    for path in ("/", "/en/guides/moon/", "/en/guides/tea/pot/x", "/EN/guides/tea/pot/", "/en/guides/%00"):
        assert (await browser.get(path)).headers["x-inner"] == "yes"


async def test_a_missing_slash_is_put_right(browser: httpx.AsyncClient) -> None:
    response = await browser.get("/en/guides/tea")
    assert (response.status_code, response.headers["location"]) == (301, "/en/guides/tea/")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_a_guide_is_only_read(browser: httpx.AsyncClient, method: str) -> None:
    response = await browser.request(method, PAGE)
    assert (response.status_code, response.headers["allow"]) == (405, "GET, HEAD")


async def test_head_gives_the_headers_alone(browser: httpx.AsyncClient) -> None:
    whole, head = await browser.get(PAGE), await browser.head(PAGE)
    assert head.content == b""
    assert head.headers == whole.headers


async def test_what_the_reader_has_is_not_sent_again(browser: httpx.AsyncClient) -> None:
    etag = (await browser.get(PAGE)).headers["etag"]
    for sent in (etag, f'"x", W/{etag}', "*"):
        again = await browser.get(PAGE, headers={"If-None-Match": sent})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
        assert "content-security-policy" in again.headers
    assert (await browser.get(PAGE, headers={"If-None-Match": '"other"'})).status_code == 200


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0.0, gzip;q=0", None),
        ("br;q=0.5", "br"),
        ("zstd", None),
        ("", None),
    ],
)
async def test_a_page_comes_compressed_as_the_reader_accepts(
    browser: httpx.AsyncClient, accepted: str, coding: str | None
) -> None:
    plain = await browser.get(PAGE)
    async with browser.stream("GET", PAGE, headers={"Accept-Encoding": accepted}) as response:
        raw = b"".join([part async for part in response.aiter_raw()])
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[coding]
    assert unpack(raw) == plain.content
    assert response.headers.get("content-encoding") == coding
    assert response.headers["vary"] == "Accept-Encoding"
    assert (response.headers["etag"] == plain.headers["etag"]) is (coding is None)


@pytest.mark.parametrize(
    ("wanted", "start", "stop"),
    [
        ("bytes=0-99", 0, 100),
        ("bytes=100-", 100, None),
        ("bytes=-50", -50, None),
        ("bytes=10-99999999", 10, None),
    ],
)
async def test_a_part_of_a_pdf_can_be_asked_for(
    browser: httpx.AsyncClient, wanted: str, start: int, stop: int | None
) -> None:
    whole = await ask_database(stored, PDF)
    response = await browser.get(PDF, headers={"Range": wanted})
    assert response.status_code == 206
    assert response.content == whole[start:stop]
    first = start % len(whole)
    last = first + len(response.content) - 1
    assert response.headers["content-range"] == f"bytes {first}-{last}/{len(whole)}"
    assert int(response.headers["content-length"]) == len(response.content)


@pytest.mark.parametrize(
    "wanted", ["bytes=0-1,5-6", "lines=1-2", "bytes=9-2", "bytes=-", "bytes=" + "9" * 40 + "-"]
)
async def test_a_range_that_makes_no_sense_is_answered_with_the_whole(
    browser: httpx.AsyncClient, wanted: str
) -> None:
    response = await browser.get(PDF, headers={"Range": wanted})
    assert response.status_code == 200
    assert response.content == await ask_database(stored, PDF)


async def test_a_part_beyond_the_end_is_refused(browser: httpx.AsyncClient) -> None:
    size = len(await ask_database(stored, PDF))
    response = await browser.get(PDF, headers={"Range": f"bytes={size}-"})
    assert (response.status_code, response.headers["content-range"]) == (416, f"bytes */{size}")


async def test_a_part_of_another_edition_is_not_mixed_in(browser: httpx.AsyncClient) -> None:
    headers = {"Range": "bytes=0-9", "If-Range": '"of-an-earlier-edition"'}
    assert (await browser.get(PDF, headers=headers)).status_code == 200


@pytest.mark.check(27)
async def test_a_pdf_opens_under_a_neutral_name(browser: httpx.AsyncClient) -> None:
    response = await browser.get(PDF)
    assert response.headers["content-type"] == "application/pdf"
    assert response.headers["content-disposition"] == 'inline; filename="tea-a4.pdf"'
    assert response.content.startswith(b"%PDF-")


def security(headers: Any) -> dict[str, Any]:
    """The headers that protect; the policy as a set, for its parts come in any order."""
    own = {"content-type", "content-length", "content-language", "vary", "etag", "date"}
    found = {name.lower(): value for name, value in headers.items() if name.lower() not in own}
    policy = found["content-security-policy"]
    return {**found, "content-security-policy": {part.strip() for part in policy.split(";")}}


@pytest.mark.check(25, 38)
async def test_the_headers_are_those_of_a_public_page_of_django(
    browser: httpx.AsyncClient, client: Client
) -> None:
    django = security((await ask_database(client.get, "/help/")).headers)
    assert "strict-transport-security" in django
    assert "frame-ancestors 'none'" in django["content-security-policy"]
    assert not any("unsafe-inline" in part for part in django["content-security-policy"])
    for path in (PAGE, "/en/guides/", "/en/guides/tea/"):
        assert security((await browser.get(path)).headers) == django
    pdf = security((await browser.get(PDF)).headers)
    assert {name: pdf[name] for name in django} == django


async def test_plain_http_and_unknown_hosts_are_left_to_django(app: GuidesApp, settings: Settings) -> None:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport) as client:
        assert (await client.get(f"http://localhost{PAGE}")).headers["x-inner"] == "yes"
        assert (await client.get(f"https://evil.example{PAGE}")).headers["x-inner"] == "yes"
        settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
        proxied = {"X-Forwarded-Proto": "https"}
        assert (await client.get(f"http://localhost{PAGE}", headers=proxied)).status_code == 200
        assert (await client.get(f"https://localhost{PAGE}")).headers["x-inner"] == "yes"


async def test_a_new_publication_is_seen_within_two_seconds(
    browser: httpx.AsyncClient, app: GuidesApp, tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (await browser.get(PAGE)).content
    await asyncio.to_thread(tree.replace, "tea/01-pot.md", "Boil water.", "Boil fresh water.")
    loaded = asyncio.Event()
    look = app.look

    async def look_and_tell() -> None:
        before = app.shelf
        await look()
        if app.shelf is not before:
            loaded.set()

    monkeypatch.setattr(app, "look", look_and_tell)
    await ask_database(publish, tree)
    # Two seconds are the promise; the rest is for a machine that runs other tests beside this one.
    assert serving.LOOK_EVERY <= 1
    async with asyncio.timeout(30):
        await loaded.wait()
    after = (await browser.get(PAGE)).content
    assert b"fresh water" not in before
    assert b"fresh water" in after


async def test_guides_are_served_while_the_database_is_away(
    browser: httpx.AsyncClient, app: GuidesApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(before: object) -> None:
        raise OperationalError("away")

    monkeypatch.setattr(serving, "stock", away)
    await app.look()
    assert (await browser.get(PAGE)).status_code == 200


async def test_a_page_costs_no_statement_and_a_look_for_news_costs_one(app: GuidesApp) -> None:
    def look() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert stock(app.shelf) is app.shelf
        return len(asked)

    assert await ask_database(look) == 1
    # Whoever holds this lock keeps the application from its database.
    async with app.looking, reader(app) as client, asyncio.timeout(30):
        for path in (PAGE, PDF, "/en/guides/"):
            assert (await client.get(path)).status_code == 200


async def test_an_overdue_page_takes_its_place_when_its_day_comes(
    tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ask_database(publish, tree)
    app = GuidesApp(handed_on)
    for day, late in ((date(2027, 11, 1), False), (date(2027, 11, 2), True)):
        monkeypatch.setattr(timezone, "localdate", lambda day=day: day)
        await app.look()
        async with reader(app) as client:
            assert (b"is overdue" in (await client.get(PAGE)).content) is late
    await asyncio.get_running_loop().run_in_executor(app.thread, lambda: connection.close())


async def test_django_answers_the_404_inside_the_guides(app: GuidesApp) -> None:
    whole = GuidesApp(cast(serving.ASGI, get_asgi_application()))
    whole.shelf = app.shelf
    async with reader(whole) as client:
        response = await client.get("/en/guides/moon/")
    assert response.status_code == 404
    assert b"<h1" in response.content
    assert "content-security-policy" in response.headers
