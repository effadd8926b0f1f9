"""The order of names, as a reader of each language looks for them."""

from __future__ import annotations

from unicodedata import combining, normalize

LETTERS_AFTER_Z = frozenset({"fi", "sv"})
# What stands after z among the signs of ASCII, in this order.
AFTER_Z = str.maketrans("åäö", "{|}")


def in_alphabet(name: str, language: str) -> str:
    """What to sort a name by: å, ä and ö come last in Finnish and Swedish; other marks do not count."""
    folded = name.casefold()
    if language in LETTERS_AFTER_Z:
        folded = folded.translate(AFTER_Z)
    return "".join(letter for letter in normalize("NFD", folded) if not combining(letter))
