"""The papers of a guide as documents to print: the HTML that the typesetter turns into PDFs.

Nothing in them comes from anywhere but the guide, its edition and the helplines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from guides import helplines
from guides.chapters import Chapter, chapters, drawn, numbered, references, sheet_body, sheet_links
from guides.markdown import smarten
from guides.models import Edition
from guides.reading import Guide, Library
from guides.rendering import Medium, render_lists
from guides.typesetting import PARTS_MOST, SHEETS, Order, pages_of

BOOK = ("page", "cover", "contents", "chapters", "boxes", "back")
#: The papers that hold the whole guide, each by what changes the sheets of A4.
BOOKS = MappingProxyType({"a4": (), "a5": ("a5",), "large": ("large",)})
SHEET = ("page", "cover", "chapters", "boxes", "sheet")
# The sizes to try until a sheet is one page: sheet.css.
FITS = ("fit-1", "fit-2", "fit-3", "fit-3 fit-4")
#: A checklist is short as a rule: the page is first used to the foot, with room to write.
LIST_FITS = ("fit-1 roomy", *FITS)
#: The section that has a card of its own.
CARD = "right-now"


@dataclass(frozen=True)
class Wanted:
    """What is to be set, and the kinds of paper that come of it: the booklet comes of A5. ``title``: of a
    checklist."""

    kinds: tuple[str, ...]
    order: Order
    title: str = ""


def papers(library: Library, guide: Guide, edition: Edition, *, today: date) -> Iterator[Wanted]:
    """Every paper the edition is to have."""
    with translation.override(guide.language):
        shared = _shared(guide, edition, today)
        book = _book(library, guide, today)
        for kind in BOOKS:
            order = _order(edition, "guides/paper.html", {**shared, **book, **_look(guide, kind)})
            notes = _notes(shared) if kind == "a5" else ""
            kinds = ("a5", "booklet") if notes else (kind,)
            yield Wanted(kinds, replace(order, notes=notes))
        for kind, context in _sheets(library, guide, today):
            sheets = (*SHEET, "card") if kind == "card" else SHEET
            template = "guides/card_paper.html" if kind == "card" else "guides/list_paper.html"
            fits = FITS if kind == "card" else LIST_FITS
            order = _order(edition, template, {**shared, **context, "styles": sheets}, fits)
            yield Wanted((kind,), order, str(context.get("title", "")))


def _order(
    edition: Edition, template: str, context: dict[str, object], fits: tuple[str, ...] = ("",)
) -> Order:
    forms = tuple(render_to_string(template, {**context, "fit": fit}) for fit in fits)
    return Order(html=forms, dated=edition.published_at)


def _look(guide: Guide, kind: str) -> dict[str, object]:
    """The style sheets of a book, and whether its letters are too large for a long line at the foot, and for
    the imprint on the page of the numbers.

    Large print is large enough for whoever reads slowly, too."""
    large = kind == "large"
    easy = ("easy",) if guide.easy_read and not large else ()
    return {"styles": (*BOOK, *BOOKS[kind], *easy), "large_letters": large or guide.easy_read}


def _shared(guide: Guide, edition: Edition, today: date) -> dict[str, object]:
    return {
        "guide": guide,
        "edition": edition,
        "site_name": settings.SITE_NAME,
        "review_by": min(section.review_by for section in guide.sections),
        "strip": helplines.strip_for(settings.COUNTRY, today),
        "country": helplines.for_country(settings.COUNTRY, today),
    }


def _book(library: Library, guide: Guide, today: date) -> dict[str, object]:
    """What the papers of the whole guide have in common; the texts are rendered once for all of them."""
    numbers = numbered(guide.sections)
    listed = chapters(guide, today=today)
    return {
        "audience": smarten(guide.audience, guide.language),
        "summary": smarten(guide.summary, guide.language),
        "publisher_note": smarten(guide.publisher_note, guide.language),
        "chapters": [
            (chapter, drawn(library, guide, section, Medium.PAPER, numbers))
            for chapter, section in zip(listed, guide.sections, strict=True)
        ],
        "steps": [
            (
                smarten(step.label, guide.language),
                [chapter for chapter in listed if chapter.slug in step.sections],
            )
            for step in guide.path
        ],
        "references": references(guide, numbers),
        "everywhere": helplines.for_country("international", today),
    }


def _notes(shared: dict[str, object]) -> str:
    covers = [(part, pages_of(part)) for part in range(1, PARTS_MOST + 1)]
    styles = ("page", "cover", "a5", "notes")
    context = {**shared, "sheets": SHEETS, "covers": covers, "styles": styles}
    return render_to_string("guides/booklet_notes.html", context)


def _sheets(library: Library, guide: Guide, today: date) -> Iterator[tuple[str, dict[str, object]]]:
    by_slug: dict[str, Chapter] = {chapter.slug: chapter for chapter in chapters(guide, today=today)}
    if section := guide.section(CARD):
        yield "card", {"chapter": by_slug[CARD], "body": sheet_body(library, guide, section)}
    links = sheet_links(library, guide)
    for section in guide.sections:
        found = render_lists(section, language=guide.language, links=links)
        for number, (title, items) in enumerate(found, start=1):
            kind = f"list-{section.slug}" + f"-{number}" * (number > 1)
            yield kind, {"chapter": by_slug[section.slug], "title": title, "items": items}
