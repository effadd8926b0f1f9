"""What Tuuli, who edits the guides, sees; and that nobody else does."""

from __future__ import annotations

import shutil

import pytest
from django.test import Client
from pytest_django import Settings

from guides.comparing import compared
from guides.editions import publish
from guides.feedback import count
from guides.models import Edition
from guides.standing import follow
from tests.cast import Cast
from tests.guides.conftest import NOON
from tests.guides.trees import Tree
from tests.registries.visitors import staff_browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def finnish(tree: Tree, settings: Settings) -> Tree:
    """Published in English, and made into Finnish from that."""
    settings.GUIDES_DIR = tree.root
    publish(tree.read(), by="test", now=NOON)
    shutil.copytree(tree.root / "en" / "tea", tree.root / "fi" / "tea")
    library = tree.read()
    guide = library.guide("fi", "tea")
    assert guide is not None
    follow(library, [(guide, section) for section in guide.sections])
    return tree


@pytest.fixture
def tuuli(cast: Cast) -> Client:
    return staff_browser(cast.tuuli)


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_words_taken_out_and_put_in_are_told_apart() -> None:
    runs = compared("Warm the pot first.", "Warm the big pot.")
    assert "".join(run.text for run in runs if run.kind != "in") == "Warm the pot first."
    assert "".join(run.text for run in runs if run.kind != "out") == "Warm the big pot."
    assert {run.kind for run in runs} == {"same", "in", "out"}


def test_every_section_stands_there_by_language_and_what_is_older_can_be_singled_out(
    finnish: Tree, tuuli: Client
) -> None:
    assert "older than its source" not in page(tuuli, "/texts/")
    finnish.replace("tea/01-pot.md", "Warm it first.", "Warm the pot first.")

    assert "older than its source" in page(tuuli, "/texts/")
    only = page(tuuli, "/texts/?work")
    assert "The pot" in only
    assert "The cups" not in only


def test_a_text_shows_word_by_word_what_changed_in_its_source_since(finnish: Tree, tuuli: Client) -> None:
    finnish.replace("tea/01-pot.md", "Warm it first.", "Warm the pot first.")
    shown = page(tuuli, "/texts/fi/tea/pot/")
    assert "<del>it</del><ins>the pot</ins>" in shown
    assert "How the page would look" in shown


def test_where_no_edition_has_the_wording_it_followed_both_are_to_be_read(
    finnish: Tree, tuuli: Client
) -> None:
    finnish.replace("tea/01-pot.md", "Warm it first.", "Warm the pot first.")
    path = finnish.root / "fi" / "tea" / "01-pot.md"
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("follows")]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert "both have to be read" in page(tuuli, "/texts/fi/tea/pot/")


def test_what_readers_answered_is_counted_by_edition(finnish: Tree, tuuli: Client) -> None:
    edition = Edition.objects.get(guide="tea", language="en")
    for answer in ("yes", "yes", "no", "number"):
        assert count(edition, "pot", answer)
    assert "Edition 1: yes 2, no 1; A number or a link does not work: 1" in page(tuuli, "/texts/en/tea/pot/")
    assert "Did it help?" not in page(tuuli, "/texts/en/tea/cups/")
    assert finnish


def test_what_is_to_be_put_right_before_publishing_stands_first(finnish: Tree, tuuli: Client) -> None:
    finnish.replace("tea/01-pot.md", "Boil water.", "Call 0800 123 456.")
    assert "en/tea/01-pot.md:" in page(tuuli, "/texts/")


def test_a_tree_that_cannot_be_read_names_the_lines_and_says_that_readers_keep_what_was(
    finnish: Tree, tuuli: Client
) -> None:
    finnish.file("tea/01-pot.md").write_text("no front matter", encoding="utf-8")
    answer = tuuli.get("/texts/")
    assert answer.status_code == 503
    assert "front matter missing" in answer.content.decode()


def test_the_texts_are_for_editors_with_a_second_factor(cast: Cast, client: Client) -> None:
    client.force_login(cast.aino)
    assert client.get("/texts/").status_code == 404
    assert staff_browser(cast.salla).get("/texts/").status_code == 404
