"""From Markdown to clean HTML, for the web and for paper."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guides.cleaning import ATTRIBUTE_VALUES, ATTRIBUTES, TAGS, clean
from guides.front_matter import ContentError
from guides.markdown import smarten
from guides.rendering import Medium, Target, render
from tests.guides.trees import Tree, plant

NUMBERS = {"HOUSE": 1, "GARDEN": 2}


def rendered(tree: Tree, medium: Medium = Medium.WEB, language: str = "en") -> str:
    """The first section of the small tree."""
    guide = tree.read().guides[0]
    return render(
        guide.sections[0],
        language=language,
        medium=medium,
        links=lambda address: Target(f"/to/{address}") if "moon" not in address else None,
        numbers=NUMBERS,
    )


def test_marks_in_a_row_are_told_apart_and_named_for_those_who_listen(tree: Tree) -> None:
    text = re.sub(r"<[^>]+>", "", rendered(tree))
    assert "Boil water.\N{WORD JOINER}Source 1,\N{NARROW NO-BREAK SPACE}\N{WORD JOINER}Source 2" in text


@pytest.mark.parametrize("medium", [Medium.WEB, Medium.PAPER, Medium.KEPT])
def test_marks_side_by_side_stand_in_the_order_of_their_numbers_and_each_once(
    tree: Tree, medium: Medium
) -> None:
    tree.body("Boil water.[^GARDEN] [^HOUSE] [^GARDEN] Pour.[^GARDEN]\n")
    assert re.findall(r'href="#source-(\d)"', rendered(tree, medium)) == ["1", "2", "2"]


@pytest.mark.parametrize(
    ("language", "text", "read"),
    [
        ("en", "Tea.[^HOUSE] More.", "Tea.1 More."),
        ("sv", "Tea.[^HOUSE] More.", "Tea.1 More."),
        ("fr", "Tea.[^HOUSE] More.", "Tea1. More."),
        (
            "fr",
            "Why\N{NO-BREAK SPACE}?[^GARDEN] [^HOUSE]",
            "Why1,\N{NARROW NO-BREAK SPACE}2\N{NO-BREAK SPACE}?",
        ),
        ("fr", "*Tea*[^HOUSE], cups", "Tea1, cups"),
        ("fr", '"Tea."[^HOUSE]', "«\N{NO-BREAK SPACE}Tea.\N{NO-BREAK SPACE}»1"),
    ],
)
def test_a_mark_stands_where_the_language_puts_it(tree: Tree, language: str, text: str, read: str) -> None:
    tree.body(f"{text}\n")
    html = re.sub(r'<span class="visually-hidden">[^<]*</span>', "", rendered(tree, language=language))
    assert unescape(re.sub(r"<[^>]+>|\N{WORD JOINER}", "", html)).strip() == read


@pytest.mark.parametrize(
    ("item", "drawn"),
    [
        ("Day: ……", 'Day:<span class="blank blank-line"></span>'),
        ("Day: _______", 'Day:<span class="blank blank-line"></span>'),
        ("Day:", 'Day:<span class="blank blank-line"></span>'),
        (
            "Name: …… Since: ……",
            'Name:<span class="blank"></span> Since:<span class="blank blank-line"></span>',
        ),
        ("Wait… and pour", "Wait… and pour"),
    ],
)
def test_what_is_to_be_written_has_a_place_to_write_on_paper(tree: Tree, item: str, drawn: str) -> None:
    tree.body(f"::: checklist Log\n- {item}\n:::\n")
    assert f'<span class="tick"></span>{drawn}</li>' in rendered(tree, Medium.PAPER)
    assert "blank" not in rendered(tree)


def test_a_sentence_that_ends_in_a_colon_is_no_place_to_write(tree: Tree) -> None:
    tree.body("You need:\n\n- cups:\n")
    assert "blank" not in rendered(tree, Medium.PAPER)


def test_a_checklist_has_real_boxes_on_the_web_that_nothing_remembers(tree: Tree) -> None:
    html = rendered(tree)
    assert html.count('<input type="checkbox" autocomplete="off">') == 2
    assert "<label" in html


def test_a_checklist_has_drawn_boxes_on_paper(tree: Tree) -> None:
    html = rendered(tree, Medium.PAPER)
    assert html.count('<span class="tick"></span>') == 2
    assert "<input" not in html


def test_every_box_says_in_a_word_what_it_is(tree: Tree) -> None:
    tree.body(
        "## One\n\n::: say\n- a\n:::\n\n::: avoid\n- b\n:::\n\n::: why\nc\n:::\n\n::: law fi\nd\n:::\n\n"
        "::: editor Ask\ne\n:::\n\n::: conversation\nf\n:::\n\n::: checklist List\n- g\n:::\n\n"
        "::: action Do\n- h\n:::\n"
    )
    labels = re.findall(r'<p class="box-label">([^<]+)</p>', rendered(tree))
    assert labels == [
        "You can say",
        "Better to avoid",
        "Why",
        "The law: Finland",
        "Not confirmed yet: please ask",
        "How a talk can go",
        "Checklist",
        "To do",
    ]


def test_headings_keep_their_order_whatever_boxes_stand_between(tree: Tree) -> None:
    tree.body(
        "::: checklist First\n- a\n:::\n\n## Two\n\n::: editor Three\nb\n:::\n\n::: action Four\n- c\n:::\n"
    )
    assert re.findall(r"<(h\d)", rendered(tree)) == ["h2", "h2", "h3", "h2"]


def test_headings_of_two_chapters_have_different_names_on_paper(tree: Tree) -> None:
    assert '<h2 id="the-pot">' in rendered(tree)
    assert '<h2 id="pot-the-pot">' in rendered(tree, Medium.PAPER)


def test_a_link_that_leads_nowhere_is_an_error_that_names_the_line(tree: Tree) -> None:
    tree.body("One.\n\nSee [the moon](section:moon).\n")
    with pytest.raises(ContentError, match=r"01-pot\.md:15: link to section:moon"):
        rendered(tree)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "“Tea,” she said: “it’s hot.”"),
        ("sv", "”Tea,” she said: ”it’s hot.”"),
        ("fi", "”Tea,” she said: ”it’s hot.”"),
    ],
)
def test_quotation_marks_are_those_of_the_language(language: str, said: str) -> None:
    assert smarten('"Tea," she said: "it\'s hot."', language) == said


ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox(1))",
    "[x](java&#x0A;script:alert(1))",
    '[x](https://tea.example/" onmouseover="alert(1))',
    "![x](https://tea.example/x.png)",
    "<iframe src=//tea.example></iframe>",
    "<style>@import url(https://tea.example/x.css)</style>",
    '<div style="background:url(https://tea.example/)">x</div>',
    '<form action="https://tea.example"><input name=x></form>',
    '<meta http-equiv="refresh" content="0;url=https://tea.example">',
    "::: action <script>alert(1)</script>\n- x\n:::",
    '::: checklist "><img src=x onerror=alert(1)>\n- x\n:::',
    "`<script>alert(1)</script>`",
    "<math><mtext></mtext><mglyph><svg><mtext><textarea><path id='</textarea><img onerror=alert(1) src=1>'>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "\u202e<script>\u202calert(1)</script>",
    "\x00<script>alert(1)</script>",
]


class Collector(HTMLParser):
    """What a browser would find in a piece of HTML: tags with their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def is_harmless(html: str) -> None:
    """Only the tags and attributes of a guide, and links only to https, to anchors or to our own pages."""
    collector = Collector()
    collector.feed(html)
    for tag, attributes in collector.found:
        assert tag in TAGS, html
        for name, value in attributes.items():
            known = ATTRIBUTES.get(tag, set()) | ATTRIBUTE_VALUES.get(tag, {}).keys() | {"class"}
            assert name in known, html
            if name == "href":
                assert value
                assert value.startswith(("https://", "/", "#")), html


@pytest.mark.check(24)
@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_in_a_text_becomes_a_script_a_style_or_a_request(tree: Tree, attack: str) -> None:
    tree.body(f"Before.\n\n{attack}\n\nAfter.\n")
    try:
        html = rendered(tree)
    except ContentError:
        # A link with another scheme than https, or a box with a strange opening, is refused altogether.
        assert ":" in attack
        return
    assert "Before." in html
    assert "After." in html
    is_harmless(html)


@pytest.mark.check(24)
@pytest.mark.parametrize("attack", ATTACKS)
def test_the_cleaner_alone_would_stop_it_too(attack: str) -> None:
    is_harmless(clean(f"<p>Before.</p>{attack}"))


@pytest.mark.check(24)
@given(
    st.text(alphabet=st.sampled_from("<>\"'=/ :;()[]!`*_#\n\tabonscriptjavhref&x0\x00\u202e"), max_size=80)
)
def test_no_invented_text_gets_past(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    tree = plant(Path(tmp_path_factory.mktemp("tree")))
    tree.body(f"Before.\n\n{text}\n")
    try:
        html = rendered(tree)
    except (ContentError, UnicodeError):
        return
    is_harmless(html)
