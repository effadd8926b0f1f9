"""A guide to keep: everything of an edition in one HTML file, the same as plain text, and checksums.

The file asks nobody for anything: style and drawings stand in it, and a policy of its own allows nothing
else. Its main part is also what is shown of an edition that is no longer the newest (past.py)."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString

from guides import helplines
from guides.chapters import chapters, drawn, numbered, references
from guides.figures import drawing
from guides.markdown import smarten
from guides.models import Edition
from guides.plain import plain
from guides.reading import Guide, Library
from guides.rendering import Medium

STYLE = Path(__file__).with_name("kept") / "kept.css"
FIGURE = re.compile(r'<img class="figure" src="figures/(?P<name>[a-z-]+)\.svg" alt="(?P<words>[^"]*)">')
HEADING = re.compile(r"<(/?)h([23])\b")
MAIN = ("<main>\n", "</main>")


def kept(library: Library, guide: Guide, edition: Edition, *, today: date) -> str:
    """The file to keep: a whole HTML document."""
    with translation.override(guide.language):
        numbers = numbered(guide.sections)
        context = {
            "guide": guide,
            "style": SafeString(_style()),
            "style_hash": _style_hash(),
            "summary": smarten(guide.summary, guide.language),
            "audience": smarten(guide.audience, guide.language),
            "publisher_note": smarten(guide.publisher_note, guide.language),
            "edition": edition,
            "chapters": [
                (chapter, _in_the_file(drawn(library, guide, section, Medium.KEPT, numbers)))
                for chapter, section in zip(chapters(guide, today=today), guide.sections, strict=True)
            ],
            "references": references(guide, numbers),
            "strip": helplines.strip_for(settings.COUNTRY, today),
            "country": helplines.for_country(settings.COUNTRY, today),
            "everywhere": helplines.for_country("international", today),
        }
        return render_to_string("guides/kept.html", context)


def main_of(document: str) -> SafeString:
    """The main part of a file to keep, to be shown in a page."""
    _head, _start, rest = document.partition(MAIN[0])
    return SafeString(rest.partition(MAIN[1])[0])


def text(document: str) -> str:
    """The words of a file to keep, as plain text."""
    return plain(main_of(document))


def checksums(files: Iterable[tuple[str, str]]) -> str:
    """Name and SHA-256 of each file, as ``sha256sum --check`` reads them."""
    return "".join(f"{total}  {name}\n" for name, total in files)


def _in_the_file(html: SafeString) -> SafeString:
    """Headings one level lower, below the chapter's own; drawings in their places."""
    lower = HEADING.sub(lambda found: f"<{found[1]}h{int(found[2]) + 1}", html)
    return SafeString(FIGURE.sub(_drawn, lower))


def _drawn(figure: re.Match[str]) -> str:
    svg = drawing(figure["name"]).replace(' xmlns="http://www.w3.org/2000/svg"', "")
    # The words come from the renderer, which has escaped them.
    start = format_html('<svg class="figure" role="img" aria-label="{}"', SafeString(figure["words"]))
    return svg[svg.index("<svg") :].replace("<svg", start, 1).strip()


@cache
def _style() -> str:
    return STYLE.read_text(encoding="utf-8")


def _style_hash() -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
