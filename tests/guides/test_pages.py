"""The page of a chapter: other languages, the easy version, countries, steps, and what stands over it."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.utils import translation
from django.utils.translation import gettext
from pytest_django import Settings

from guides import elsewhere
from guides.chapters import web_body
from guides.checking import check
from guides.figures import drawings
from guides.front_matter import ContentError
from guides.models import Edition
from guides.pages import ALWAYS, Kept, Paper, Papers, guide_pages, library_page
from guides.reading import Guide, Library
from tests.guides.conftest import NOON
from tests.guides.trees import Tree, add_coffee, add_countries, translate

A4 = Paper(url="/en/guides/tea/tea-a4.pdf", kind="a4", title="", pages=2, size=1000)
PAPERS = Papers(books=(A4,), complete=True)
KEPT = Kept(("/en/guides/tea/tea.html", 10), ("/en/guides/tea/tea.txt", 10), ("/en/guides/tea/x.txt", 10))


def pages(tree: Tree, language: str = "en", slug: str = "tea") -> dict[str, str]:
    """Every page of a guide as it is shown first, by path."""
    library = tree.read()
    edition = Edition(guide=slug, language=language, number=3, published_at=NOON)
    return {
        page.path: page.body.decode()
        for page in guide_pages(library, guide(library, language, slug), edition, PAPERS, KEPT)
        if page.shown_from == ALWAYS
    }


def guide(library: Library, language: str = "en", slug: str = "tea") -> Guide:
    """A guide that is there."""
    found = library.guide(language, slug)
    assert found is not None
    return found


def links(html: str, start: str = '<nav class="versions"') -> list[tuple[str, str]]:
    """Address and words of every link in the language switch."""
    switch = html.partition(start)[2].partition("</nav>")[0]
    return re.findall(r'<a href="([^"]+)"[^>]*>([^<]+)</a>', switch)


def test_the_language_switch_stays_on_the_section(tree: Tree, settings: Settings) -> None:
    translate(tree, "fi")
    translate(tree, "sv")
    settings.PUBLIC_ORIGIN = "https://house.example"
    page = pages(tree)["/en/guides/tea/pot/"]
    assert links(page) == [
        ("/en/guides/tea/pot/", "English"),
        ("/fi/guides/tea/pot/", "Suomi"),
        ("/sv/guides/tea/pot/", "Svenska"),
    ]
    assert '<a href="/fi/guides/tea/pot/" hreflang="fi" lang="fi">' in page
    assert 'lang="en" aria-current="true"' in page
    assert '<link rel="alternate" hreflang="sv" href="https://house.example/sv/guides/tea/pot/">' in page


def test_a_language_without_the_section_is_not_offered_on_it(tree: Tree) -> None:
    translate(tree, "fi")
    translate(tree, "sv")
    tree.file("../sv/tea/02-cups.md").unlink()
    found = pages(tree)
    assert [name for _url, name in links(found["/en/guides/tea/cups/"])] == ["English", "Suomi"]
    assert [name for _url, name in links(found["/en/guides/tea/"])] == ["English", "Suomi", "Svenska"]
    assert links(library_page(tree.read(), "fi").body.decode())[2] == ("/sv/guides/", "Svenska")


def test_where_there_is_one_language_there_is_nothing_to_choose(tree: Tree) -> None:
    assert "versions" not in pages(tree)["/en/guides/tea/pot/"]


def test_a_section_leads_to_its_easy_version_and_that_one_back(tree: Tree) -> None:
    add_coffee(tree)
    tree.replace("coffee/01-beans.md", "status: draft", "status: draft\neasy_of: tea/pot")
    tree.replace("coffee/guide.yaml", "publisher_note", "easy_read: true\npublisher_note")
    pot = pages(tree)["/en/guides/tea/pot/"]
    assert '<a href="/en/guides/coffee/beans/">In easy language: Beans</a>' in pot
    beans = pages(tree, slug="coffee")["/en/guides/coffee/beans/"]
    assert '<a href="/en/guides/tea/pot/">With more to read: The pot</a>' in beans
    assert "chapter-easy" in beans
    assert "chapter-easy" not in pot
    assert "easy language" not in pages(tree)["/en/guides/tea/cups/"]


def standing(tree: Tree, language: str) -> str:
    """What is said above the first section."""
    library = tree.read()
    home = guide(library, language)
    with translation.override(language):
        return elsewhere.stands(library, home, home.sections[0])


def said(language: str, words: str) -> str:
    """Words of the catalogue as they are said in a language; two sentences of it beside each other."""
    with translation.override(language):
        return " ".join(gettext(each.strip()) for each in re.findall(r"[^.]+\.", words))


def test_a_translation_says_what_it_has_not_been_through(tree: Tree) -> None:
    translate(tree, "fi")
    words = (
        "This text has not yet been reviewed by a native professional. It may be older than the English text."
    )
    assert standing(tree, "fi") == said("fi", words) != words
    assert standing(tree, "en") == "This text has not yet been reviewed by a professional."
    assert standing(tree, "fi") in pages(tree, "fi")["/fi/guides/tea/pot/"]


def test_a_translation_of_todays_text_that_was_reviewed_says_nothing(tree: Tree) -> None:
    translate(tree, "fi")
    fingerprint = guide(tree.read()).sections[0].fingerprint
    tree.replace("../fi/tea/01-pot.md", "status: draft", f'status: reviewed\nfollows: "{fingerprint}"')
    assert standing(tree, "fi") == ""
    assert "chapter-standing" not in pages(tree, "fi")["/fi/guides/tea/pot/"]
    tree.replace("tea/01-pot.md", "Boil water.", "Boil fresh water.")
    assert standing(tree, "fi") == said("fi", "The English text has changed since this one was written.")


def body(tree: Tree) -> str:
    """The first section of the guide on tea."""
    library = tree.read()
    return web_body(library, guide(library), guide(library).sections[0]).html


def test_the_organisations_country_stands_open_and_first_the_others_open_at_a_touch(
    tree: Tree, settings: Settings
) -> None:
    settings.COUNTRY = "se"
    add_countries(tree, "fi", "gb", "se")
    tree.body("::: countries reporting\n:::\n\n::: action Do\n- a\n:::\n")
    html = body(tree)
    boxes = re.findall(
        r'<(div|details) class="box box-law[^"]*"><(?:p|summary) class="box-label">([^<]+)<', html
    )
    assert boxes == [("div", "Sweden"), ("details", "Finland"), ("details", "United Kingdom")]
    assert html.index("Known in se: reporting.") < html.index("<details")
    assert html.count("<details") == html.count("</details>") == 2


def test_only_where_the_topic_is_the_law_is_a_box_called_that(tree: Tree, settings: Settings) -> None:
    settings.COUNTRY = "fi"
    add_countries(tree, "fi")
    tree.body("::: countries law\n:::\n\n::: countries court\n:::\n\n::: action Do\n- a\n:::\n")
    assert re.findall(r'box-label">([^<]+)<', body(tree))[:2] == ["The law: Finland", "Finland"]


def test_stations_of_a_way_have_numbers_that_can_be_read_aloud(tree: Tree) -> None:
    tree.body("::: steps What happens\n1. First.\n2. Then.\n:::\n\n::: action Do\n- a\n:::\n")
    html = body(tree)
    assert '<ol class="stations">' in html
    assert re.findall(r'<span class="station">(\d)</span> (\w+)', html) == [("1", "First"), ("2", "Then")]


def test_a_drawing_says_in_words_what_it_shows_and_keeps_its_place(tree: Tree) -> None:
    name = min(drawings())
    tree.body(f"![Two cups on a table](figure:{name})\n\n::: action Do\n- a\n:::\n")
    assert re.search(
        rf'<img class="figure" src="/static/guides/figures/{name}[^"]*" alt="Two cups on a table"'
        r' width="\d+" height="\d+">',
        body(tree),
    )


def test_the_page_names_the_stage_of_the_way_it_belongs_to(tree: Tree) -> None:
    assert '<a href="/en/guides/tea/#path">First</a>' in pages(tree)["/en/guides/tea/pot/"]


def test_a_stage_is_written_with_the_marks_that_texts_are_written_with(tree: Tree) -> None:
    tree.replace("tea/guide.yaml", "label: First", "label: What's first")
    drawn = pages(tree)
    assert ">What’s first</a>" in drawn["/en/guides/tea/pot/"]
    assert "What’s first" in drawn["/en/guides/tea/"]


@pytest.mark.check(25)
def test_no_page_of_a_guide_has_inline_style_or_script(tree: Tree) -> None:
    for path, page in pages(tree).items():
        assert "<style" not in page, path
        assert not re.search(r"\sstyle=|\son[a-z]+=", page), path
        assert not re.search(r"<script(?![^>]*\ssrc=)", page), path


@pytest.mark.parametrize("slug", ["search", "editions"])
def test_what_is_an_address_of_its_own_is_no_section(tree: Tree, slug: str) -> None:
    tree.file("tea/02-cups.md").rename(tree.file(f"tea/02-{slug}.md"))
    tree.replace(f"tea/02-{slug}.md", "slug: cups", f"slug: {slug}")
    with pytest.raises(ContentError, match="address of its own"):
        tree.read()


def test_the_day_a_review_is_due_has_its_own_page(tree: Tree) -> None:
    library = tree.read()
    edition = Edition(guide="tea", language="en", number=3, published_at=NOON)
    days = [page.shown_from for page in guide_pages(library, guide(library), edition, PAPERS, KEPT)]
    assert days.count(date(2027, 11, 2)) == 3


def test_from_a_section_one_can_go_on_to_another_guide(tree: Tree) -> None:
    add_coffee(tree)
    tree.replace("tea/01-pot.md", "next: [cups]", "next: [coffee/beans, cups]")
    assert check(tree.read(), today=NOON.date()) == []
    onward = (
        pages(tree)["/en/guides/tea/pot/"].partition('<section class="onward"')[2].partition("</section>")[0]
    )
    assert re.findall(r'<a href="([^"]+)">([^<]+)</a>', onward) == [
        ("/en/guides/coffee/beans/", "Beans"),
        ("/en/guides/tea/cups/", "The cups"),
    ]
