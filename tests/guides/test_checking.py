"""What must not be published is found, by file and line."""

from __future__ import annotations

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from guides.checking import check, telling_words
from guides.reading import Library
from peersupport.groups import neutral
from tests.guides.conftest import TODAY
from tests.guides.trees import BODY, Tree, add_coffee

END = "\n::: action Now\n- Pour.\n:::\n"


def found(tree: Tree, today: date = TODAY) -> list[str]:
    """Every problem of the tree, in words."""
    return [str(each) for each in check(tree.read(), today=today)]


def test_the_small_tree_has_nothing_to_put_right(tree: Tree) -> None:
    assert found(tree) == []


def test_the_guides_that_ship_have_nothing_to_put_right(real_texts: Library) -> None:
    assert check(real_texts, today=TODAY) == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("Tea.[^MOON]" + END, "en/tea/01-pot.md:13: [^MOON] is not among the sources"),
        ("One.\n\n::: tip\nTwo.\n:::" + END, "en/tea/01-pot.md:15: unknown block 'tip'"),
        ("::: say Title\n- One.\n:::" + END, "say takes no title"),
        ("::: law\nOne.\n:::" + END, "law needs a country code"),
        ("::: why\nNever closed.\n" + END, "en/tea/01-pot.md:13: this box is never closed"),
        ("One.\n:::" + END, "a box that was closed twice or never opened"),
        ("[x](section:moon)" + END, "link to section:moon: there is no such place"),
        ("[x](section:coffee/beans)" + END, "link to section:coffee/beans: there is no such place"),
        ("[x](http://tea.example/)" + END, "link to http://tea.example/: there is no such place"),
        ("# One" + END, "headings are ## or, below one, ###"),
        ("### One" + END, "headings are ## or, below one, ###"),
        ("## One\n\n#### Two" + END, "headings are ## or, below one, ###"),
        ("Only text.", "ends with a box of what to do or say"),
        (END + "\nMore text.", "ends with a box of what to do or say"),
        ("", "the section is empty"),
    ],
)
def test_a_fault_in_the_text_is_found(tree: Tree, body: str, said: str) -> None:
    tree.body(body)
    assert any(said in each for each in found(tree)), found(tree)


@pytest.mark.parametrize(
    "number", ["116 111", "0800 92277", "+44 1372 847 161", "080-005-005", "112", "999", "(09) 123 4567"]
)
def test_a_phone_number_outside_the_helplines_is_refused(tree: Tree, number: str) -> None:
    tree.body(f"Call {number} today." + END)
    assert any("reads like a phone number" in each for each in found(tree)), found(tree)


@pytest.mark.parametrize("text", ["in 2019–2024", "1,200 people aged 13 to 20", "1 in 7", "300,000,000 cups"])
def test_a_count_or_a_span_of_years_is_no_phone_number(tree: Tree, text: str) -> None:
    tree.body(f"Seen {text}." + END)
    assert found(tree) == []


@pytest.mark.parametrize(
    ("text", "better"),
    [
        ("child pornography", "child sexual abuse material"),
        ("He put himself at risk.", "an adult used"),
        ("The child claims it.", "says, told"),
        ("You should have looked.", "say what can be done now"),
    ],
)
def test_words_that_blame_are_found_and_better_ones_offered(tree: Tree, text: str, better: str) -> None:
    tree.body(text + END)
    assert any(better in each for each in found(tree)), found(tree)


def test_words_that_blame_may_stand_where_they_are_warned_of(tree: Tree) -> None:
    tree.body('::: avoid\n- "Why didn\'t you tell me?"\n:::' + END)
    assert found(tree) == []


def test_words_that_blame_are_found_in_a_summary_too(tree: Tree) -> None:
    tree.replace("tea/01-pot.md", "In short.", "When a child was naive.")
    assert found(tree)[0].startswith("en/tea/01-pot.md:4: ")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "sources: [HOUSE, GARDEN]",
            "sources: [HOUSE, GARDEN, MOON]",
            ":10: source MOON is not in sources.yaml",
        ),
        ("sources: [HOUSE, GARDEN]", "sources: []", ":10: a section cites at least one source"),
        ("next: [cups]", "next: [moon]", ":11: next names 'moon'"),
        ("next: [cups]", "next: [pot]", ":11: next names 'pot'"),
        ("review_by: 2027-11-01", "review_by: 2026-10-01", ":8: review_by must be after reviewed"),
        ("review_by: 2027-11-01", "review_by: 2029-11-01", ":8: review_by must be after reviewed"),
        (
            "reviewed: 2026-11-01",
            "reviewed: 2026-12-01",
            ":7: reviewed on 2026-12-01, which is still to come",
        ),
    ],
)
def test_a_fault_in_the_front_matter_is_found(tree: Tree, old: str, new: str, said: str) -> None:
    tree.replace("tea/01-pot.md", old, new)
    assert any(said in each for each in found(tree)), found(tree)


def test_a_path_to_a_section_that_does_not_exist_is_found(tree: Tree) -> None:
    tree.replace("tea/guide.yaml", "[pot, cups]", "[pot, moon]")
    assert found(tree) == ["en/tea/guide.yaml:6: path names 'moon', which does not exist"]


@pytest.mark.check(49)
def test_a_slug_and_a_short_title_that_tell_too_much_are_found(tree: Tree) -> None:
    tree.replace("tea/guide.yaml", "short_title: Tea", "short_title: After abuse")
    tree.file("tea/02-cups.md").rename(tree.file("tea/02-police.md"))
    for name in ("tea/02-police.md", "tea/01-pot.md", "tea/guide.yaml"):
        tree.file(name).write_text(tree.file(name).read_text().replace("cups", "police"))
    assert "en/tea/02-police.md:3: slug is not neutral: 'police'" in found(tree)
    assert "en/tea/guide.yaml:2: short_title is not neutral: 'abuse'" in found(tree)


@pytest.mark.check(49)
def test_no_word_the_site_bans_outside_is_missed_in_a_slug() -> None:
    assert len(neutral.telling_words()) > 20
    missed = [word for word in neutral.telling_words() if not telling_words(f"what-{word}s-are", "en")]
    assert set(missed) <= {"alder"}


def test_a_link_to_another_guide_is_followed(tree: Tree) -> None:
    add_coffee(tree)
    tree.body(BODY.replace("section:cups", "section:coffee/beans"))
    assert found(tree) == []


def test_an_overdue_review_does_not_keep_a_text_from_being_published(tree: Tree) -> None:
    assert found(tree, today=date(2028, 1, 1)) == []


def test_the_command_names_each_place_and_ends_in_failure(tree: Tree) -> None:
    tree.body("Only text.")
    with pytest.raises(CommandError, match=r"en/tea/01-pot\.md:13: a section ends"):
        call_command("guides", "check")


def test_the_command_is_content_with_a_good_tree(tree: Tree) -> None:
    said = StringIO()
    call_command("guides", "check", stdout=said)
    assert said.getvalue() == "1 guides, 2 sections: nothing to put right\n"
