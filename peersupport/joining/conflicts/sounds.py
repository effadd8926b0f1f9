"""What a word sounds like, roughly, however it was brought into the Latin alphabet. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

# How spellings and transliterations of one sound differ; replaced in this order.
SOUNDS = (
    ("ander", "andr"),
    # One vowel that is written in two ways: Müller, Mueller, Muller; Åberg, Aaberg, Aberg.
    ("ae", "a"),
    ("oe", "o"),
    ("ue", "u"),
    ("aa", "a"),
    ("chr", "kr"),
    ("khr", "kr"),
    ("shch", "s"),
    ("sch", "s"),
    ("sh", "s"),
    ("ch", "s"),
    ("zh", "s"),
    ("kh", "h"),
    ("ph", "f"),
    ("th", "t"),
    ("ck", "k"),
    ("ts", "s"),
    ("ou", "u"),
    ("ee", "i"),
    ("w", "v"),
    ("y", "i"),
    ("j", "i"),
    ("c", "k"),
    ("q", "k"),
    ("x", "ks"),
    ("z", "s"),
    ("o", "u"),
    ("e", "i"),
)


def sounds(words: Iterable[str]) -> str:
    """Of several words (a to z), whatever their order."""
    return " ".join(sorted(map(sound, words)))


def sound(word: str) -> str:
    """One word (a to z): equal for Ivanova, Iwanowa and Ivanowa, for Yulia, Julia and Iuliia."""
    heard = word
    for written, spoken in SOUNDS:
        heard = heard.replace(written, spoken)
    # Doubled letters, and vowels or an h at the end, are written or not.
    heard = re.sub(r"(.)\1+", r"\1", heard)
    return heard.rstrip("aeiuh") or heard


def bones(word: str) -> str:
    """The consonants of a word (a to z), for scripts that leave vowels out: equal for Mohammed and mhmd."""
    # These two are vowels there as often as not.
    heard = sound(re.sub("[wy]", "", word)) or word
    return re.sub(r"(.)\1+", r"\1", re.sub("[aeiu]", "", heard)).rstrip("h")
