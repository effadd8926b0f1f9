"""A guide as data, for another site to show: made at publishing, like its pages.

Addresses in it are whole, so that they lead somewhere from any site. Sources are numbered through the guide,
so that the marks of several sections can stand on one page."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from django.conf import settings
from django.utils import translation

from guides import addresses, elsewhere
from guides.chapters import drawn, numbered, references
from guides.markdown import smarten
from guides.models import Edition
from guides.plain import plain
from guides.reading import Guide, Library, Section
from guides.rendering import Medium

JSON = "application/json"
#: Any site may read what is public (Fetch standard, CORS protocol); no cookie goes along, and none is needed.
ANY_ORIGIN = ("Access-Control-Allow-Origin", "*")
OWN_ADDRESS = re.compile(r'\b(href|src)="(?=/)')


class Printed(Protocol):
    """A paper of the guide: its kind and what that is called, its path, pages and size in bytes."""

    @property
    def kind(self) -> str: ...

    @property
    def label(self) -> str: ...

    @property
    def url(self) -> str: ...

    @property
    def pages(self) -> int: ...

    @property
    def size(self) -> int: ...


def shared(library: Library, guide: Guide, edition: Edition, papers: Iterable[Printed]) -> bytes:
    """The whole guide as JSON: the same guide, edition and papers give the same bytes."""
    with translation.override(guide.language):
        numbers = numbered(guide.sections)
        told = {
            "language": guide.language,
            "guide": guide.slug,
            "title": smarten(guide.title, guide.language),
            "summary": smarten(guide.summary, guide.language),
            "audience": smarten(guide.audience, guide.language),
            "publisher_note": smarten(guide.publisher_note, guide.language),
            "easy_read": guide.easy_read,
            "url": whole(addresses.guide(guide.language, guide.slug)),
            "edition": {
                "number": edition.number,
                "published_at": edition.published_at.isoformat(),
                "changes": edition.changes,
                "url": whole(addresses.edition(guide.language, guide.slug, edition.number)),
            },
            "path": [{"label": step.label, "sections": list(step.sections)} for step in guide.path],
            "sections": [_section(library, guide, each, numbers) for each in guide.sections],
            "sources": [
                {
                    "number": each.number,
                    "org": each.source.org,
                    "title": each.source.title,
                    "year": each.source.year,
                    "url": each.source.url,
                }
                for each in references(guide, numbers)
            ],
            "papers": [
                {
                    "kind": each.kind,
                    "label": each.label,
                    "url": whole(each.url),
                    "pages": each.pages,
                    "bytes": each.size,
                }
                for each in papers
            ],
        }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def whole(path: str) -> str:
    """An address of ours with the site's origin before it."""
    return f"{settings.PUBLIC_ORIGIN}{path}"


def _section(library: Library, guide: Guide, section: Section, numbers: Mapping[str, int]) -> dict[str, Any]:
    html = drawn(library, guide, section, Medium.WEB, numbers)
    return {
        "slug": section.slug,
        "title": smarten(section.title, guide.language),
        "summary": smarten(section.summary, guide.language),
        "minutes": section.minutes,
        "url": whole(addresses.section(guide.language, guide.slug, section.slug)),
        "html": OWN_ADDRESS.sub(rf'\1="{settings.PUBLIC_ORIGIN}', html),
        "text": plain(html),
        "sources": sorted(numbers[key] for key in section.sources),
        "next": list(section.next),
        "written_by": section.written_by,
        "status": section.status,
        "standing": elsewhere.stands(library, guide, section),
        "reviewed": section.reviewed.isoformat(),
        "review_by": section.review_by.isoformat(),
    }
