"""Has documents set in processes of their own, with a limit on memory and time.

A process sets one document after another, and there is one for each processor."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import IO

PRINT = Path(__file__).with_name("print")
MEMORY = 1536 * 1024 * 1024
SECONDS = 120
# Where the notes of a booklet say how many sheets there are: known once the pages are laid out.
SHEETS = "@sheets@"
# A booklet of more would be no booklet: 512 pages.
PARTS_MOST = 8


def pages_of(part: int) -> str:
    """Where the cover of a part says which pages it holds."""
    return f"@pages-{part}@"


class NotSet(Exception):
    """A document could not be set; the text is what the process said."""


@dataclass(frozen=True)
class Document:
    """A PDF and how many pages it has."""

    pdf: bytes
    pages: int


@dataclass(frozen=True)
class Order:
    """A document to be set: ``html``, the forms to try until one fits on a page (often there is one only).

    With ``notes`` (HTML) a booklet is made besides, imposed from the same pages. ``dated`` (aware) is the
    only time that enters the bytes."""

    html: tuple[str, ...]
    dated: datetime
    notes: str = ""

    @property
    def fingerprint(self) -> str:
        """SHA-256 over all that decides the bytes: the HTML, the date, the print directory, WeasyPrint."""
        epoch = int(self.dated.timestamp())
        text = json.dumps([self.html, self.notes, epoch, _outfit()], ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def line(self) -> bytes:
        """The order as the process reads it."""
        order = {"html": self.html, "notes": self.notes, "dated": int(self.dated.timestamp())}
        return json.dumps(order).encode() + b"\n"


class Typesetter:
    """A process that sets documents, from ``with`` to its end. ``peak``: the most memory it held, in KiB."""

    def __init__(self) -> None:
        self.peak = 0
        self._held = ExitStack()

    def __enter__(self) -> Typesetter:
        # Where no process can be started the file is let go as well.
        with ExitStack() as held:
            self._complaints: IO[bytes] = held.enter_context(tempfile.TemporaryFile())
            self._process = subprocess.Popen(  # noqa: S603  # our own module; documents go in on standard input
                [sys.executable, "-m", "guides.typesetter", str(MEMORY), str(SECONDS)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._complaints,
                env={
                    "LC_ALL": "C.UTF-8",
                    "PATH": os.environ.get("PATH", ""),
                    "PYTHONPATH": str(Path(__file__).resolve().parent.parent),
                },
            )
            self._held = held.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Whatever becomes of the process, the file is let go.
        with self._held:
            self._process.kill()
            self._process.communicate()

    def set(self, order: Order) -> list[Document]:
        """The PDF, and the booklet where one was ordered.

        Raises NotSet when the process fails, refuses an address or goes over its limits."""
        patience = threading.Timer(2 * SECONDS, self._process.kill)
        patience.start()
        try:
            return self._set(order)
        except (OSError, ValueError) as error:
            raise NotSet(self._said()) from error
        finally:
            patience.cancel()

    def _set(self, order: Order) -> list[Document]:
        into, out = self._process.stdin, self._process.stdout
        assert into
        assert out
        into.write(order.line)
        into.flush()
        answer = json.loads(out.readline())
        self.peak = answer["peak"]
        documents = [Document(pages=pages, pdf=out.read(size)) for pages, size in answer["made"]]
        if not all(document.pdf.startswith(b"%PDF-") for document in documents):
            raise ValueError("no PDF")
        return documents

    def _said(self) -> str:
        status = self._process.wait(SECONDS)
        self._complaints.seek(0)
        said = self._complaints.read().decode(errors="replace").strip().splitlines()
        return said[-1] if said else f"ended with status {status}"


def typeset(orders: Sequence[Order]) -> list[list[Document]]:
    """The documents of each order, set side by side.

    Raises NotSet where one of them cannot be set."""
    if not orders:
        return []
    count = min(len(os.sched_getaffinity(0)), len(orders))
    # The longest first: else the last one is waited for alone.
    queue = sorted(range(len(orders)), key=lambda number: -len(orders[number].html[0]))
    made: dict[int, list[Document]] = {}
    lock = threading.Lock()

    def work() -> None:
        with Typesetter() as typesetter:
            while True:
                with lock:
                    if not queue:
                        return
                    number = queue.pop(0)
                try:
                    made[number] = typesetter.set(orders[number])
                except NotSet:
                    with lock:
                        queue.clear()  # what one lacks all lack
                    raise

    with ThreadPoolExecutor(count) as pool:
        workers = [pool.submit(work) for _ in range(count)]
        for worker in workers:
            worker.result()
    return [made[number] for number in range(len(orders))]


@cache
def _outfit() -> str:
    """What all PDFs are made with: a checksum of the print directory and the code, WeasyPrint's version."""
    digest = hashlib.sha256(version("weasyprint").encode())
    code = [PRINT.with_name("typesetter.py"), PRINT.with_name("imposing.py")]
    for path in sorted(path for path in PRINT.rglob("*") if path.is_file()) + code:
        digest.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
