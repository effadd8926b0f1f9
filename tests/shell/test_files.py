"""Static files are answered before Django: whole, compressed, or not at all if the browser has them."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage

from peersupport.shell.files import StaticFiles
from peersupport.shell.headers import with_headers


async def missing(scope: Any, receive: Any, send: Any) -> None:
    """What stands behind: here nothing."""
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def ask(path: str, *, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of one request."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request"}

    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "path": path, "method": method, "headers": raw}
    await with_headers(StaticFiles(missing))(scope, receive, send)
    found = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], found, b"".join(message.get("body", b"") for message in sent[1:])


@pytest.fixture
def sheet() -> str:
    return staticfiles_storage.url("css/site.css")


@pytest.mark.check(25)
async def test_a_file_comes_with_its_type_for_ever_and_with_the_sites_headers(sheet: str) -> None:
    status, headers, body = await ask(sheet)
    assert status == 200
    assert body
    assert headers["content-type"].startswith("text/css")
    assert "immutable" in headers["cache-control"]
    assert "content-security-policy" in headers


async def test_a_browser_that_has_it_gets_nothing_again(sheet: str) -> None:
    _status, headers, _body = await ask(sheet)
    status, _headers, body = await ask(sheet, if_modified_since=headers["last-modified"])
    assert (status, body) == (304, b"")


async def test_nothing_can_be_sent_to_a_file_and_what_is_no_file_is_passed_on(sheet: str) -> None:
    assert (await ask(sheet, method="POST"))[0] == 405
    assert (await ask("/static/../settings.py"))[0] == 404
    assert (await ask("/static/css/"))[0] == 404
