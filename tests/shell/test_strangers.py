"""Strangers who come within a second are answered as one; whoever brings a cookie is always answered anew."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest
from django.conf import settings
from django.core.asgi import get_asgi_application

from peersupport.shell.asgi_types import ASGI, Message, Receive, Scope, Send
from peersupport.shell.strangers import ANSWERS_MOST, BYTES_MOST, SAME_FOR_ALL, SECONDS, Strangers

HOST = (b"host", b"testserver")


class Counting:
    """An application that numbers its answers."""

    def __init__(self, *, same: bool = True, status: int = 200, body: bytes = b"", headers: Any = ()) -> None:
        self.asked = 0
        self.same, self.status, self.body, self.headers = same, status, body, list(headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked += 1
        if self.same:
            scope[SAME_FOR_ALL] = True
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": b"%d" % self.asked, "more_body": True})
        await send({"type": "http.response.body", "body": self.body})


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def asks(
    app: Any, path: str = "/", *headers: tuple[bytes, bytes], method: str = "GET", query: bytes = b""
) -> bytes:
    """The body that comes back."""
    got: list[Message] = []

    async def send(message: Message) -> None:
        got.append(message)

    said: list[Message] = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> Message:
        if not said:
            await asyncio.Event().wait()
        return said.pop()

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "https",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query,
        "root_path": "",
        "headers": [HOST, *headers],
        "client": ("127.0.0.1", 1),
        "server": ("testserver", 443),
    }
    asyncio.run(app(scope, receive, send))
    assert got[0]["type"] == "http.response.start"
    return b"".join(one.get("body", b"") for one in got[1:])


def test_a_second_stranger_gets_the_first_ones_answer_until_the_second_is_over() -> None:
    inside, clock = Counting(), Clock()
    app = Strangers(inside, clock=clock)
    assert [asks(app), asks(app)] == [b"1", b"1"]
    clock.now += SECONDS
    assert asks(app) == b"2"


@pytest.mark.parametrize(
    "header",
    [
        (b"cookie", b"sessionid=x"),
        (b"authorization", b"Bearer x"),
        (b"if-none-match", b'"x"'),
        (b"range", b"bytes=0-1"),
    ],
)
def test_whoever_says_more_than_where_she_wants_to_go_neither_gets_nor_leaves_an_answer(
    header: tuple[bytes, bytes],
) -> None:
    app = Strangers(Counting(), clock=Clock())
    assert [asks(app, "/", header), asks(app), asks(app, "/", header), asks(app)] == [b"1", b"2", b"3", b"2"]


@pytest.mark.parametrize(
    "inside",
    [
        Counting(same=False),
        Counting(status=404),
        Counting(headers=[(b"set-cookie", b"a=b")]),
        Counting(headers=[(b"Vary", b"Cookie, X-Other")]),
        Counting(body=b"x" * (BYTES_MOST + 1)),
    ],
    ids=["not said to be the same", "no success", "a cookie", "hangs on something else", "too long"],
)
def test_what_might_be_somebodys_own_is_not_kept(inside: Counting) -> None:
    app = Strangers(inside, clock=Clock())
    assert asks(app)[:1] == b"1"
    assert asks(app)[:1] == b"2"


def test_languages_hosts_addresses_and_methods_are_told_apart() -> None:
    app = Strangers(Counting(headers=[(b"vary", b"Accept-Language, Cookie")]), clock=Clock())
    ways: list[dict[str, Any]] = [{}, {"query": b"country=fi"}, {"path": "/help/"}]
    first = [asks(app, **way) for way in ways]
    first.append(asks(app, "/", (b"accept-language", b"fi")))
    first.append(asks(app, "/", (b"x-forwarded-proto", b"http")))
    assert len(set(first)) == len(first)
    assert [asks(app, **way) for way in ways] == first[:3]
    assert asks(app, method="POST") != asks(app, method="POST")


def test_what_is_kept_is_bounded() -> None:
    app = Strangers(Counting(), clock=Clock())
    first = asks(app, "/0/")
    for number in range(1, ANSWERS_MOST + 1):
        asks(app, f"/{number}/")
    assert asks(app, "/0/") != first


@pytest.mark.django_db(transaction=True)
@pytest.mark.check(45)
def test_on_the_site_home_help_and_the_way_in_are_the_same_for_strangers_and_nobodys_own_page_is() -> None:
    app = Strangers(cast(ASGI, get_asgi_application()), clock=Clock())
    cookie = (b"cookie", settings.LANGUAGE_COOKIE_NAME.encode() + b"=fi")
    for path in ("/", "/join/", "/help/", "/privacy/"):
        english = asks(app, path)
        assert b'<html lang="en"' in english
        assert b'<html lang="fi"' in asks(app, path, cookie)
        assert asks(app, path) == english
    kept = {key[0] for key in app._kept}
    for path in ("/my/", "/accounts/login/", "/join/agreement/", "/nothing/"):
        asks(app, path)
    assert {key[0] for key in app._kept} == kept == {"/", "/join/", "/help/", "/privacy/"}


def test_a_language_said_twice_is_another_question_than_its_last_word() -> None:
    app = Strangers(Counting(headers=[(b"vary", b"Accept-Language, Cookie")]), clock=Clock())
    finnish, english = (b"accept-language", b"fi"), (b"accept-language", b"en")
    assert asks(app, "/", finnish, english) != asks(app, "/", english)
