"""Folds a text to plain small letters, one code point for one, and takes it apart into words.

Offsets in the folded text are offsets in the text itself. `static/chat/folding.js` does the same in a
browser; the sentences in `tests/chat/sentences/` are read by both.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

# Stands where a combining mark stood; taken out of words.
MARK = "\x01"
SAME = {"ø": "o", "æ": "a", "œ": "o", "ł": "l", "đ": "d", "ß": "s", "ı": "i", "’": "'", "‘": "'", "ʼ": "'"}
SAME |= dict.fromkeys("‐‑‒–—−", "-") | {"…": ".", "\u200b": MARK, "\u00ad": MARK}
WORD = re.compile("[a-z0-9\x01\u00aa-\uffff]+")
# The same for plain ASCII without marks, several times quicker.
APART = bytes(code if chr(code).isalnum() else ord(" ") for code in range(128)) + b" " * 128
# A full stop ends a sentence unless a number follows; a new line, "!" and "?" always do.
ENDS = re.compile(r"[!?\n]")
DIGITS = b"0123456789"
COMMA = re.compile(r"[,;:()]| -+ ")


class _Folds(dict[int, str]):
    """Code point → what it is folded to; each is worked out once."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = _fold(chr(code))
        return folded


def _fold(character: str) -> str:
    if character in SAME:
        return SAME[character]
    category = unicodedata.category(character)
    if category[0] == "M" or category == "Cf":
        return MARK
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if character == "\n":
        return "\n"
    plain = unicodedata.normalize("NFKD", character.lower())[0]
    plain = SAME.get(plain, plain)
    if plain.isascii():
        return plain
    return plain if plain <= "\uffff" and category[0] in "LN" else " "


_folds = _Folds()


class Word(NamedTuple):
    """A word of a text: how it folds, where it stands in code points, what stands before it.

    `breaks`: a sentence ends before it. `comma`: a part of a sentence does. `capital`: it begins with one.
    """

    text: str
    start: int
    end: int
    breaks: bool
    comma: bool
    capital: bool


def fold(text: str) -> str:
    """The text in small letters without accents, in as many code points."""
    return text.lower() if text.isascii() else text.translate(_folds)


class Text:
    """A text as it is looked over: folded, and its words as `spaced`, with one space before and behind each.

    Most texts hold nothing that needs more; `words` are worked out when they are asked for.
    """

    __slots__ = ("_words", "digits", "folded", "spaced", "text")

    def __init__(self, text: str) -> None:
        self.text, self.folded = text, fold(text)
        encoded = self.folded.encode()
        self.digits = len(encoded.translate(None, DIGITS)) < len(encoded)
        if self.folded.isascii() and MARK not in self.folded:
            apart = encoded.translate(APART)
        else:
            apart = " ".join(word.replace(MARK, "") for word in WORD.findall(self.folded)).encode()
        while b"  " in apart:
            apart = apart.replace(b"  ", b" ")
        self.spaced = f" {apart.decode().strip()} "
        self._words: list[Word] | None = None

    @property
    def words(self) -> list[Word]:
        """The words in order, with where each stands and what stands before it."""
        if self._words is None:
            self._words = words(self.text, self.folded)
        return self._words

    @property
    def bag(self) -> set[str]:
        """Its different words."""
        return set(self.spaced.split())


def words(text: str, folded: str) -> list[Word]:
    """The words of a text in order."""
    found: list[Word] = []
    last = 0
    for match in WORD.finditer(folded):
        start, end = match.span()
        between = folded[last:start]
        if between == " ":
            breaks = comma = False
        else:
            breaks = bool(ENDS.search(between)) or ("." in between and not folded[start].isdigit())
            comma = breaks or bool(COMMA.search(between))
        plain = match[0].replace(MARK, "")
        if plain:
            found.append(Word(plain, start, end, breaks, comma, text[start].isupper()))
            last = end
    return found
