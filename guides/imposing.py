"""Puts the pages of an A5 document two by two on A4, to be printed on both sides, folded and stapled.

Part of the typesetter's process: knows WeasyPrint's file as it is about to be written, and nothing of Django.
The pages become drawings placed on sheets; tags, links and bookmarks are left out, because a screen reader
would meet the pages in the order of the sheets. Paper has no creep to allow for: parts are thin.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count as counting
from typing import Any, TypeVar

import pydyf

# As many sheets of 80 g as folds flat and a long-reach stapler goes through.
SHEETS_MOST = 16
# PDF points: ISO 216, A4 across.
WIDTH, HEIGHT = 297 / 25.4 * 72, 210 / 25.4 * 72


Page = TypeVar("Page")


def parts(pages: int) -> list[int]:
    """How many sheets each part of a booklet has that holds a document of so many pages, its cover the first.

    Each part has a cover outside, in front, and a back. The parts differ by one sheet at most."""
    for number in counting(1):
        sheets = -(-(pages - 1 + 2 * number) // 4)
        if sheets <= SHEETS_MOST * number:
            return _even(sheets, number)
    raise AssertionError  # counting does not end


def _even(sheets: int, number: int) -> list[int]:
    return [sheets // number + (part < sheets % number) for part in range(number)]


def inside(pages: int) -> list[range]:
    """Which pages of the document (from 0; 0 is the cover) stand inside each part.

    A part holds an even number of them, so that left pages of the document are left pages of the part."""
    found, start = [], 1
    for sheets in parts(pages):
        stop = min(start + 4 * sheets - 2, pages)
        found.append(range(start, stop))
        start = stop
    return found


def bound(pages: Sequence[Page], covers: Sequence[Page], lined: Sequence[Page], back: Page) -> list[Page]:
    """The pages of all parts, one part after another: each between a cover and the back.

    ``lined`` are pages for notes: three are enough to fill the last part up."""
    found: list[Page] = []
    for cover, sheets, within in zip(covers, parts(len(pages)), inside(len(pages)), strict=False):
        filled = lined[: 4 * sheets - 2 - len(within)]
        found += [cover, *(pages[number] for number in within), *filled, back]
    return found


def sides(sheets: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Which pages (from 0) stand left and right on each side, front and back of each sheet in turn.

    ``sheets`` are the numbers of sheets of the parts, one part after another."""
    first = 0
    for count in sheets:
        last = first + 4 * count - 1
        for sheet in range(count):
            outer, inner = first + 2 * sheet, last - 2 * sheet
            yield inner, outer
            yield outer + 1, inner - 1
        first = last + 1


def impose(_document: Any, pdf: Any) -> None:
    """WeasyPrint's finisher: the pages of ``pdf``, a multiple of four, are placed on sheets."""
    kids = pdf.pages["Kids"]
    pages = [pdf.objects[number] for number in kids[::3]]
    drawings = [_drawing(pdf, page) for page in pages]
    kids.clear()
    pdf.pages["Count"] = 0
    sheets = len(pages) // 4
    for left, right in sides(_even(sheets, -(-sheets // SHEETS_MOST))):
        _add_side(pdf, drawings[left], drawings[right])
    for name in ("Names", "Outlines", "PageMode", "Dests"):
        pdf.catalog.pop(name, None)
    links = [part for part in pdf.objects if isinstance(part, dict) and part.get("Subtype") == "/Link"]
    for part in (*pages, *links):
        part.clear()  # pydyf numbers its objects as they came: what is left out stays as an empty one


def _drawing(pdf: Any, page: Any) -> Any:
    """The page's content as a form (ISO 32000-1, 8.10), and its box."""
    stream = pdf.objects[int(page["Contents"].split()[0])]
    stream.extra |= {
        "Type": "/XObject",
        "Subtype": "/Form",
        "BBox": page["MediaBox"],
        "Resources": page["Resources"],
    }
    return stream


def _add_side(pdf: Any, left: Any, right: Any) -> None:
    """One side of a sheet. Both pages touch the fold: what A5 lacks to half an A4 is left outside."""
    fold = WIDTH / 2
    lines = []
    for name, form in (("L", left), ("R", right)):
        shift = fold - float(form.extra["BBox"][2]) if name == "L" else fold
        lines.append(f"q 1 0 0 1 {shift:.3f} 0 cm /{name} Do Q".encode())
    content = pydyf.Stream(lines, compress=True)
    pdf.add_object(content)
    forms = pydyf.Dictionary({"L": left.reference, "R": right.reference})
    page = {
        "Type": "/Page",
        "Parent": pdf.pages.reference,
        "MediaBox": pydyf.Array([0, 0, round(WIDTH, 2), round(HEIGHT, 2)]),
        "Contents": content.reference,
        "Resources": pydyf.Dictionary({"XObject": forms}),
    }
    pdf.add_page(pydyf.Dictionary(page))
