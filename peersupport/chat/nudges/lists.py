"""Reads the word lists: one file for each language and purpose, ours and those an organisation adds.

A list holds phrases and nothing that could be run (see `phrases.py`). Its head says under which licence and
since when it stands, and who with professional training has read it; an empty `reviewed_by` says that
nobody has.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from peersupport.chat.nudges.phrases import BadPhrase, read

OWN = Path(__file__).parent / "data"
FILE_BYTES = 256 * 1024
PHRASES_MOST = 2_000
LEVELS = ("watch", "urgent")
KINDS = {
    "details": ("street", "school"),
    "evidence": ("act", "statement", "official", "day"),
    "distress": ("own_life", "self_harm", "child", "danger", "violence", "despair"),
}
# Lists beside the phrases, by purpose: what each is for stands in docs/word-lists.md.
BESIDE = {
    "details": ("never_names",),
    "evidence": (),
    "distress": ("denied", "past", "harmless", "joins"),
}
HEAD = ("language", "purpose", "licence", "date", "reviewed_by", "about")


class BadList(Exception):
    """A word list that cannot be used; the message names the file and says why."""


@dataclass(frozen=True, slots=True)
class WordList:
    """The phrases of one kind in one file; `level` for distress only."""

    kind: str
    level: str
    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WordFile:
    """One file: its head, its lists, and what stands beside them."""

    name: str
    language: str
    purpose: str
    licence: str
    date: date
    reviewed_by: str
    lists: tuple[WordList, ...]
    beside: dict[str, tuple[str, ...]]
    replaces: bool = False

    @property
    def size(self) -> int:
        """How many phrases it holds."""
        return sum(len(one.phrases) for one in self.lists)


@cache
def files(directory: str | None = None) -> tuple[WordFile, ...]:
    """Every list in use: ours, and those of the organisation's directory (by default WORD_LISTS_DIR).

    A file there with `replaces = true` stands instead of ours for its language and purpose. BadList for the
    first file that cannot be used.
    """
    extra = settings.WORD_LISTS_DIR if directory is None else directory
    own = [_read(path) for path in sorted(OWN.glob("*.toml"))]
    added = [_read(path) for path in _added(extra)]
    replaced = {(one.language, one.purpose) for one in added if one.replaces}
    return tuple([one for one in own if (one.language, one.purpose) not in replaced] + added)


def of(purpose: str) -> list[WordFile]:
    """The files of one purpose, in every language: people mix them."""
    return [one for one in files() if one.purpose == purpose]


def _added(directory: str) -> list[Path]:
    if not directory:
        return []
    if not Path(directory).is_dir():
        raise BadList(f"{directory} is not a directory")
    return sorted(Path(directory).glob("*.toml"))


def _read(path: Path) -> WordFile:
    try:
        if path.stat().st_size > FILE_BYTES:
            raise BadList(f"{path.name}: larger than {FILE_BYTES // 1024} KiB")
        given = tomllib.loads(path.read_text(encoding="utf-8"))
        return _file(path.name, given)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError, BadPhrase) as error:
        raise BadList(f"{path.name}: {error}") from error


def _file(name: str, given: dict[str, Any]) -> WordFile:
    missing = [key for key in HEAD if key not in given]
    if missing:
        raise BadList(f"{name}: without {', '.join(missing)}")
    purpose = given["purpose"]
    if purpose not in KINDS:
        raise BadList(f"{name}: purpose is none of {', '.join(KINDS)}")
    beside = {key: _phrases(name, given.get(key, [])) for key in BESIDE[purpose]}
    unknown = set(given) - {*HEAD, *beside, "lists", "replaces"}
    if unknown:
        raise BadList(f"{name}: nobody knows {', '.join(sorted(unknown))}")
    if not isinstance(given["date"], date) or not given["licence"]:
        raise BadList(f"{name}: needs a licence and a date such as 2026-11-22")
    found = WordFile(
        name=name,
        language=str(given["language"]),
        purpose=purpose,
        licence=str(given["licence"]),
        date=given["date"],
        reviewed_by=str(given["reviewed_by"]),
        lists=tuple(_lists(name, purpose, given.get("lists", []))),
        beside=beside,
        replaces=given.get("replaces") is True,
    )
    if found.size > PHRASES_MOST:
        raise BadList(f"{name}: more than {PHRASES_MOST} phrases")
    return found


def _lists(name: str, purpose: str, given: Any) -> Iterator[WordList]:
    for one in given:
        kind, level = one.get("kind"), one.get("level", "")
        if kind not in KINDS[purpose]:
            raise BadList(f"{name}: kind is none of {', '.join(KINDS[purpose])}")
        if (purpose == "distress") != (level in LEVELS):
            raise BadList(f"{name}: a level, {' or '.join(LEVELS)}, for distress and nothing else")
        yield WordList(kind, level, _phrases(name, one.get("phrases", [])))


def _phrases(name: str, given: Any) -> tuple[str, ...]:
    if not isinstance(given, list) or not all(isinstance(phrase, str) for phrase in given):
        raise BadList(f"{name}: phrases are a list of texts")
    for phrase in given:
        read(phrase)
    return tuple(given)
