"""What each level of a concern asks for, as data: read, checked, put into a language. No database.

Shape of the content, in the file and in an edition alike::

    {"watch": {"minutes": 1440, "texts": {"en": {"name": …, "signs": […], "steps": […], "sentences": […],
     "tell": […]}, "fi": …}}, "talk": …, "urgent": …, "danger": …}
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from guides.front_matter import ContentError, Header, Problem, read_yaml

SHIPPED = Path(__file__).with_name("levels.yaml")
FORMAT = 1
CODES = ("watch", "talk", "urgent", "danger")
#: In these every level has its words; another language is read in the first.
LANGUAGES = ("en", "fi")
PARTS = ("signs", "steps", "sentences", "tell")
MOST_MINUTES = 7 * 24 * 60
MOST_LINES, LINE_MOST, NAME_MOST = 12, 240, 60

Content = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class CardLevel:
    """One level in one language. `minutes`: until when a coordinator must have opened a concern of it."""

    code: str
    name: str
    minutes: int
    signs: tuple[str, ...]
    steps: tuple[str, ...]
    sentences: tuple[str, ...]
    tell: tuple[str, ...]

    @property
    def hours(self) -> int:
        """The minutes in whole hours."""
        return self.minutes // 60


@cache
def shipped() -> Content:
    """The levels the site comes with. ContentError where the file is wrong."""
    return read(SHIPPED.read_text(encoding="utf-8"), SHIPPED.name)


def read(text: str, name: str) -> Content:
    """The content of a file. ContentError names line and field of everything that is wrong."""
    problems: list[Problem] = []
    header = read_yaml(text, name, 0, problems)
    if header is not None:
        problems += _wrong_in(header)
    if problems or header is None:
        raise ContentError(problems)
    return {code: header.values[code] for code in CODES}


def wrong(content: Any) -> Iterator[tuple[str, str]]:
    """Field and what is wrong with it: ("talk.texts.en.steps", "…")."""
    for code in CODES:
        level = content.get(code) if isinstance(content, dict) else None
        if not isinstance(level, dict):
            yield code, "must be a level with minutes and texts"
            continue
        minutes = level.get("minutes")
        if type(minutes) is not int or not 1 <= minutes <= MOST_MINUTES:
            yield f"{code}.minutes", f"must be a whole number from 1 to {MOST_MINUTES}"
        texts = level.get("texts")
        for language in LANGUAGES:
            found = texts.get(language) if isinstance(texts, dict) else None
            yield from _wrong_text(found, f"{code}.texts.{language}")


def in_language(content: Content, language: str) -> tuple[CardLevel, ...]:
    """The four levels from the calmest to the gravest, in a language or else the first that there is."""
    return tuple(_level(code, content[code], language) for code in CODES)


def _level(code: str, level: Mapping[str, Any], language: str) -> CardLevel:
    texts = level["texts"]
    words = texts.get(language) or texts[LANGUAGES[0]]
    lists = {part: tuple(words[part]) for part in PARTS}
    return CardLevel(code=code, name=words["name"], minutes=level["minutes"], **lists)


def _wrong_in(header: Header) -> Iterator[Problem]:
    if header.values.get("format") != FORMAT:
        yield Problem(header.file, header.lines.get("format", 1), f"format must be {FORMAT}")
    for name in header.values.keys() - {"format", *CODES}:
        yield Problem(header.file, header.lines.get(str(name), 1), f"{name} is not a known field")
    for field, words in wrong(dict(header.values)):
        line = header.lines.get(field.partition(".")[0], 1)
        yield Problem(header.file, line, f"{field} {words}")


def _wrong_text(found: Any, field: str) -> Iterator[tuple[str, str]]:
    if not isinstance(found, dict):
        yield field, "is missing"
        return
    name = found.get("name")
    if not isinstance(name, str) or not 0 < len(name.strip()) <= NAME_MOST:
        yield f"{field}.name", f"must be a text of at most {NAME_MOST} characters"
    for part in PARTS:
        lines = found.get(part)
        if not isinstance(lines, list) or not 1 <= len(lines) <= MOST_LINES:
            yield f"{field}.{part}", f"must be a list of one to {MOST_LINES} lines"
        elif any(not isinstance(line, str) or not 0 < len(line.strip()) <= LINE_MOST for line in lines):
            yield f"{field}.{part}", f"has a line that is no text of at most {LINE_MOST} characters"
    for unknown in found.keys() - {"name", *PARTS}:
        yield f"{field}.{unknown}", "is not a known field"
