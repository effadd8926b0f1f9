"""The child process that sets a document: HTML on standard input; on standard output the
number of pages, a newline and a tagged PDF.

It knows nothing of Django, the database or the network. Started by ``guides.typesetting`` with limits on
memory and time; ``SOURCE_DATE_EPOCH`` in its environment dates what is dated, so that the same HTML gives
the same bytes.
"""

from __future__ import annotations

import logging
import resource
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

PRINT = Path(__file__).resolve().parent / "print"
BASE = "print:/"
SUFFIXES = {".css": "text/css", ".svg": "image/svg+xml"}


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


def typeset(html: str) -> tuple[int, bytes]:
    """The number of pages, and a PDF tagged after PDF/UA-1 (ISO 14289-1).

    AddressRefused where the HTML asks for what it may not."""
    source = HTML(string=html, base_url=BASE, url_fetcher=PrintFetcher())
    document = source.render(font_config=FontConfiguration(), pdf_variant="pdf/ua-1")
    return len(document.pages), document.write_pdf(pdf_variant="pdf/ua-1", finisher=_say_what_headers_head)


def _say_what_headers_head(_document: Any, pdf: Any) -> None:
    """Header cells of our tables head columns. WeasyPrint ties cells to them by id alone; software that
    reads aloud also looks for the scope (ISO 14289-1, 7.5)."""
    for part in pdf.objects:
        if isinstance(part, dict) and part.get("S") == "/TH":
            part["A"]["Scope"] = "/Column"


def limit(*, memory: int, seconds: int) -> None:
    """Caps this process: bytes of address space, seconds of processor time; no core file."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(arguments: list[str]) -> None:
    """``python -m guides.typesetter MEMORY SECONDS``."""
    memory, seconds = map(int, arguments)
    limit(memory=memory, seconds=seconds)
    logging.getLogger("weasyprint").setLevel(logging.WARNING)
    pages, pdf = typeset(sys.stdin.buffer.read().decode("utf-8"))
    sys.stdout.buffer.write(b"%d\n" % pages + pdf)


if __name__ == "__main__":
    main(sys.argv[1:])
