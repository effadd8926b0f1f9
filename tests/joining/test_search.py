"""Search at the desk finds what a coordinator may see; all else is answered as if it were not there."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from peersupport.audit.models import Entry
from peersupport.joining import applying, searching
from peersupport.joining.conflicts import naming
from peersupport.joining.models import Application, Identifier
from peersupport.joining.views import search as view
from peersupport.vault import keys
from tests.cast import Cast
from tests.joining import applicants
from tests.registries.visitors import browser, staff_browser

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = "greta@house.example"


@pytest.fixture
def salla(cast: Cast) -> Client:
    """The coordinator's browser."""
    return staff_browser(cast.salla)


def found(client: Client, words: str) -> list[str]:
    """What the page shows for these words, in its order."""
    answer = client.post("/desk/search/", {"words": words})
    assert answer.status_code == 200, words
    shown: searching.Found = answer.context["found"]
    parents = [one.called for one in shown.parents]
    return [*parents, *(one.member.pseudonym for one in shown.members), *(one.name for one in shown.groups)]


def body(client: Client, words: str) -> tuple[str, list[str]]:
    """The page without what was typed and what differs each time, and the statements behind it."""
    keys.cache.clear()
    with CaptureQueriesContext(connection) as asked:
        answer = client.post("/desk/search/", {"words": words})
    page = answer.content.decode().replace(words, "…")
    # How many forms the words have is theirs, and no answer.
    values = [re.sub(r"'[^']*'|\d+", "?", one["sql"]) for one in asked]
    shapes = [re.sub(r"\?(::bytea)?(, \?(::bytea)?)*", "?", one) for one in values]
    return re.sub(r'value="[\w-]{64}"', "", page), shapes


def greta(cast: Cast, **options: Any) -> tuple[Application, str]:
    """Somebody who waits, known by name, address, number and return code; and that code."""
    one = applicants.waiting(cast.now, by=cast.salla, called="Greta", address=ADDRESS, **options)
    lines = ["Greta Mäkelä", "+358 40 123 4567"]
    naming.name(application=one, kind=Identifier.Kind.SELF, lines=lines, by=cast.salla)
    naming.name(application=one, kind=Identifier.Kind.ACCUSED, lines=["Otto Räisänen"], by=cast.salla)
    return one, one.code


def test_somebody_is_found_by_whatever_they_say_of_themselves(cast: Cast, salla: Client) -> None:
    _one, code = greta(cast)
    applicants.waiting(cast.now, by=cast.salla, called="Hanna")
    cast.group("alder")
    for words in (
        "gret",
        "Mäkelä, Greta",
        ADDRESS.upper(),
        "040 1234567",
        code,
        code.lower().replace("-", " "),
    ):
        assert found(salla, words) == ["Greta"], words
    assert found(salla, "willow") == ["Willow"]
    assert found(salla, cast.alder.name.lower()) == [cast.alder.name]
    for nothing in (
        "%",
        "__",
        "Otto Räisänen",
        "nobody@house.example",
        "0000-0000-0000-0000",
        "+358 1",
        "\x00x",
    ):
        assert salla.post("/desk/search/", {"words": nothing}).context["found"] in (None,) or not found(
            salla, nothing
        ), nothing


@pytest.mark.check(31, 35)
def test_what_is_not_hers_to_see_is_answered_as_nothing(cast: Cast, salla: Client) -> None:
    one, code = greta(cast)
    assert found(salla, code) == ["Greta"]
    applicants.sent(cast.now, called="Hanna")
    applying.withdraw(application=one, now=cast.now)
    draft = applicants.draft(cast.now, called="Unsent", address="unsent@house.example")
    nothing = body(salla, "0000-0000-0000-0001")
    for words in (code, draft.code):
        assert body(salla, words) == nothing
    for words, other in ((ADDRESS, "wrong@house.example"), ("Greta", "Zelda"), ("Unsent", "Vanish")):
        assert body(salla, words) == body(salla, other)


def test_that_somebody_looked_is_recorded_and_not_for_what(cast: Cast, salla: Client) -> None:
    greta(cast)
    answer = salla.post("/desk/search/", {"words": "Greta"})
    assert answer["Cache-Control"] == "no-store"
    entry = Entry.objects.get(what="desk.searched")
    assert (entry.actor, entry.facts) == (cast.salla.pk, {"count": 1})
    assert "Greta" not in str([list(row) for row in Entry.objects.values_list("what", "about", "facts")])
    assert salla.get("/desk/search/?words=Greta").context["found"] is None
    for stranger in (browser(cast.aino), staff_browser(cast.maija), staff_browser(cast.tuuli)):
        assert stranger.post("/desk/search/", {"words": "Greta"}).status_code == 404


def test_results_are_bounded_and_so_are_searches(
    cast: Cast, salla: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "MOST", 1)
    for _number in range(2):
        applicants.sent(cast.now, called="Greta")
    assert found(salla, "Greta") == ["Greta"]
    assert "There are more" in salla.post("/desk/search/", {"words": "Greta"}).content.decode()
    monkeypatch.setattr(view, "TRIES", 2)
    answer = salla.post("/desk/search/", {"words": "Greta"})
    assert (answer.status_code, answer.context["found"]) == (400, None)
    assert salla.post("/desk/search/", {"words": "G"}).status_code == 400
