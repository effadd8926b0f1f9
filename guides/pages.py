"""The web pages of the guides, made at publishing: bytes, and the day from which they are shown.

A page that changes with the calendar alone (a review falls due) is made once for every such day, so that
nothing has to be running for the reader to be told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from django.template.loader import render_to_string
from django.utils import translation

from guides import addresses, elsewhere
from guides.chapters import Chapter, chapters, web_body
from guides.feedback import WRONG
from guides.kinds import LABELS, NOTES
from guides.markdown import smarten
from guides.models import Edition
from guides.reading import Guide, Library, Section
from guides.standing import SOURCE

ALWAYS = date.min


@dataclass(frozen=True)
class Page:
    """An HTML page at a path, from a day on (``ALWAYS`` for the first)."""

    path: str
    shown_from: date
    body: bytes


@dataclass(frozen=True)
class Paper:
    """What a page says of the PDF it links: address, kind, title (of a checklist), pages, size in bytes."""

    url: str
    kind: str
    title: str
    pages: int
    size: int

    @property
    def label(self) -> str:
        """What it is called."""
        return self.title or str(LABELS[self.kind])

    @property
    def note(self) -> str:
        """What to know before it is opened."""
        return str(NOTES.get(self.kind, ""))


@dataclass(frozen=True)
class Papers:
    """The papers a guide's page lists; not ``complete`` while some are still to be made."""

    books: tuple[Paper, ...] = ()
    lists: tuple[Paper, ...] = ()
    complete: bool = False


@dataclass(frozen=True)
class Kept:
    """Address and size in bytes of the file to keep, of the plain text, of the checksums."""

    file: tuple[str, int]
    text: tuple[str, int]
    sums: tuple[str, int]


@dataclass(frozen=True)
class Stage:
    """A step of the way through a guide, with its chapters."""

    label: str
    chapters: list[Chapter]


def library_page(library: Library, language: str) -> Page:
    """The list of guides in one language."""
    guides = [guide for guide in library.guides if guide.language == language]
    shelf = [
        {
            "title": guide.title,
            "summary": smarten(guide.summary, language),
            "url": addresses.guide(language, guide.slug),
            "chapters": len(guide.sections),
            "minutes": sum(section.minutes for section in guide.sections),
        }
        for guide in guides
    ]
    context = {
        "guides": shelf,
        "versions": elsewhere.versions(library, language),
        "search_url": addresses.search(language),
    }
    return _page(addresses.library(language), ALWAYS, "guides/library.html", language, context)


def editions_page(library: Library, guide: Guide, editions: list[Edition]) -> Page:
    """Every edition of a guide, the newest first, with what changed in words."""
    context = {
        "guide": guide,
        "guide_url": addresses.guide(guide.language, guide.slug),
        "editions": [
            (edition, addresses.edition(guide.language, guide.slug, edition.number)) for edition in editions
        ],
        "sums_url": addresses.sums(guide.language, guide.slug),
    }
    path = addresses.editions(guide.language, guide.slug)
    return _page(path, ALWAYS, "guides/editions.html", guide.language, context)


def guide_pages(
    library: Library, guide: Guide, edition: Edition, papers: Papers, kept: Kept
) -> Iterator[Page]:
    """The guide's own page and a page for every chapter, each for every day on which it changes."""
    path = addresses.guide(guide.language, guide.slug)
    unread = sum(section.status != "reviewed" for section in guide.sections)
    whole = {
        "versions": elsewhere.versions(library, guide.language, guide.slug),
        "papers": papers,
        "kept": kept,
        "editions_url": addresses.editions(guide.language, guide.slug),
        "unread": unread,
        "translated": guide.language != SOURCE,
    }
    for day in _days(section.review_by for section in guide.sections):
        context = {**_shared(guide, edition, _listed(guide, day)), **whole}
        yield _page(path, day, "guides/guide.html", guide.language, context)
    for index, section in enumerate(guide.sections):
        with translation.override(guide.language):
            fixed = {"body": web_body(library, guide, section), **_beside(library, guide, section)}
        for day in _days([section.review_by]):
            listed = _listed(guide, day)
            around = _around(library, guide, index, listed, day)
            context = {**_shared(guide, edition, listed), **around, **fixed}
            path = addresses.section(guide.language, guide.slug, section.slug)
            yield _page(path, day, "guides/section.html", guide.language, context)


def _days(review_dates: Iterator[date] | list[date]) -> list[date]:
    """From when each version holds: always, then the day after each date on which a review was due."""
    return [ALWAYS, *sorted({day + timedelta(days=1) for day in review_dates})]


def _listed(guide: Guide, day: date) -> list[Chapter]:
    with translation.override(guide.language):
        return chapters(guide, today=day)


def _shared(guide: Guide, edition: Edition, listed: list[Chapter]) -> dict[str, object]:
    by_slug = {chapter.slug: chapter for chapter in listed}
    return {
        "guide": guide,
        "guide_url": addresses.guide(guide.language, guide.slug),
        "library_url": addresses.library(guide.language),
        "summary": smarten(guide.summary, guide.language),
        "audience": smarten(guide.audience, guide.language),
        "publisher_note": smarten(guide.publisher_note, guide.language),
        "edition": edition,
        "chapters": listed,
        "search_url": addresses.search(guide.language),
        "stages": [
            Stage(smarten(step.label, guide.language), [by_slug[slug] for slug in step.sections])
            for step in guide.path
        ],
    }


def _around(
    library: Library, guide: Guide, index: int, listed: list[Chapter], day: date
) -> dict[str, object]:
    neighbours = {after: before for before, after in pairwise(listed)}
    chapter = listed[index]
    return {
        "chapter": chapter,
        "before": neighbours.get(chapter),
        "onward": _onward(library, guide, guide.sections[index], listed, day),
        "after": listed[index + 1] if index + 1 < len(listed) else None,
    }


def _onward(
    library: Library, guide: Guide, section: Section, listed: list[Chapter], day: date
) -> list[Chapter]:
    """Where to go from a section (of a guide with the chapters `listed`); it may be in another guide."""
    places = filter(None, (library.place(guide, name) for name in section.next))
    return [
        chapter
        for home, found in places
        for chapter in (listed if home is guide else _listed(home, day))
        if chapter.slug == found.slug
    ]


def _beside(library: Library, guide: Guide, section: Section) -> dict[str, object]:
    """The same text elsewhere, how it stands to its source, and where to say whether it helped."""
    return {
        "versions": elsewhere.versions(library, guide.language, guide.slug, section.slug),
        "easy": elsewhere.easy_version(library, guide, section),
        "full": elsewhere.full_version(library, guide, section),
        "standing": elsewhere.stands(library, guide, section),
        "stage": next(
            (smarten(step.label, guide.language) for step in guide.path if section.slug in step.sections), ""
        ),
        "answer_url": addresses.answer(guide.language, guide.slug, section.slug),
        "wrong": WRONG.items(),
    }


def _page(path: str, day: date, template: str, language: str, context: dict[str, object]) -> Page:
    with translation.override(language):
        return Page(path, day, render_to_string(template, context).encode())
