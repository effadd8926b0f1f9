"""How a section stands in each language, and when a translation is older than its source."""

from __future__ import annotations

import shutil
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command
from pytest_django import Settings

from guides.standing import State, follow, standings
from tests.guides.conftest import TODAY
from tests.guides.trees import Tree


@pytest.fixture
def finnish(tree: Tree) -> Tree:
    """The small tree with its first guide in Finnish, made from the English as it reads."""
    shutil.copytree(tree.root / "en" / "tea", tree.root / "fi" / "tea")
    library = tree.read()
    guide = library.guide("fi", "tea")
    assert guide is not None
    assert len(follow(library, [(guide, section) for section in guide.sections])) == 2
    return tree


def states(tree: Tree, *, today: date = TODAY) -> dict[tuple[str, str], tuple[State, ...]]:
    return {(each.language, each.slug): each.states for each in standings(tree.read(), today=today)}


def test_a_translation_that_follows_its_source_is_a_draft_and_nothing_else(finnish: Tree) -> None:
    assert set(states(finnish).values()) == {(State.DRAFT,)}


def test_once_the_source_reads_differently_the_translation_is_older(
    finnish: Tree,
) -> None:
    finnish.replace("tea/01-pot.md", "Warm it first.", "Warm the pot first.")

    found = states(finnish)
    assert found["fi", "pot"] == (State.OLDER, State.DRAFT)
    assert found["en", "pot"] == found["fi", "cups"] == (State.DRAFT,)


def test_a_new_review_date_of_the_source_makes_no_translation_older(finnish: Tree) -> None:
    finnish.replace("tea/01-pot.md", "reviewed: 2026-11-01", "reviewed: 2026-11-02")
    assert states(finnish)["fi", "pot"] == (State.DRAFT,)


def test_a_section_that_a_language_does_not_have_is_missing_there(finnish: Tree) -> None:
    (finnish.root / "fi" / "tea" / "02-cups.md").unlink()
    assert states(finnish)["fi", "cups"] == (State.MISSING,)


def test_what_is_overdue_says_so_beside_what_else_it_is(finnish: Tree) -> None:
    finnish.replace("tea/01-pot.md", "Boil water.", "Boil the water.")
    assert states(finnish, today=date(2028, 1, 1))["fi", "pot"] == (State.OLDER, State.OVERDUE, State.DRAFT)


def test_the_command_says_what_is_missing_or_older_and_follows_on_request(
    finnish: Tree, settings: Settings
) -> None:
    settings.GUIDES_DIR = finnish.root
    finnish.replace("tea/01-pot.md", "Boil water.", "Boil the water.")

    assert "fi: older: 1" in said("check")
    assert said("follow", language="sv") == ""
    assert said("follow", language="fi", section="tea/cups") == ""
    assert said("follow", language="fi", section="tea/pot") == "fi/tea/01-pot.md\n"
    assert "older" not in said("check")
    assert states(finnish)["fi", "pot"] == (State.DRAFT,)


def said(task: str, **options: str) -> str:
    out = StringIO()
    call_command("guides", task, stdout=out, **options)
    return out.getvalue()
