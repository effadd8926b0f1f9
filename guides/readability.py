"""How hard a text is to read: long sentences, and LIX.

LIX (Björnsson, Läsbarhet, 1968) is the mean number of words in a sentence plus the share, in hundredths, of
words of more than six letters. It was made for Swedish; what is hard differs from language to language, as
words do. So each language has its own bound, set where our own plain texts end; none is a reading age.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

LONG_WORD = 6
WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
SENTENCE_END = re.compile(r"[.!?:…]+[\"”’»)]*(?:\s+|$)")


class Bound(NamedTuple):
    """The most a section may have: LIX, words in a sentence on average, words in any one sentence."""

    lix: int
    mean: int
    longest: int


BOUNDS = {"en": Bound(30, 12, 26), "fi": Bound(50, 10, 24), "sv": Bound(30, 12, 26), "fr": Bound(38, 13, 30)}
EASY = {"en": Bound(24, 9, 15), "fi": Bound(40, 7, 12), "sv": Bound(24, 8, 14), "fr": Bound(32, 9, 15)}


class Measured(NamedTuple):
    """Of a text: its LIX, and the words of a sentence on average."""

    lix: float
    mean: float


def sentences(passage: str) -> list[str]:
    """The sentences of a paragraph or an item of a list; only those with a word."""
    return [each for each in SENTENCE_END.split(passage) if WORD.search(each)]


def words(text: str) -> int:
    """How many words it has."""
    return len(WORD.findall(text))


def measured(passages: Iterable[str]) -> Measured:
    """How hard passages (a paragraph, an item of a list each) are together."""
    each = [WORD.findall(sentence) for passage in passages for sentence in sentences(passage)]
    count = sum(map(len, each))
    if not count:
        return Measured(0, 0)
    long = sum(len(word) > LONG_WORD for sentence in each for word in sentence)
    mean = count / len(each)
    return Measured(mean + 100 * long / count, mean)


def bound(language: str, *, easy: bool) -> Bound | None:
    """What a text in a language may have at most; None for one that has no bound yet."""
    return (EASY if easy else BOUNDS).get(language)
