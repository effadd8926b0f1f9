"""What a page and a printed chapter both show of a section: its body, sources and dates in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from guides import addresses
from guides.markdown import smarten
from guides.reading import Guide, Library, Section, Source
from guides.rendering import Links, Medium, Target, render

#: The last two words of a heading stay together where they have fewer letters than this.
TOGETHER = 16


@dataclass(frozen=True)
class Chapter:
    """A section as a template shows it; texts carry the language's quotation marks."""

    number: int
    slug: str
    title: str
    summary: str
    minutes: int
    url: str
    overdue: bool
    review_line: str
    review_by: date

    @property
    def heading(self) -> str:
        """The title on paper: its last two words, where short, are not parted by the end of a line."""
        *words, before, last = ["", "", *self.title.split(" ")]
        if not any(words) or len(before) + len(last) >= TOGETHER:
            return self.title
        start = " ".join(words).lstrip()
        return format_html('{} <span class="together">{} {}</span>', start, before, last)


@dataclass(frozen=True)
class Reference:
    """A source under the number its marks carry."""

    number: int
    source: Source


@dataclass(frozen=True)
class Body:
    """A chapter's rendered text."""

    html: SafeString
    references: tuple[Reference, ...]


def chapters(guide: Guide, *, today: date) -> list[Chapter]:
    """Every section of a guide, numbered from 1 in reading order."""
    return [
        Chapter(
            number=number,
            slug=section.slug,
            title=smarten(section.title, guide.language),
            summary=smarten(section.summary, guide.language),
            minutes=section.minutes,
            url=addresses.section(guide.language, guide.slug, section.slug),
            overdue=section.overdue(today),
            review_line=review_line(section),
            review_by=section.review_by,
        )
        for number, section in enumerate(guide.sections, start=1)
    ]


def review_line(section: Section) -> str:
    """One quiet sentence or two: when it was written, and whether a professional has read it."""
    days = {
        "reviewed": date_format(section.reviewed, "j F Y"),
        "review_by": date_format(section.review_by, "j F Y"),
    }
    if section.status == "reviewed":
        return _("Reviewed by a professional on %(reviewed)s. Next review by %(review_by)s.") % days
    return (
        _("Written %(reviewed)s; no professional has reviewed this text yet. Next review by %(review_by)s.")
        % days
    )


def web_body(library: Library, guide: Guide, section: Section) -> Body:
    """The section for its page; sources are numbered from 1 on each page."""
    numbers = numbered([section])
    return Body(drawn(library, guide, section, Medium.WEB, numbers), tuple(references(guide, numbers)))


def sheet_body(library: Library, guide: Guide, section: Section) -> SafeString:
    """The section for a sheet of its own: no marks, no links."""
    return drawn(library, guide, section, Medium.SHEET, {})


def drawn(
    library: Library, guide: Guide, section: Section, medium: Medium, numbers: Mapping[str, int]
) -> SafeString:
    """The section for a medium; ``numbers`` are its own, or those of sources through the whole guide."""
    links = {Medium.WEB: web_links, Medium.SHEET: sheet_links}.get(medium, paper_links)
    return render(
        section,
        language=guide.language,
        medium=medium,
        links=links(library, guide),
        numbers=numbers,
        countries=guide.countries,
    )


def numbered(sections: Iterable[Section]) -> dict[str, int]:
    """Each source cited, under the number of its first appearance."""
    keys = dict.fromkeys(key for section in sections for key in section.sources)
    return {key: number for number, key in enumerate(keys, start=1)}


def references(guide: Guide, numbers: Mapping[str, int]) -> Iterable[Reference]:
    """The sources behind the numbers."""
    return [Reference(number, guide.sources[key]) for key, number in numbers.items()]


def web_links(library: Library, guide: Guide) -> Links:
    """Links of a page: to other pages."""

    def resolve(address: str, /) -> Target | None:
        if address == "help:":
            return Target(addresses.help_page(guide.language))
        home, section = _find(library, guide, address)
        return Target(addresses.section(home.language, home.slug, section.slug)) if home and section else None

    return resolve


def paper_links(library: Library, guide: Guide) -> Links:
    """Links on paper: within the document; another guide can only be named."""

    def resolve(address: str, /) -> Target | None:
        if address == "help:":
            return Target("#helplines")
        home, section = _find(library, guide, address)
        if home is None or section is None:
            return None
        if home is guide:
            return Target(f"#{section.slug}")
        return Target("", note=_(" (in the guide “%(guide)s”)") % {"guide": home.short_title})

    return resolve


def sheet_links(library: Library, guide: Guide) -> Links:
    """Links on a sheet of its own: chapters are elsewhere; the numbers to call stand on the sheet."""

    def resolve(address: str, /) -> Target | None:
        if address == "help:":
            return Target("")
        home, section = _find(library, guide, address)
        if home is None or section is None:
            return None
        # The foot of the sheet names its own guide.
        note = "" if home is guide else _(" (in the guide “%(guide)s”)") % {"guide": home.short_title}
        return Target("", note=note)

    return resolve


def _find(library: Library, guide: Guide, address: str) -> tuple[Guide | None, Section | None]:
    if not address.startswith("section:"):
        return None, None
    return library.place(guide, address.removeprefix("section:")) or (None, None)
