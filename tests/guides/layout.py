"""Where the words of a PDF stand: its pages as lines, without what stands at the foot of each."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from itertools import groupby
from pathlib import Path

from guides.typesetting import Document
from tests.guides.test_paper import opened

PAGE = re.compile(r'<page width="([\d.]+)" height="([\d.]+)">(.*?)</page>', re.S)
WORD = re.compile(
    r'<word xMin="(-?[\d.]+)" yMin="(-?[\d.]+)" xMax="(-?[\d.]+)" yMax="(-?[\d.]+)">(.*?)</word>'
)
# Points: the margin at the foot, in which title, edition and page stand.
FOOT = 19 / 25.4 * 72
# Words of one line end less far apart than this: small ones beside large ones.
LINE = 4


@dataclass(frozen=True)
class Word:
    """A word, and its edges in points from the left and the top."""

    text: str
    left: float
    right: float
    bottom: float


@dataclass(frozen=True)
class Page:
    """A page: its size in points, and its lines from top to bottom."""

    width: float
    lines: tuple[tuple[Word, ...], ...]

    @property
    def texts(self) -> list[str]:
        """Each line as text."""
        return [" ".join(word.text for word in line) for line in self.lines]


def laid_out(document: Document, tmp_path: Path) -> list[Page]:
    """The pages of a document."""
    path = tmp_path / "laid-out.pdf"
    path.write_bytes(document.pdf)
    found = subprocess.run(["pdftotext", "-bbox", path, "-"], capture_output=True, check=True).stdout.decode()
    return [_page(float(width), float(height), words) for width, height, words in PAGE.findall(found)]


def headings(document: Document) -> set[str]:
    """The headings a PDF has bookmarks for: chapters, and what they are divided into."""
    with opened(document).open_outline() as outline:
        return {each.title for item in outline.root for each in [item, *item.children]}


def _page(width: float, height: float, words: str) -> Page:
    found = [
        Word(unescape(text), float(left), float(right), float(bottom))
        for left, _top, right, bottom, text in WORD.findall(words)
        if float(bottom) < height - FOOT
    ]
    return Page(width, tuple(_lines(sorted(found, key=lambda word: word.bottom))))


def _lines(words: list[Word]) -> Iterator[tuple[Word, ...]]:
    line, last = 0, 0.0
    numbered = []
    for word in words:
        line += word.bottom - last > LINE
        last = word.bottom
        numbered.append((line, word))
    for _line, group in groupby(numbered, key=lambda pair: pair[0]):
        yield tuple(sorted((word for _, word in group), key=lambda word: word.left))
