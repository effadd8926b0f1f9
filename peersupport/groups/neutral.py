"""Words that would say what the site is about: names and addresses made here hold none of them."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

WORDS = Path(__file__).with_name("data") / "telling_words.txt"


@cache
def telling_words() -> tuple[str, ...]:
    """The beginnings of words that give something away, in lower case."""
    lines = WORDS.read_text(encoding="utf-8").splitlines()
    return tuple(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def telling(text: str) -> list[str]:
    """The words of this text that give something away: those that begin like one of the list."""
    words = re.findall(r"[a-z]+", text.lower())
    return sorted({word for word in words if word.startswith(telling_words())})


def holds_telling_word(letters: str) -> bool:
    """Whether one of the words stands anywhere among random letters."""
    return any(word in letters for word in telling_words())
