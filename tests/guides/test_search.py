"""Search: the language's own dictionary, typing errors, accents, and nothing kept of what was asked."""

from __future__ import annotations

import json
import logging
import re
import unicodedata
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from guides import dictionaries, indexing, search
from guides.bounds import Bucket
from guides.chapters import web_body
from guides.dictionaries import WORD, folded
from guides.models import Edition, Passage, Vocabulary
from guides.search import Result
from guides.snippets import Shown, Term
from guides.spelling import Words, distance
from tests.conftest import SecureClient
from tests.guides.conftest import NOON
from tests.guides.trees import Tree, translate

TEXTS = {
    "fi": ("Häpeä ei ole lapsen", "Lapsi voi tuntea häpeää. Tee rikosilmoitus poliisille yöllä."),
    "sv": ("Att göra en anmälan", "Polisen tar emot anmälan. Barnen får åka hem från sjukhuset på ön."),
    "fr": ("L’école et les élèves", "Prévenez l’école. Les enfants y étaient inquiets, leur cœur bat vite."),
}
FACTS = {"checksum": "0", "source": {}, "published_at": NOON, "published_by": "Tuuli"}
END = "\n\n::: action A\n- b\n:::\n"


def publish(tree: Tree) -> None:
    """What publishing does for search, without pages and paper."""
    library = tree.read()
    for guide in library.guides:
        with translation.override(guide.language):
            bodies = [web_body(library, guide, section).html for section in guide.sections]
        edition, _new = Edition.objects.get_or_create(
            guide=guide.slug, language=guide.language, number=1, defaults=FACTS
        )
        indexing.index(edition, guide, bodies)
    indexing.learn({guide.language for guide in library.guides})


@pytest.fixture
def indexed(tree: Tree) -> Tree:
    """The small tree in four languages, each with a text of its own, as search looks through it."""
    search._vocabularies.clear()
    tree.body("Reporting helps. Sleeping well helps more." + END)
    for language, (title, text) in TEXTS.items():
        translate(tree, language)
        tree.replace(f"../{language}/tea/01-pot.md", "title: The pot", f"title: {title}")
        tree.body(f"{text}{END}", f"../{language}/tea/01-pot.md")
    publish(tree)
    return tree


def found(language: str, text: str) -> Result:
    """What search says."""
    result = search.search(language, text)
    assert result is not None
    return result


def sections(language: str, text: str) -> list[str]:
    """The sections found, best first."""
    return [each.url.split("/")[-2] for each in found(language, text).found]


pytestmark = pytest.mark.django_db


ASKED = {
    "en": ["report", "REPORTED", "I want to sleep", "repotring", "slepeing"],
    "fi": [
        "häpeä",
        "hapea",
        "häpeästä",
        "lapselta",
        "rikosilmoituksen",
        "rikosilmotus",
        "rikos",
        "yolla",
        unicodedata.normalize("NFD", "häpeä"),
    ],
    "sv": ["anmälan", "anmalan", "anmäla", "barn", "aka", "sjukuset"],
    "fr": ["l'école", "ecole", "prevenez", "élève", "eleves", "coeur", "inquiétt"],
}


@pytest.mark.parametrize("language", ASKED)
def test_words_are_found_in_every_form_with_and_without_accents_and_mistyped(
    indexed: Tree, language: str
) -> None:
    missed = [asked for asked in ASKED[language] if sections(language, asked)[:1] != ["pot"]]
    assert missed == []


def test_what_was_looked_for_beside_the_words_is_said(indexed: Tree) -> None:
    assert found("sv", "anmalan").also == ("anmälan",)
    assert found("en", "repotring").also == ("reporting",)
    assert found("en", "report").also == ()


def test_a_heading_counts_for_more_than_the_text_and_every_word_for_more_than_one(indexed: Tree) -> None:
    indexed.body("A cup. A cup. A cup. A cup, and milk." + END)
    publish(indexed)
    assert sections("en", "cup") == ["cups", "pot"]
    assert sections("en", "cup milk") == ["pot", "cups"]


