"""Every kind of paper, from a small guide that has every kind of block: each is what it says it is."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from django.conf import settings

from guides import paper, typesetting
from guides.chapters import Chapter
from guides.checking import telling_words
from guides.countries import TOPICS
from guides.imposing import SHEETS_MOST, bound, inside, parts, sides
from guides.models import Edition
from guides.typesetting import Document, Order
from tests.guides.conftest import NOON, TODAY
from tests.guides.drawer import Drawer
from tests.guides.test_paper import elements, opened, pages_of, tags, words
from tests.guides.trees import Tree, plant

KINDS = ("a4", "a5", "booklet", "large", "card", "list-pot", "list-pot-2")
TAGGED = tuple(kind for kind in KINDS if kind != "booklet")
NUMBERS = "\n".join(f"{number}. Warm cup {number} slowly, and then pour." for number in range(1, 90))
LAW = """\
status: draft
reviewed: 2026-11-01
review_by: 2027-11-01
topics:
"""
TOPIC = """\
  {topic}: {{facts: "In {land} tea is {topic}.", ask: "a {land} cook", questions: ["When is {topic}?"]}}
"""
POT = f"""\
Boil water.[^HOUSE] [^GARDEN] See [the cups](section:cups) and [help](help:).

![A cup on a table](figure:cups)

## Ways

| What | When |
|---|---|
| Black | Morning |

::: countries law
Tea differs.
:::

::: steps Every cup
{NUMBERS}
:::

After the cups.

::: checklist On the table
- pot, see [the cups](section:cups)[^HOUSE]
- cups
:::

::: checklist Afterwards
- rinse
:::

