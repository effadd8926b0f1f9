"""Has a document set in a process of its own, with a limit on its memory and time."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

PRINT = Path(__file__).with_name("print")
MEMORY = 1536 * 1024 * 1024
SECONDS = 120


class NotSet(Exception):
    """The document could not be set; the text is what the process said."""


@dataclass(frozen=True)
class Document:
    """A PDF and how many pages it has."""

    pdf: bytes
    pages: int


def typeset(html: str, *, dated: datetime) -> Document:
    """The PDF of an HTML document. ``dated`` (aware) is the only time that enters the bytes.

    Raises NotSet when the process fails, refuses an address or goes over its limits."""
    environment = {
        "SOURCE_DATE_EPOCH": str(int(dated.timestamp())),
        "LC_ALL": "C.UTF-8",
        "PATH": os.environ.get("PATH", ""),
        "PYTHONPATH": str(Path(__file__).resolve().parent.parent),
    }
    command = [sys.executable, "-m", "guides.typesetter", str(MEMORY), str(SECONDS)]
    try:
        done = subprocess.run(  # noqa: S603  # our own module; the document goes in on standard input
            command,
            input=html.encode(),
            capture_output=True,
            env=environment,
            timeout=2 * SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise NotSet(f"took more than {2 * SECONDS} s") from error
    pages, _newline, pdf = done.stdout.partition(b"\n")
    if done.returncode or not pdf.startswith(b"%PDF-"):
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise NotSet(said[-1] if said else f"ended with status {done.returncode}")
    return Document(pdf=pdf, pages=int(pages))


def fingerprint(html: str, *, dated: datetime) -> str:
    """SHA-256 over all that decides a PDF's bytes: the HTML, the print directory, WeasyPrint, the date."""
    digest = hashlib.sha256(html.encode())
    for path in sorted(path for path in PRINT.rglob("*") if path.is_file()):
        digest.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    digest.update(f"{version('weasyprint')} {int(dated.timestamp())}".encode())
    return digest.hexdigest()