def test_a_snippet_begins_at_the_sentence_where_most_of_the_words_stand_together() -> None:
    text = f"A cup. {'Leaves and leaves. ' * 20}Warm the pot first. Then pour a cup of tea. {'Leaves. ' * 40}"
    words = Words({word.lower(): word.lower() for word in WORD.findall(text)})
    shown = Shown(words, [Term("pot", "pot", ()), Term("cup", "cup", ())])
    snippet = shown.snippet(text)
    assert snippet.startswith("Warm the <mark>pot</mark> first. Then pour a <mark>cup</mark> of tea.")
    assert snippet.endswith(" …")
    assert shown.snippet("Nothing of it.") == "Nothing of it."
    assert shown.snippet("") == ""


def test_another_language_is_not_looked_through(indexed: Tree) -> None:
    assert sections("sv", "häpeä") == []
    assert search.search("de", "tee") is None


def test_the_words_around_are_shown_and_nothing_in_them_is_html(indexed: Tree) -> None:
    indexed.body("Reporting `<b>` & <i>more</i>." + END)
    publish(indexed)
    (first, *_) = found("en", "report").found
    assert "<mark>Reporting</mark>" in first.snippet
    assert "&lt;b&gt; &amp; &lt;i&gt;more" in first.snippet
    assert re.findall(r"<[^>]*>", first.snippet.replace("<mark>", "").replace("</mark>", "")) == []


@pytest.mark.parametrize("asked", ["", "   ", "what is it", "?!…", "\0", "'; DROP TABLE", "a&b|!c:*", "🙂"])
def test_what_says_nothing_is_answered_kindly(indexed: Tree, asked: str) -> None:
    page = SecureClient().post("/en/guides/search/", {"q": asked})
    assert page.status_code == 200
    assert "/help/" in page.content.decode()


@given(st.text(max_size=300))
def test_whatever_is_asked_is_a_question_the_database_understands(text: str) -> None:
    asked = dictionaries.words(text[: search.LONGEST])[: search.MOST_WORDS]
    terms = [Term(word, word, ()) for word in asked]
    assert all(character.isalnum() or character in " |:*" for term in terms for character in term.query)


