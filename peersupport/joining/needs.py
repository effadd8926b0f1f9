"""What makes a talk more urgent: a small set of ticks, and how many days of waiting each is worth."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.translation import gettext

LISTED = Path(__file__).with_name("needs.toml")


@dataclass(frozen=True)
class Need:
    """One of them: its code, its name in English, its weight in days of waiting."""

    code: str
    label: str
    weight: int


@cache
def needs() -> dict[str, Need]:
    """Every need by its code, in the order of the list."""
    listed = tomllib.loads(LISTED.read_text(encoding="utf-8"))
    return {code: Need(code, entry["label"], entry["weight"]) for code, entry in listed.items()}


def weight(codes: Iterable[str]) -> int:
    """What these are worth together, in days of waiting. KeyError for a code that is not listed."""
    return sum(needs()[code].weight for code in {*codes})


def written(codes: Iterable[str]) -> str:
    """The codes as one text, to be sealed, in the order of the list."""
    chosen = {*codes}
    return " ".join(code for code in needs() if code in chosen)


def names(text: str) -> list[str]:
    """What `written` made, in words; a code that is not listed any more is left out."""
    return [gettext(needs()[code].label) for code in text.split() if code in needs()]
