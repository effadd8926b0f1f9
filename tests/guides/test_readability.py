"""Sentences too long and words too hard are named with their line."""

from __future__ import annotations

import pytest

from guides.checking import check
from guides.readability import measured, sentences
from tests.guides.conftest import TODAY
from tests.guides.trees import Tree

CLOSE = "\n\n::: say\n- Tea?\n:::\n"


def test_lix_is_words_a_sentence_and_the_share_of_long_words() -> None:
    # Four words in two sentences, one of the four longer than six letters: 2 + 25.
    assert measured(["The kettle. Pour carefully!"]).lix == pytest.approx(27)
    assert measured(["", "12 %"]).lix == 0


def test_a_colon_and_a_quotation_end_a_sentence_and_a_number_is_no_word() -> None:
    assert sentences('Say: "I am here." Then wait 5 minutes.') == ["Say", '"I am here', "Then wait 5 minutes"]


def test_a_sentence_that_is_too_long_is_named_with_its_line(tree: Tree) -> None:
    tree.body("Short.\n\n" + " ".join(["tea"] * 30) + "." + CLOSE)
    (found,) = [each for each in check(tree.read(), today=TODAY) if "words in a sentence, 26" in each.text]
    assert found.line == 15


def test_words_too_long_for_a_parent_at_midnight_are_named(tree: Tree) -> None:
    tree.body("Consideration necessitates deliberate preparation." + CLOSE)
    assert any("LIX" in each.text for each in check(tree.read(), today=TODAY))


def test_an_easy_guide_has_narrower_bounds(tree: Tree) -> None:
    tree.body(" ".join(["tea"] * 18) + "." + CLOSE)
    assert check(tree.read(), today=TODAY) == []
    tree.replace("tea/guide.yaml", "audience:", "easy_read: true\naudience:")
    assert any("15 at most" in each.text for each in check(tree.read(), today=TODAY))
