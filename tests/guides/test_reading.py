"""The tree on disk becomes guides, or problems that name file and line."""

from __future__ import annotations

import pytest

from guides.front_matter import ContentError
from tests.guides.trees import Tree


def problem(tree: Tree) -> str:
    """The one problem reading this tree finds."""
    with pytest.raises(ContentError) as caught:
        tree.read()
    (found,) = caught.value.problems
    return str(found)


def test_a_tree_is_read_in_the_order_of_its_numbers(tree: Tree) -> None:
    guide = tree.read().guide("en", "tea")
    assert guide is not None
    assert [section.slug for section in guide.sections] == ["pot", "cups"]
    assert guide.path[0].sections == ("pot", "cups")
    assert guide.sources["HOUSE"].year == 2024


def test_an_unknown_field_is_named_with_its_line(tree: Tree) -> None:
    tree.replace("tea/01-pot.md", "minutes: 3", "minuets: 3\nminutes: 3")
    assert problem(tree) == "en/tea/01-pot.md:5: minuets is not a known field"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("title: The pot\n", "", ":1: title is missing"),
        ("minutes: 3", "minutes: three", ":5: minutes must be a whole number"),
        ("reviewed: 2026-11-01", "reviewed: soon", ":7: reviewed must be a date (YYYY-MM-DD)"),
        ("status: draft", "status: fine", ":9: status must be one of draft, reviewed"),
        ("slug: pot", "slug: kettle", ":3: slug 'kettle' differs from the file name"),
        ("sources: [HOUSE", "sources: [HOUSE, [", ": not valid YAML"),
    ],
)
def test_wrong_front_matter_is_named_with_its_line(tree: Tree, old: str, new: str, said: str) -> None:
    tree.replace("tea/01-pot.md", old, new)
    assert said in problem(tree)


def test_a_file_without_front_matter_is_named(tree: Tree) -> None:
    tree.file("tea/03-milk.md").write_text("Milk.", encoding="utf-8")
    assert "en/tea/03-milk.md:1: front matter missing" in problem(tree)


def test_a_step_without_sections_is_named(tree: Tree) -> None:
    tree.replace("tea/guide.yaml", "    sections: [pot, cups]\n", "")
    assert problem(tree).startswith("en/tea/guide.yaml:6: each step of path")


def test_a_source_without_title_is_named(tree: Tree) -> None:
    (tree.root / "sources.yaml").write_text("HOUSE: {org: Tea}\n", encoding="utf-8")
    assert problem(tree) == "sources.yaml:1: HOUSE needs org and title"


def test_every_problem_is_told_at_once(tree: Tree) -> None:
    tree.replace("tea/01-pot.md", "minutes: 3", "minutes: three")
    tree.replace("tea/02-cups.md", "status: draft", "status: fine")
    with pytest.raises(ContentError) as caught:
        tree.read()
    assert {each.file for each in caught.value.problems} == {"en/tea/01-pot.md", "en/tea/02-cups.md"}


def test_an_empty_tree_says_what_was_expected(tree: Tree) -> None:
    for path in tree.file("tea").iterdir():
        path.unlink()
    assert "<language>/<guide>/guide.yaml" in problem(tree)


def test_the_checksum_follows_text_and_cited_sources_only(tree: Tree) -> None:
    def checksum() -> str:
        guide = tree.read().guide("en", "tea")
        assert guide is not None
        return guide.checksum

    first = checksum()
    sources = tree.root / "sources.yaml"
    sources.write_text(sources.read_text() + 'MOON: {org: "M", title: "m"}\n', encoding="utf-8")
    assert checksum() == first
    sources.write_text(sources.read_text().replace("How to pour", "How to serve"), encoding="utf-8")
    changed = checksum()
    assert changed != first
    tree.replace("tea/01-pot.md", "Boil water.", "Boil fresh water.")
    assert checksum() not in {first, changed}
