"""Which of PostgreSQL's own dictionaries a language is searched with, and words as they are compared."""

from __future__ import annotations

import re
import unicodedata

# Those that come with every PostgreSQL (Snowball stemmers); no extension and no superuser is needed.
CONFIGURATIONS = {
    "da": "danish",
    "de": "german",
    "en": "english",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "it": "italian",
    "nb": "norwegian",
    "nl": "dutch",
    "pt": "portuguese",
    "sv": "swedish",
}
WORD = re.compile(r"[^\W_]+")
# Letters that are no letter and a mark to Unicode, and are typed as two or as another one.
TYPED = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "đ": "d", "ł": "l"})


def configuration(language: str) -> str:
    """The text search configuration of a language; one without a dictionary compares whole words."""
    return CONFIGURATIONS.get(language.partition("-")[0], "simple")


def dictionary(language: str) -> str:
    """The dictionary that gives a word its stem."""
    name = configuration(language)
    return name if name == "simple" else f"{name}_stem"


def words(text: str) -> list[str]:
    """The words of a text, in small letters: letters and digits, nothing else."""
    return WORD.findall(unicodedata.normalize("NFC", text).lower())


def folded(word: str) -> str:
    """A word as it is typed without accents: häpeä → hapea."""
    apart = unicodedata.normalize("NFKD", word.casefold().translate(TYPED))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
