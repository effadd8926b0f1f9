"""The child process that sets documents: orders on standard input, one after another, and tagged PDFs on
standard output. The libraries and fonts are loaded once for all of them.

An order is a line of JSON: ``html``, the forms of a document to try (the first that fits on one page is
taken, else the last); ``notes``, empty or the HTML of what is added to print it as a booklet; ``dated``, the
time (Unix) of what is dated. The answer is a line of JSON and the PDFs: ``made``, each as ``[pages, bytes]``,
and ``peak``, the most memory this process has held so far, in KiB.

It knows nothing of Django, the database or the network. Started by ``guides.typesetting`` with limits on
memory and time. The same order gives the same bytes.
"""

from __future__ import annotations

import json
import logging
import os
import resource
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pyphen
from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from guides.imposing import bound, impose, inside, parts
from guides.typesetting import SHEETS, pages_of

PRINT = Path(__file__).resolve().parent / "print"
# Of what is added for a booklet: three pages for notes, and the back. What follows are covers.
NOTES = 4
BASE = "print:/"
SUFFIXES = {".css": "text/css", ".svg": "image/svg+xml"}
TAGGED = "pdf/ua-1"

# pyphen has no Finnish: the rule is ours.
pyphen.LANGUAGES_LOWERCASE["fi"] = "fi"
pyphen.LANGUAGES["fi"] = PRINT / "hyph_fi.dic"


class AddressRefused(FatalURLFetchingError):  # type: ignore[misc]  # weasyprint ships no types
    """A document asked for something outside the print directory. Setting it stops: nothing is left out."""


class PrintFetcher(URLFetcher):  # type: ignore[misc]  # weasyprint ships no types
    """Reads style sheets and icons of ``guides/print`` and refuses every other address.

    No protocol handler of the parent class is ever reached: no file, no network, no redirect, no data."""

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        """The file behind ``print:/name``. AddressRefused for everything else."""
        parts = urlsplit(url)
        path = (PRINT / unquote(parts.path).lstrip("/")).resolve()
        inside = path.is_relative_to(PRINT) and path.suffix in SUFFIXES and path.is_file()
        if parts.scheme != "print" or parts.netloc or not inside:
            raise AddressRefused(f"refused: {url[:200]}")
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": SUFFIXES[path.suffix]})


def typeset(forms: Sequence[str], *, notes: str = "") -> list[tuple[int, bytes]]:
    """The number of pages, and a PDF tagged after PDF/UA-1 (ISO 14289-1); with ``notes`` a booklet besides.

    AddressRefused where the HTML asks for what it may not."""
    fonts = FontConfiguration()
    for html in forms:
        document = _laid_out(html, fonts)
        if len(document.pages) == 1:
            break
    tagged = document.write_pdf(pdf_variant=TAGGED, finisher=_say_what_headers_head)
    made = [(len(document.pages), tagged)]
    return [*made, _booklet(document, notes, fonts)] if notes else made


def _laid_out(html: str, fonts: FontConfiguration) -> Any:
    source = HTML(string=html, base_url=BASE, url_fetcher=PrintFetcher())
    return source.render(font_config=fonts, pdf_variant=TAGGED)


def _booklet(document: Any, notes: str, fonts: FontConfiguration) -> tuple[int, bytes]:
    """The same pages, pages for notes up to a multiple of four, and the back; the number of sides of A4.

    The document is laid out once for both. The notes are three pages, the back, and covers for parts."""
    count = len(document.pages)
    sheets = parts(count)
    notes = notes.replace(SHEETS, " + ".join(map(str, sheets)))
    for part, within in enumerate(inside(count), start=1):
        notes = notes.replace(pages_of(part), f"{within.start + 1}–{within.stop}")
    added = _laid_out(notes, fonts)
    *lined, back = added.pages[:NOTES]
    # One part is the guide itself: its own cover is enough.
    covers = added.pages[NOTES:] if len(sheets) > 1 else document.pages[:1]
    pages = bound(document.pages, covers, lined, back)
    return 2 * sum(sheets), added.copy(pages).write_pdf(finisher=impose)


def _say_what_headers_head(_document: Any, pdf: Any) -> None:
    """Header cells of our tables head columns. WeasyPrint ties cells to them by id alone; software that
    reads aloud also looks for the scope (ISO 14289-1, 7.5)."""
    for part in pdf.objects:
        if isinstance(part, dict) and part.get("S") == "/TH":
            part["A"]["Scope"] = "/Column"


def limit(*, memory: int) -> None:
    """Caps this process: bytes of address space; no core file. Whoever reads a page goes first."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(10)


def limit_time(seconds: int) -> None:
    """Seconds of processor time from now on, after which the system ends this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = int(used.ru_utime + used.ru_stime) + 1 + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (until, resource.RLIM_INFINITY))


def main(arguments: list[str]) -> None:
    """``python -m guides.typesetter MEMORY SECONDS``: until standard input ends."""
    memory, seconds = map(int, arguments)
    limit(memory=memory)
    logging.getLogger("weasyprint").setLevel(logging.WARNING)
    for line in sys.stdin.buffer:
        order = json.loads(line)
        limit_time(seconds)
        # Fonts read it when they are written.
        os.environ["SOURCE_DATE_EPOCH"] = str(order["dated"])
        made = typeset(order["html"], notes=order["notes"])
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        answer = json.dumps({"made": [[pages, len(pdf)] for pages, pdf in made], "peak": peak}).encode()
        sys.stdout.buffer.write(answer + b"\n" + b"".join(pdf for _pages, pdf in made))
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
