"""Each reader in her own language: asked for by her browser, chosen, kept, and forgotten when she leaves."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.test import Client
from pytest_django import Settings

from peersupport.accounts.mail import language_of
from peersupport.accounts.models import SafeContact
from peersupport.accounts.opening import open_account
from peersupport.registries.compiling import compile_all
from tests.cast import Cast
from tests.catalogues import FINNISH, OFFERED, offer_finnish, write_catalogue
from tests.conftest import SecureClient
from tests.registries.visitors import browser

pytestmark = pytest.mark.django_db
PRIVACY, IN_FINNISH = "Privacy in plain words", FINNISH["Privacy in plain words"]


@pytest.fixture
def finnish(settings: Settings, tmp_path: Path) -> Path:
    """Pages are offered in Finnish too."""
    return offer_finnish(settings, tmp_path)


def choose(client: Client, language: str = "fi", **sent: str) -> Any:
    return client.post("/language/", {"language": language, "next": "/privacy/", **sent})


def test_with_one_language_there_is_nothing_to_choose(client: Client) -> None:
    assert OFFERED[:1] == site.LANGUAGES or len(site.LANGUAGES) > 1
    page = client.get("/").content.decode()
    assert ('action="/language/"' in page) == (len(site.LANGUAGES) > 1)


@pytest.mark.usefixtures("finnish")
def test_the_first_page_is_in_the_language_of_the_browser(client: Client) -> None:
    page = client.get("/", headers={"accept-language": "fi-FI,fi;q=0.9,en;q=0.5"})
    assert '<html lang="fi" dir="ltr">' in page.content.decode()
    assert IN_FINNISH in page.content.decode()
    assert page["Content-Language"] == "fi"
    assert PRIVACY in client.get("/", headers={"accept-language": "de"}).content.decode()


@pytest.mark.usefixtures("finnish")
def test_a_choice_shows_the_page_again_and_is_kept_until_the_browser_closes(client: Client) -> None:
    page = client.get("/privacy/").content.decode()
    assert '<input type="hidden" name="next" value="/privacy/">' in page
    assert '<button class="language-choice" name="language" value="fi" lang="fi">Suomi</button>' in page
    answer = choose(client)
    assert (answer.status_code, answer["Location"]) == (303, "/privacy/")
    cookie = answer.cookies[site.LANGUAGE_COOKIE_NAME]
    assert (cookie.value, cookie["max-age"], cookie["expires"]) == ("fi", "", "")
    assert cookie["secure"]
    assert cookie["httponly"]
    assert IN_FINNISH in client.get("/privacy/").content.decode()
    choose(client, "en")
    assert PRIVACY in client.get("/privacy/", headers={"accept-language": "fi"}).content.decode()


@pytest.mark.usefixtures("finnish")
def test_what_may_be_kept_of_a_public_page_hangs_on_the_language(client: Client) -> None:
    for _before_and_after in range(2):
        page = client.get("/")
        assert page["Cache-Control"] == "public, max-age=300"
        assert {"Accept-Language", "Cookie"} <= {name.strip() for name in page["Vary"].split(",")}
        assert not page.cookies
        choose(client)


@pytest.mark.usefixtures("finnish")
def test_leaving_forgets_the_choice(client: Client) -> None:
    choose(client)
    assert client.get("/leave/").cookies[site.LANGUAGE_COOKIE_NAME]["max-age"] == 0
    assert PRIVACY in client.get("/").content.decode()


@pytest.mark.usefixtures("finnish")
def test_the_choice_of_who_is_signed_in_is_kept_in_her_account(cast: Cast) -> None:
    aino = browser(cast.aino)
    assert PRIVACY in aino.get("/my/account/").content.decode()
    choose(aino)
    cast.aino.refresh_from_db()
    assert cast.aino.language == "fi"
    elsewhere = browser(cast.aino)
    assert IN_FINNISH in elsewhere.get("/my/account/").content.decode()
    # Her account page changes it too, and with it what her browser may keep of public pages.
    chosen = {"language": "en", "country": "fi", "time_zone": "Europe/Helsinki"}
    answer = elsewhere.post("/my/account/choices/", chosen)
    assert answer.cookies[site.LANGUAGE_COOKIE_NAME].value == "en"


@pytest.mark.usefixtures("finnish")
@pytest.mark.parametrize("language", ["xx", "", "FI", "fi\0", "../fi", "de"])
def test_a_language_that_is_not_offered_is_not_taken(client: Client, language: str) -> None:
    answer = choose(client, language)
    assert answer.status_code == 303
    assert not answer.cookies


@pytest.mark.usefixtures("finnish")
def test_another_site_chooses_nothing() -> None:
    careful = SecureClient(enforce_csrf_checks=True)
    sent = {"language": "fi", "next": "/"}
    assert not careful.post("/language/", sent, headers={"sec-fetch-site": "cross-site"}).cookies
    assert careful.post("/language/", sent, headers={"sec-fetch-site": "same-origin"}).cookies


@pytest.mark.usefixtures("finnish")
@pytest.mark.parametrize(
    ("path", "back"),
    [
        ("/help/?country=fi", "/help/?country=fi"),
        ("//evil.example/", "/"),
        ("/\\evil.example/", "/"),
        ("https://evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("/nothing/", "/"),
        ("/language/", "/"),
        ("/x\r\nSet-Cookie: a=b", "/"),
        ("/help/?country=fi\r\nSet-Cookie: a=b", "/help/?country=fi%0D%0ASet-Cookie:%20a=b"),
        ("", "/"),
    ],
)
def test_a_choice_leads_back_and_nowhere_else(client: Client, path: str, back: str) -> None:
    assert choose(client, next=path)["Location"] == back


@pytest.mark.usefixtures("finnish")
def test_links_to_guides_lead_to_that_language_or_to_english(
    client: Client, settings: Settings, tmp_path: Path
) -> None:
    settings.GUIDES_DIR = tmp_path / "texts"
    for written_in in ("en/next-steps", "en/online-safety-skills", "fi/next-steps"):
        (settings.GUIDES_DIR / written_in).mkdir(parents=True)
        (settings.GUIDES_DIR / written_in / "guide.yaml").touch()
    page = client.get("/", headers={"accept-language": "fi"}).content.decode()
    assert 'href="/fi/guides/next-steps/"' in page
    assert 'href="/en/guides/online-safety-skills/"' in page


@pytest.mark.usefixtures("finnish")
def test_errors_come_in_her_language_as_pages_and_as_json(client: Client) -> None:
    client.raise_request_exception = False
    choose(client)
    assert '<html lang="fi"' in client.get("/nothing/").content.decode()
    assert client.get("/api/nothing/").json()["error"]["message"] == FINNISH["There is nothing here."]


def test_a_catalogue_that_is_not_offered_is_used_for_nobody(settings: Settings, tmp_path: Path) -> None:
    offer_finnish(settings, tmp_path)
    user = open_account(
        password="kettle-lamp-river", by=None, language="fi", time_zone="Europe/Helsinki", country="fi"
    )
    contact = SafeContact(user=user, subject=user.pk)
    assert language_of(contact) == "fi"
    settings.LANGUAGES = OFFERED[:1]
    assert language_of(contact) == "en"
    client = browser(user)
    assert PRIVACY in client.get("/").content.decode()


def test_a_catalogue_is_compiled_once_and_again_when_it_has_changed(tmp_path: Path) -> None:
    source = write_catalogue(tmp_path, {"Hello": "Hei"})
    assert [made.name for made in compile_all(tmp_path)] == ["django.mo"]
    assert list(compile_all(tmp_path)) == []
    made = source.with_suffix(".mo")
    newer = made.stat().st_mtime_ns + 1
    os.utime(source, ns=(newer, newer))
    assert list(compile_all(tmp_path)) == [made]
    assert [file.name for file in source.parent.iterdir() if file.name.startswith(".")] == []


def test_from_an_edition_the_switch_leads_to_the_editions_in_that_language_and_not_to_a_number(
    client: Client,
) -> None:
    answer = client.post("/language/", {"language": "fi", "next": "/en/guides/next-steps/editions/3/"})
    assert answer["Location"] == "/fi/guides/next-steps/editions/"
