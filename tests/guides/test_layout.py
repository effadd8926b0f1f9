"""How the pages of the papers are filled: no page nearly empty, nothing torn, nothing alone."""

from __future__ import annotations

from itertools import chain

import pytest

from guides import paper, typesetting
from guides.models import Edition
from guides.reading import Guide, Library
from guides.typesetting import Document, Order
from tests.guides.conftest import NOON, TODAY
from tests.guides.drawer import Drawer
from tests.guides.layout import Page, headings, laid_out

# Short guides in the language with the longest lines; the longest, in English, is set anyway.
SHORT = [
    ("waiting-for-answers", "a5"),
    ("waiting-for-answers", "large"),
    ("easy-steps", "a4"),
    ("easy-steps", "a5"),
]
BOOK = [*SHORT, ("next-steps", "a4")]
FEWEST = 8
# Inside each page, in points: nothing is nearer to its edge.
EDGE = 12 / 25.4 * 72
pytestmark = pytest.mark.parametrize("book", BOOK, ids=" ".join)


def guide_in(library: Library, book: tuple[str, str]) -> Guide:
    """The guide a book is made of."""
    guide = library.guide("en" if book not in SHORT else "fr", book[0])
    assert guide is not None
    return guide


@pytest.fixture(scope="module")
def books(
    real_texts: Library, printed: dict[str, Document], static_files: None, drawer: Drawer
) -> dict[tuple[str, str], Document]:
    """Every book that is looked at."""
    orders: dict[tuple[str, str], Order] = {}
    for slug in dict(SHORT):
        guide = guide_in(real_texts, (slug, "a4"))
        edition = Edition(guide=slug, language="fr", number=1, published_at=NOON)
        wanted = paper.papers(real_texts, guide, edition, today=TODAY)
        orders |= {(slug, each.kinds[0]): each.order for each in wanted if (slug, each.kinds[0]) in SHORT}
    made = drawer.documents(typesetting.typeset, list(orders.values()))
    read = {book: documents[0] for book, documents in zip(orders, made, strict=True)}
    return {**read, ("next-steps", "a4"): printed["next-steps"]}


@pytest.fixture(scope="module")
def laid(
    books: dict[tuple[str, str], Document], tmp_path_factory: pytest.TempPathFactory
) -> dict[tuple[str, str], list[Page]]:
    """The pages of every book."""
    place = tmp_path_factory.mktemp("laid")
    return {book: laid_out(document, place) for book, document in books.items()}


@pytest.fixture
def document(books: dict[tuple[str, str], Document], book: tuple[str, str]) -> Document:
    """The book that is looked at."""
    return books[book]


@pytest.fixture
def pages(laid: dict[tuple[str, str], list[Page]], book: tuple[str, str]) -> list[Page]:
    """Its pages."""
    return laid[book]


def test_no_page_is_nearly_empty(pages: list[Page]) -> None:
    """But the cover."""
    _cover, *inside = pages
    assert len(inside) > 10
    assert [page.texts for page in inside if len(page.lines) < FEWEST] == []


def test_no_heading_is_the_last_on_its_page(document: Document, pages: list[Page]) -> None:
    ends = {" ".join(title.split()) for title in headings(document)}
    texts = [page.texts for page in pages[1:]]
    assert ends & set(chain.from_iterable(texts))
    assert [lines[-1] for lines in texts if any(title.endswith(lines[-1]) for title in ends)] == []


def test_no_box_goes_on_over_the_end_of_a_page(pages: list[Page]) -> None:
    """The next page would say so (boxes.css); test_papers.py looks at one that has to."""
    lines = list(chain.from_iterable(page.texts for page in pages))
    assert {"To do", "À faire"} & {line.removeprefix("→ ") for line in lines}
    assert [line for line in lines if line.endswith(("(continued)", "(suite)"))] == []


def test_every_line_of_the_contents_ends_with_its_page(
    pages: list[Page], real_texts: Library, book: tuple[str, str]
) -> None:
    guide = guide_in(real_texts, book)
    listing = pages[2]
    right = max(line[-1].right for line in listing.lines)
    numbers = [
        int(line[-1].text) for line in listing.lines if line[-1].text.isdigit() and line[-1].right > right - 2
    ]
    assert len(numbers) == len(guide.sections) + 2  # the sources and the lines to call
    assert numbers == sorted(numbers)
    assert numbers[-1] <= len(pages)


def test_no_word_stands_outside_the_margins(pages: list[Page]) -> None:
    for page in pages[1:]:
        words = list(chain.from_iterable(page.lines))
        assert [word for word in words if word.left < EDGE or word.right > page.width - EDGE] == []
