"""What stays between us, by country, and what somebody agrees to, layer by layer."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation
from pytest_django import Settings

from peersupport.audit.models import Entry
from peersupport.joining import applying, consent, consenting
from peersupport.joining.models import Application, Consent
from tests.cast import Cast
from tests.catalogues import offer_finnish
from tests.conftest import SecureClient
from tests.joining import applicants, walking

pytestmark = pytest.mark.django_db
SIGNS = "signs"


@pytest.fixture
def greta(client: Client) -> Application:
    """Somebody who has sent hers, with her browser."""
    walking.apply(client, wishes={SIGNS: "on"})
    return Application.objects.get()


def reworded(monkeypatch: pytest.MonkeyPatch, layer: str, *, changed: str) -> None:
    """From now on the text of a layer reads otherwise."""
    now = consent.text

    def text(asked: str, **where: Any) -> consent.Text:
        told = now(asked, **where)
        return replace(told, hash="f" * 64, changed=changed) if asked == layer else told

    monkeypatch.setattr(consent, "text", text)


def test_every_text_says_where_it_is_from_and_whether_counsel_has_seen_it() -> None:
    files = sorted((consent.WORDS / "limits").glob("*.toml"))
    assert {file.name.split(".")[0] for file in files} >= {"default", "fi"}
    for file in files:
        told = tomllib.loads(file.read_text("utf-8"))
        assert told["source"], file
        assert told["version"], file
        assert told["confirmed_by_counsel"] is False, "take this line out once counsel has confirmed a text"
        assert [one["passed_on"] for one in told["passed_on"]].count(True) == 1, file


def test_a_country_has_its_own_text_and_any_other_the_default() -> None:
    assert "Finland" in " ".join(consent.limits("fi", "en").points)
    assert consent.limits("pt", "sv") == consent.limits("default", "sv")
    assert consent.limits("fi", "sq") == consent.limits("fi", "en")
    assert not consent.limits("pt", "en").of_country


def test_every_text_is_there_in_every_language() -> None:
    languages = {file.name.split(".")[1] for file in consent.WORDS.glob("consents.*.toml")}
    assert languages == {"en", "fi", "sv", "fr"}
    found = {tuple(file.name.split(".")[:2]) for file in (consent.WORDS / "limits").glob("*.toml")}
    countries = {country for country, _language in found}
    assert found == {(country, language) for country in countries for language in languages}


@pytest.mark.parametrize("country", ["default", "de", "fi", "ie"])
def test_the_languages_promise_the_same(country: str) -> None:
    english = consent.limits(country, "en")
    for language in ("fi", "sv", "fr"):
        told = consent.limits(country, language)
        assert told.version == english.version
        assert len(told.points) == len(english.points)
        assert [(one.code, one.passed_on) for one in told.passed_on] == [
            (one.code, one.passed_on) for one in english.passed_on
        ]
        for layer in (consent.NEEDED, *consent.OPTIONAL):
            theirs = consent.text(layer, country=country, language=language)
            ours = consent.text(layer, country=country, language="en")
            assert theirs.version == ours.version
            assert theirs.words != ours.words


@pytest.mark.parametrize(
    ("language", "words"),
    [("fi", "Suomessa tietyissä ammateissa"), ("de", "In Finland people in certain professions")],
)
def test_the_page_has_the_readers_language_or_english(
    client: Client, settings: Settings, tmp_path: Path, language: str, words: str
) -> None:
    offer_finnish(settings, tmp_path)
    page = client.get("/join/agreement/?country=fi", headers={"accept-language": language})
    assert words in page.content.decode()


def test_a_consent_keeps_the_language_it_was_read_in(client: Client) -> None:
    with translation.override("sv"):
        application = applicants.draft(timezone.now())
        consenting.give(application=application, layer=SIGNS, now=timezone.now())
    given = Consent.objects.get(application=application, layer=SIGNS)
    assert (given.language, given.version) == ("sv", "2026-11-30")
    assert given.text_hash == consent.text(SIGNS, country=application.country, language="sv").hash
    assert SIGNS in consenting.given(application)
    with translation.override("sq"):
        assert consenting.text_for(application, SIGNS).language == "en"


def test_the_limits_of_her_country_stand_before_the_first_word_about_her(client: Client) -> None:
    page = client.get("/join/agreement/?country=ie").content.decode()
    assert "Tusla" in page
    assert "Tusla" not in client.get("/join/agreement/?country=%00").content.decode()
    assert "lawyer" in page
    assert not Application.objects.exists()

    walking.answer(client, "agreement", country="ie")
    given = Consent.objects.get()
    assert given.layer == "needed"
    assert given.text_hash == consent.text("needed", country="ie", language="en").hash
    assert Application.objects.get().country == "ie"
    assert Application.objects.get().time_zone == "Europe/Dublin"


@pytest.mark.parametrize(
    ("said", "words"),
    [("danger", "Yes, that is the one"), ("nothing", "There is one limit"), ("feelings", "stays here")],
)
def test_the_question_what_is_passed_on_explains_and_never_blocks(
    client: Client, said: str, words: str
) -> None:
    response = walking.answer(client, "agreement", passed_on=said)
    assert response["Location"] == "/join/course/"
    assert words in client.get("/join/course/").content.decode()
    assert said not in Application.objects.get().answers


def test_who_moves_to_a_country_with_another_text_reads_that_one(client: Client) -> None:
    walking.answer(client, "agreement")
    walking.answer(client, "course")
    assert walking.answer(client, "language", country="ie")["Location"] == "/join/agreement/"
    assert "Tusla" in client.get("/join/agreement/").content.decode()
    assert walking.answer(client, "agreement", country="ie")["Location"] == "/join/times/"
    assert walking.answer(client, "language", country="ie")["Location"] == "/join/times/"
    standing = Consent.objects.get(taken_back_at=None)
    assert standing.text_hash == consent.text("needed", country="ie", language="en").hash
    assert Consent.objects.count() == 2


def test_what_is_not_needed_is_unticked_until_she_ticks_it(client: Client) -> None:
    walking.answer_all(client)
    assert {one.layer for one in Consent.objects.all()} == {"needed"}
    page = client.get("/join/wishes/").content.decode()
    assert "checked" not in page
    walking.answer(client, "wishes", signs="on", research="on")
    assert consenting.given(Application.objects.get()) == {"needed", "signs", "research"}
    assert "monthly sign of life" in client.get("/join/check/").content.decode()


def test_one_tap_takes_a_layer_back_and_one_gives_it_again(client: Client, greta: Application) -> None:
    assert consenting.given(greta) == {"needed", SIGNS}
    client.post("/join/choices/", {"take_back": SIGNS})
    client.post("/join/choices/", {"take_back": SIGNS})
    assert consenting.given(greta) == {"needed"}
    client.post("/join/choices/", {"give": SIGNS})
    client.post("/join/choices/", {"give": SIGNS})
    assert consenting.given(greta) == {"needed", SIGNS}
    rows = list(greta.consents.filter(layer=SIGNS).values_list("taken_back_at", flat=True))
    assert len(rows) == 2
    assert rows.count(None) == 1
    assert Entry.objects.filter(what="consent.taken_back").count() == 1


@pytest.mark.parametrize("layer", ["needed", "nonsense", "\0", ""])
def test_the_needed_layer_ends_only_with_the_application(
    client: Client, greta: Application, layer: str
) -> None:
    client.post("/join/choices/", {"take_back": layer})
    assert "needed" in consenting.given(greta)
    with pytest.raises(ValueError, match="alone"):
        consenting.take_back(application=greta, layer="needed", now=greta.changed_at)


@pytest.mark.parametrize("layer", ["needed", SIGNS])
def test_a_changed_text_is_asked_for_again_and_says_what_changed(
    client: Client, greta: Application, monkeypatch: pytest.MonkeyPatch, layer: str
) -> None:
    assert client.get("/join/application/").status_code == 200
    reworded(monkeypatch, layer, changed="From now on a teddy bear reads along.")
    assert layer not in consenting.given(greta)

    assert client.get("/join/application/")["Location"] == "/join/choices/"
    page = client.get("/join/choices/").content.decode()
    assert "teddy bear" in page
    assert "Do you still agree" in page
    client.post("/join/choices/", {"give": layer})
    assert client.get("/join/application/").status_code == 200
    assert greta.consents.get(layer=layer, taken_back_at=None).text_hash == "f" * 64


def test_a_changed_text_keeps_an_application_from_being_sent(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    walking.answer_all(client)
    reworded(monkeypatch, "needed", changed="Other words.")
    assert client.post("/join/check/")["Location"] == "/join/choices/"
    with pytest.raises(applying.Incomplete):
        applying.send(application=Application.objects.get(), now=Application.objects.get().changed_at)
    client.post("/join/choices/", {"give": "needed"})
    assert client.post("/join/check/")["Location"] == "/join/code/"


def test_no_page_of_hers_opens_to_somebody_else(client: Client, greta: Application) -> None:
    assert SecureClient().get("/join/choices/")["Location"] == "/join/return/"
    SecureClient().post("/join/choices/", {"take_back": SIGNS})
    assert SIGNS in consenting.given(greta)


def test_the_start_says_who_this_is_not_for_and_whom_to_call_instead(client: Client) -> None:
    page = client.get("/join/?country=fi").content.decode()
    assert "Who this is not for" in page
    assert page.index("Who this is not for") > page.index("Meet other parents")
    assert 'href="tel:112"' in page.split('id="elsewhere"')[1].split("</section>")[0]
    assert client.get("/join/?country=zz").status_code == 200
    assert applicants


def test_consents_go_with_the_application(client: Client, greta: Application, cast: Cast) -> None:
    assert Consent.objects.exists()
    client.post("/join/application/withdraw/", {"how": "erase"})
    assert not Consent.objects.exists()
