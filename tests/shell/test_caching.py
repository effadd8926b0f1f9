"""Nobody keeps a copy of a page, unless the registry calls it public."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = [pytest.mark.urls("tests.shell.sample"), pytest.mark.django_db]


@pytest.mark.check(45)
@pytest.mark.parametrize(
    "path", ["/leave/", "/sample/private/", "/sample/form/", "/nothing/", "/sample/500/"]
)
def test_a_page_the_registry_does_not_call_public_is_never_kept(path: str, client: Client) -> None:
    client.raise_request_exception = False
    response = client.get(path)
    assert response["Cache-Control"] == "no-store"
    assert "Cookie" in response["Vary"]
    assert response["X-Robots-Tag"] == "noindex, nofollow"


@pytest.mark.parametrize("path", ["/", "/privacy/", "/accessibility/", "/about-this-button/"])
def test_a_public_page_may_be_kept_and_sets_no_cookie(path: str, client: Client) -> None:
    response = client.get(path)
    assert response["Cache-Control"] == "public, max-age=300"
    assert not response.cookies
    assert "X-Robots-Tag" not in response


@pytest.mark.check(45)
def test_a_public_page_that_would_set_a_cookie_is_not_kept_either(client: Client) -> None:
    client.get("/sample/private/")
    assert client.cookies, "a session was started"
    response = client.get("/privacy/")
    assert (response["Cache-Control"] == "no-store") == bool(response.cookies)


def test_a_public_page_is_the_same_for_someone_with_a_session(client: Client) -> None:
    before = client.get("/").content
    client.get("/sample/private/")
    assert client.get("/").content == before