::: action What you can do now
- Pour.
:::
"""
NOW = """\
::: action Two steps
1. Sit down. [Call](help:).
2. Breathe.[^HOUSE]
:::
"""


@pytest.fixture(scope="module")
def ordered(tmp_path_factory: pytest.TempPathFactory, static_files: None) -> dict[str, tuple[Order, int]]:
    """What is set for each kind of paper, and which of the documents made of it is that one."""
    root = tmp_path_factory.mktemp("papers") / "content"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "GUIDES_DIR", root)
        library = rich(plant(root)).read()
        guide = library.guide("en", "tea")
        assert guide is not None
        edition = Edition(guide="tea", language="en", number=1, published_at=NOON)
        papers = list(paper.papers(library, guide, edition, today=TODAY))
    return {kind: (each.order, index) for each in papers for index, kind in enumerate(each.kinds)}


@pytest.fixture(scope="module")
def papers(ordered: dict[str, tuple[Order, int]], drawer: Drawer) -> dict[str, Document]:
    """Every kind of paper."""
    made = drawer.documents(typesetting.typeset, [order for order, _index in ordered.values()])
    return {kind: each[index] for (kind, (_, index)), each in zip(ordered.items(), made, strict=True)}


def rich(tree: Tree) -> Tree:
    """The small tree with every kind of block, a card, and what is known of two countries."""
    tree.body(POT)
    text = tree.file("tea/02-cups.md").read_text(encoding="utf-8")
    now = text.replace("slug: cups", "slug: right-now").replace("The cups", "Now").split("---\n")[1]
    tree.file("tea/03-right-now.md").write_text(f"---\n{now}---\n{NOW}", encoding="utf-8")
    tree.file("countries").mkdir()
    for code, land in {"fi": "Finnish", "se": "Swedish"}.items():
        topics = "".join(TOPIC.format(topic=topic, land=land) for topic in TOPICS)
        tree.file(f"countries/{code}.yaml").write_text(LAW + topics, encoding="utf-8")
    return tree


def size(document: Document) -> tuple[int, int]:
    """Width and height of the first page in millimetres."""
    with opened(document) as pdf:
        left, bottom, right, top = (float(edge) for edge in pdf.pages[0].mediabox)
    return round((right - left) * 25.4 / 72), round((top - bottom) * 25.4 / 72)


def lowest_word(document: Document, tmp_path: Path) -> float:
    """The height of the lowest word, in points: the size of its letters."""
    path = tmp_path / "tea.pdf"
    path.write_bytes(document.pdf)
    found = subprocess.run(["pdftotext", "-bbox", path, "-"], capture_output=True, check=True).stdout.decode()
    spans = re.findall(r'<word .*?yMin="([\d.]+)".*?yMax="([\d.]+)">\w', found)
    return min(float(bottom) - float(top) for top, bottom in spans)


def test_a_guide_comes_on_every_kind_of_paper(papers: dict[str, Document]) -> None:
    assert set(papers) == set(KINDS)


@pytest.mark.parametrize("kind", TAGGED)
def test_what_is_read_is_tagged_in_order_and_described(
    papers: dict[str, Document], kind: str, tmp_path: Path
) -> None:
    path = tmp_path / "tea.pdf"
    path.write_bytes(papers[kind].pdf)
    done = subprocess.run([".venv/bin/pdfua", "check", path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    pdf = opened(papers[kind])
    assert str(pdf.Root.Lang) == "en"
    levels = [int(tag[2]) for tag in tags(pdf) if re.fullmatch(r"/H[1-6]", tag)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    links = [note for page in pdf.pages for note in page.get("/Annots", []) if note.Subtype == "/Link"]
    assert all(str(link.get("/Contents", "")).strip() and "/StructParent" in link for link in links)


@pytest.mark.parametrize("kind", ["a4", "a5", "large"])
def test_figures_are_described_and_tables_headed(papers: dict[str, Document], kind: str) -> None:
    pdf = opened(papers[kind])
    found = list(elements(pdf.Root.StructTreeRoot))
    figures = [str(each.get("/Alt", "")) for each in found if each.S == "/Figure"]
    assert figures == ["A cup on a table"]
    heads = [each for each in found if each.S == "/TH"]
    assert [str(each.A.Scope) for each in heads] == ["/Column", "/Column"]


# One that is laid out once for two files, and one alone; the others are set in the same way.
@pytest.mark.parametrize("kind", ["booklet", "list-pot"])
def test_the_same_order_gives_the_same_bytes_whatever_was_set_before(
    ordered: dict[str, tuple[Order, int]], papers: dict[str, Document], kind: str
) -> None:
    order, index = ordered[kind]
    [made] = typesetting.typeset([order])
    assert made[index].pdf == papers[kind].pdf


@pytest.mark.check(27)
@pytest.mark.parametrize("kind", KINDS)
def test_outside_nothing_is_told(papers: dict[str, Document], kind: str) -> None:
    pdf = opened(papers[kind])
    assert set(pdf.docinfo.keys()) <= {"/Title", "/Producer", "/CreationDate", "/ModDate"}
    title = str(pdf.docinfo["/Title"])
    assert title.startswith("Tea")
    assert telling_words(f"{title} {kind}", "en") == []


def test_each_paper_has_its_size(papers: dict[str, Document]) -> None:
    first = {kind: size(document) for kind, document in papers.items()}
    assert first == {
        "a4": (210, 297),
        "a5": (148, 210),
        "booklet": (297, 210),
        "large": (210, 297),
        "card": (297, 210),
        "list-pot": (210, 297),
        "list-pot-2": (210, 297),
    }


def test_large_print_has_no_small_letters(papers: dict[str, Document], tmp_path: Path) -> None:
    assert lowest_word(papers["a4"], tmp_path) < 9
    assert lowest_word(papers["large"], tmp_path) > 15.9


def test_the_law_of_the_organisations_country_is_printed_and_no_other(
    papers: dict[str, Document], tmp_path: Path
) -> None:
    text = words(papers["a4"], tmp_path)
    assert "In Finnish tea is law." in text
    assert "Ask a Finnish cook" in text
    assert "Swedish tea" not in text


def test_a_box_longer_than_its_page_says_what_goes_on_and_only_there(
    papers: dict[str, Document], tmp_path: Path
) -> None:
    pages = pages_of(papers["a4"], tmp_path)
    first = next(number for number, page in enumerate(pages) if "Every cup" in page)
    last = next(number for number, page in enumerate(pages) if "Warm cup 89 " in page)
    assert last > first
    going_on = [number for number, page in enumerate(pages) if "Step by step (continued)" in page]
    assert going_on == list(range(first + 1, last + 1))
    assert not any("(continued)" in page for page in pages[last + 1 :])


def test_the_card_is_one_page_with_the_numbers_and_no_mark(
    papers: dict[str, Document], tmp_path: Path
) -> None:
    assert papers["card"].pages == 1
    text = words(papers["card"], tmp_path)
    assert "Sit down. Call" in text
    assert "Breathe. " in text
    assert "112" in text
    assert "with the print inside" in text


def test_a_checklist_stands_alone(papers: dict[str, Document], tmp_path: Path) -> None:
    assert papers["list-pot"].pages == papers["list-pot-2"].pages == 1
    text = words(papers["list-pot"], tmp_path)
    assert "On the table" in text
    assert "pot, see the cups" in text
    assert "in the guide" not in text  # its foot names it
    assert "rinse" not in text
    assert "rinse" in words(papers["list-pot-2"], tmp_path)


def test_the_booklet_holds_the_reading_file_and_says_that_it_is_for_printing(
    papers: dict[str, Document], tmp_path: Path
) -> None:
    pdf = opened(papers["booklet"])
    assert papers["booklet"].pages == len(pdf.pages) == 2 * sum(parts(papers["a5"].pages))
    assert "only for printing" in str(pdf.docinfo["/Title"])
    assert not {"/StructTreeRoot", "/Outlines", "/Names"} & set(pdf.Root.keys())
    assert not any("/Annots" in page for page in pdf.pages)
    text = words(papers["booklet"], tmp_path)
    assert "This file is only for printing" in text
    sheets = " + ".join(map(str, parts(papers["a5"].pages)))
    assert f"Sheets in each part: {sheets}." in text
    front, behind = pages_of(papers["booklet"], tmp_path)[:2]
    assert "This file is only for printing" in front
    assert "Edition 1 · November 2026" in front
    assert "Numbers to call" in behind
    assert "Part 1" not in text


def test_a_booklet_of_two_parts_has_two_covers(ordered: dict[str, tuple[Order, int]], tmp_path: Path) -> None:
    order, _index = ordered["a5"]
    leaves = "".join(f"<h1>Leaf {number}</h1>" for number in range(1, 71))
    style = "<style>@page { size: A5 } h1 { break-after: page }</style>"
    html = f'<!doctype html><html lang="en"><title>Tea</title>{style}{leaves}</html>'
    [[_read, booklet]] = typesetting.typeset([replace(order, html=(html,))])
    first, second = parts(70)
    sides_of = pages_of(booklet, tmp_path)
    assert len(sides_of) == 2 * (first + second)
    begun = 4 * first - 2
    assert f"Part 1: pages 2–{begun + 1}" in sides_of[0]
    assert f"Part 2: pages {begun + 2}–70" in sides_of[2 * first]
    for outside in (sides_of[0], sides_of[2 * first]):
        assert "This file is only for printing" in outside
        assert "Leaf" not in outside


@pytest.mark.parametrize(("rows", "pages"), [(12, 1), (90, 4)])
def test_a_table_is_divided_only_where_it_is_longer_than_a_page(
    rows: int, pages: int, tmp_path: Path
) -> None:
    body = "".join(f"<tr><td>{row}</td><td>Cup {row}</td></tr>" for row in range(rows))
    table = f"<table><thead><tr><th>Table head</th></tr></thead><tbody>{body}</tbody></table>"
    styles = "".join(f'<link rel="stylesheet" href="print:/{name}.css">' for name in ("page", "chapters"))
    html = f'<html lang="en"><title>Tea</title>{styles}{"<p>Water.</p>" * 30}<div class="table">{table}</div>'
    [[made]] = typesetting.typeset([Order(html=(html,), dated=NOON)])
    told = [page for page in pages_of(made, tmp_path) if "Cup" in page]
    assert len(told) == pages
    assert all("Table head" in page for page in told)


LENGTHS = pytest.mark.parametrize("pages", [1, 2, 3, 4, 5, 57, 62, 63, 64, 65, 114, 125, 126, 300])


@LENGTHS
def test_folded_sheets_read_from_the_first_page_to_the_last(pages: int) -> None:
    sheets = parts(pages)
    assert max(sheets) <= SHEETS_MOST
    assert max(sheets) - min(sheets) <= 1
    found: list[int] = []
    order = list(sides(sheets))
    for count in sheets:
        # Each part folded: the fronts' right and backs' left halves outwards in, then back out.
        part, order = order[: 2 * count], order[2 * count :]
        opening = [
            page for front, back in zip(part[::2], part[1::2], strict=True) for page in (front[1], back[0])
        ]
        closing = [
            page for front, back in zip(part[::2], part[1::2], strict=True) for page in (front[0], back[1])
        ]
        found += [*opening, *reversed(closing)]
    assert found == list(range(4 * sum(sheets)))


@LENGTHS
def test_every_part_of_a_booklet_lies_between_a_cover_and_a_back(pages: int) -> None:
    document = ["cover", *map(str, range(2, pages + 1))]
    covers = [f"cover {part}" for part in range(1, 9)]
    found = bound(document, covers, ["note"] * 3, "back")
    assert [page for page in found if page.isdigit()] == document[1:]
    first = 0
    for part, sheets in enumerate(parts(pages), start=1):
        front, *within, behind = found[first : first + 4 * sheets]
        assert (front, behind) == (f"cover {part}", "back")
        # Even pages are left ones: the wide margin lies outside in each part.
        assert all(page == "note" or int(page) % 2 == at % 2 for at, page in enumerate(within, start=2))
        first += 4 * sheets
    assert first == len(found)


@LENGTHS
def test_each_cover_knows_which_pages_are_inside(pages: int) -> None:
    assert [page for within in inside(pages) for page in within] == list(range(1, pages))


@pytest.mark.parametrize(
    ("title", "heading"),
    [
        ("Tea", "Tea"),
        ("Green tea", "Green tea"),
        ("What cups & pots need", 'What cups &amp; <span class="together">pots need</span>'),
        ("All about thermometers, teapots", "All about thermometers, teapots"),
    ],
)
def test_a_heading_keeps_its_last_short_words_together(title: str, heading: str) -> None:
    chapter = Chapter(1, "tea", title, "", 1, "", overdue=False, review_line="", review_by=TODAY)
    assert chapter.heading == heading