def test_a_search_costs_two_statements_whatever_is_asked(
    indexed: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    ask = search._ask

    def noted(statement: str, parameters: Any) -> Any:
        asked.append(statement)
        return ask(statement, parameters)

    monkeypatch.setattr(search, "_ask", noted)
    for text in ("report", "repotring slepeing", "", "xq " * 50, "what is it"):
        asked.clear()
        with CaptureQueriesContext(connection) as others:
            found("en", text)
        assert (len(asked), len(others)) == (2, 0), text


CANARY = "zanzibarcanary"


@pytest.mark.check(47)
def test_what_is_looked_for_is_written_nowhere(indexed: Tree, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with CaptureQueriesContext(connection) as queries:
        page = SecureClient().post("/en/guides/search/", {"q": CANARY})
        with connection.cursor() as cursor:
            cursor.execute("SELECT query FROM pg_stat_activity WHERE query IS NOT NULL")
            running = cursor.fetchall()
    assert CANARY in page.content.decode(), "the reader can correct what she wrote"
    assert page["Cache-Control"] == "no-store"
    assert CANARY not in caplog.text
    assert CANARY not in str([each["sql"] for each in queries])
    assert CANARY not in str(running)
    assert not page.cookies


def test_the_last_statement_a_connection_shows_holds_no_word_of_the_question(indexed: Tree) -> None:
    from django.db import connections

    found("en", CANARY)
    other = connections["default"].copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT query FROM pg_stat_activity WHERE pid = %s", [_pid()])
            ((statement,),) = cursor.fetchall()
    finally:
        other.close()
    assert CANARY not in statement


def _pid() -> int:
    assert connection.connection is not None
    pid: int = connection.connection.info.backend_pid
    return pid


def test_the_page_is_neutral_asks_by_form_and_needs_no_token(indexed: Tree) -> None:
    client = SecureClient(enforce_csrf_checks=True)
    form = client.get("/fi/guides/search/")
    assert (form.status_code, form["Content-Language"]) == (200, "fi")
    assert 'method="post" action="/fi/guides/search/"' in form.content.decode()
    assert 'autocomplete="off"' in form.content.decode()
    answer = client.post("/fi/guides/search/", {"q": "hapea"}).content.decode()
    title = answer.partition("<title>")[2].partition("</title>")[0]
    assert "hapea" not in title
    assert "/fi/guides/tea/pot/" in answer


def test_a_word_in_the_address_is_not_looked_at(indexed: Tree, client: Client) -> None:
    page = client.get("/en/guides/search/?q=reporting").content.decode()
    assert "/en/guides/tea/pot/" not in page
    assert client.get("/de/guides/search/").status_code == 404
    assert client.post("/de/guides/search/", {"q": "tee"}).status_code == 404


def test_too_many_at_once_are_asked_to_come_back(indexed: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "TAKEN", Bucket(per_second=0, burst=1))
    client = SecureClient()
    assert client.post("/en/guides/search/", {"q": "report"}).status_code == 200
    page = client.post("/en/guides/search/", {"q": "report"})
    assert page.status_code == 503
    assert "try again in a moment" in page.content.decode()


def test_what_is_the_same_is_not_indexed_again_and_what_is_gone_is_not_found(indexed: Tree) -> None:
    before = set(Passage.objects.values_list("pk", flat=True)), set(Vocabulary.objects.values_list("pk"))
    publish(indexed)
    assert before == (
        set(Passage.objects.values_list("pk", flat=True)),
        set(Vocabulary.objects.values_list("pk")),
    )
    indexed.body("Nothing of that kind." + END)
    publish(indexed)
    assert sections("en", "reporting") == []
    assert Passage.objects.filter(language="en").count() == 2


def test_a_process_learns_new_words_when_they_were_published(indexed: Tree) -> None:
    assert found("en", "marmelade").also == ()
    indexed.body("Marmalade." + END)
    publish(indexed)
    assert found("en", "marmelade").also == ("marmalade",)


def test_a_language_without_a_dictionary_is_searched_by_whole_words(indexed: Tree) -> None:
    translate(indexed, "et")
    indexed.body("Laps magab." + END, "../et/tea/01-pot.md")
    publish(indexed)
    assert sections("et", "magab") == ["pot"]


@pytest.mark.parametrize(
    ("one", "other", "far"),
    [
        ("police", "police", 0),
        ("polcie", "police", 1),
        ("plice", "police", 1),
        ("pollice", "police", 1),
        ("poliec", "police", 1),
        ("polikke", "police", 2),
        ("ca", "abc", 3),
        ("moon", "police", 3),
        ("", "abc", 3),
    ],
)
def test_how_far_two_words_are_apart(one: str, other: str, far: int) -> None:
    assert distance(one, other, 2) == far == distance(other, one, 2)


def test_only_the_nearest_words_are_taken_and_short_ones_are_left_alone() -> None:
    words = Words({word: word for word in ("sleep", "sheep", "steep", "sweep", "speed", "cup", "report")})
    assert words.meant("slepe", "slepe") == ["sleep"]
    assert len(words.meant("sxeep", "sxeep")) == 3
    assert words.meant("cap", "cap") == []
    assert words.meant("rep", "rep") == []
    assert words.meant("x" * 40, "x") == []


@given(st.text(alphabet="abcd", max_size=8), st.text(alphabet="abcd", max_size=8))
def test_a_bound_never_hides_a_near_word(one: str, other: str) -> None:
    assert distance(one, other, 2) == min(distance(one, other, 99), 3)


def test_words_are_compared_as_they_are_typed_without_accents() -> None:
    assert [folded(word) for word in ("Häpeä", "åkte", "Élève", "cœur", "ŒUVRE", "straße")] == [
        "hapea",
        "akte",
        "eleve",
        "coeur",
        "oeuvre",
        "strasse",
    ]


def test_the_stems_are_those_of_the_database(indexed: Tree) -> None:
    stems = Vocabulary.objects.get(language="en").words
    assert stems["reporting"] == "report"
    assert json.dumps(indexing._stems("sv", ["barnen"])) == '{"barnen": "barn"}'
