"""Invented sentences of parents with what is to be found in them; server and browser read the same."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import phonenumbers
from phonenumbers import PhoneNumberFormat

HERE = Path(__file__).parent
LEVELS = ("none", "watch", "urgent")


@dataclass(frozen=True)
class Sentence:
    """A text; `wanted` is a kind of detail, "evidence" or a level of distress, "none" for none of these."""

    language: str
    about: str
    wanted: str
    text: str


def sentences(about: str) -> list[Sentence]:
    """All of one sort, "details", "evidence" or "distress", in every language."""
    return [one for path in sorted(HERE.glob("*.toml")) for one in _of(path, about)]


def _of(path: Path, about: str) -> Iterator[Sentence]:
    given = tomllib.loads(path.read_text(encoding="utf-8"))
    for wanted, texts in given[about].items():
        for text in texts:
            yield Sentence(given["language"], about, wanted, re.sub(r"\{(\+?)([A-Z]{2})\}", _number, text))


def _number(match: re.Match[str]) -> str:
    example = phonenumbers.example_number_for_type(match[2], phonenumbers.PhoneNumberType.MOBILE)
    assert example is not None
    form = PhoneNumberFormat.INTERNATIONAL if match[1] else PhoneNumberFormat.NATIONAL
    return phonenumbers.format_number(example, form)
