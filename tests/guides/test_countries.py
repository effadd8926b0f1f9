"""What is known of a country, and what is to be asked there."""

from __future__ import annotations

import re

import pytest

from guides.chapters import web_body
from guides.checking import check
from guides.countries import TOPICS
from guides.front_matter import ContentError
from tests.guides.conftest import TODAY
from tests.guides.trees import Tree

CLOSE = "\n\n::: say\n- Tea?\n:::\n"
HEAD = "status: draft\nreviewed: 2026-11-01\nreview_by: 2027-11-01\ntopics:\n"
ASK = 'ask: "the club", questions: ["When?", "Where?"]'


def country(tree: Tree, code: str, **facts: str) -> None:
    """A country's file that says so much on each topic, nothing on the others."""
    path = tree.root / "en" / "countries" / f"{code}.yaml"
    path.parent.mkdir(exist_ok=True)
    topics = "".join(f'  {topic}: {{facts: "{facts.get(topic, "")}", {ASK}}}\n' for topic in TOPICS)
    path.write_text(HEAD + topics, encoding="utf-8")


def found(tree: Tree) -> list[str]:
    return [str(each) for each in check(tree.read(), today=TODAY)]


def test_each_country_has_its_box_and_where_nothing_is_known_it_says_so_and_asks(tree: Tree) -> None:
    country(tree, "se", reporting="Ask at the desk.[^GARDEN]")
    country(tree, "fi")
    tree.body("Tea.\n\n::: countries reporting\nIt differs.\n:::" + CLOSE)
    library = tree.read()
    guide = library.guide("en", "tea")
    assert guide is not None

    html = web_body(library, guide, guide.sections[0]).html

    text = " ".join(re.sub(r"<[^>]+>", " ", html).split())
    assert "Ask at the desk." in text
    assert "Nothing has been confirmed for this country yet." in text
    assert text.count("Ask the club") == 2
    # The source of a box is one of the section's.
    assert "GARDEN" in guide.sections[0].sources


def test_a_country_without_a_topic_or_with_an_unknown_field_cannot_be_read(tree: Tree) -> None:
    country(tree, "fi")
    path = tree.root / "en" / "countries" / "fi.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("  court:", "  courts:"), encoding="utf-8")
    with pytest.raises(ContentError, match="topic court needs facts"):
        tree.read()


def test_numbers_blame_and_unknown_sources_are_found_in_a_countrys_file_too(tree: Tree) -> None:
    country(tree, "fi", law="Call 0800 123 456.", court="She was naive.", medical="So it is.[^NOBODY]")
    lines = found(tree)
    assert any("en/countries/fi.yaml:5" in line and "reads like a phone number" in line for line in lines)
    assert any("'was naive'" in line for line in lines)
    assert any("[^NOBODY]" in line for line in lines)


def test_an_unknown_topic_is_named(tree: Tree) -> None:
    tree.body("Tea.\n\n::: countries tea\n:::" + CLOSE)
    assert any("countries needs a topic" in line for line in found(tree))
