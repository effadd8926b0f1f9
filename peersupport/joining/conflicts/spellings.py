"""The forms under which two spellings of one person meet. Pure: text in, forms out; only hashes are ever kept.

A form is sure, maybe, or a shadow, which counts beside a sure or maybe one only: somebody with three names has
shadows for each two of them, so that the same person with two is found and two cousins are not.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import combinations
from typing import Literal, NamedTuple

import phonenumbers
from anyascii import anyascii

Strength = Literal["sure", "maybe", "shadow"]
# Of a name: more are not looked at.
MOST_WORDS = 6
# One vowel that is written in two ways: Müller, Mueller, Muller; Åberg, Aaberg, Aberg.
TWO_FOR_ONE = (("ae", "a"), ("oe", "o"), ("ue", "u"), ("aa", "a"))
# How transliterations of one sound differ, from Cyrillic, Arabic and Greek; longest first.
SOUNDS = (
    ("shch", "s"),
    ("sch", "s"),
    ("tsch", "s"),
    ("sh", "s"),
    ("ch", "s"),
    ("zh", "s"),
    ("kh", "h"),
    ("ph", "f"),
    ("th", "t"),
    ("ck", "k"),
    ("ts", "s"),
    ("ou", "u"),
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


class Form(NamedTuple):
    """One way to write somebody: `text` begins with its sort, so that sorts never meet."""

    text: str
    strength: Strength


class TooVague(ValueError):
    """Nobody can be told by it: one word of a name, half a number."""


def forms_of_name(name: str) -> list[Form]:
    """Of a name in any script and order. Raises TooVague for fewer than two words."""
    words = _words(name)
    full = [word for word in words if len(word) > 1]
    if len(words) < 2 or not full:
        raise TooVague
    if len(full) < 2:
        return list(_with_initial(words, full[0]))
    found = [Form(f"name {' '.join(sorted(full))}", "sure"), Form(f"sound {_sounds(full)}", "maybe")]
    pairs: Strength = "maybe" if len(full) == 2 else "shadow"
    for two in combinations(full, 2):
        found.append(Form(f"pair {' '.join(sorted(two))}", pairs))
        found.append(Form(f"pair-sound {_sounds(list(two))}", pairs))
    found += [Form(f"initial {one} {other[0]}", "shadow") for one in full for other in full if one != other]
    return found


def forms_of_email(address: str) -> list[Form]:
    """Of an e-mail address. Raises TooVague for what is none."""
    local, at, domain = unicodedata.normalize("NFKC", address).strip().casefold().rpartition("@")
    if not (local and at and "." in domain):
        raise TooVague
    try:
        domain = domain.encode("idna").decode()
    except UnicodeError:
        raise TooVague from None
    local = local.partition("+")[0] or local
    if domain in {"gmail.com", "googlemail.com"}:
        local, domain = local.replace(".", ""), "gmail.com"
    return [Form(f"email {local}@{domain}", "sure")]


def forms_of_phone(number: str, *, country: str) -> list[Form]:
    """Of a telephone number, read as one of that country (ISO 3166-1) where it does not name one. E.164."""
    try:
        parsed = phonenumbers.parse(number, country.upper())
    except phonenumbers.NumberParseException:
        raise TooVague from None
    if not phonenumbers.is_possible_number(parsed):
        raise TooVague
    return [Form(f"phone {phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)}", "sure")]


def forms_of(text: str, *, country: str) -> list[Form]:
    """Of one line, which may be any of the three. Raises TooVague."""
    if "@" in text:
        return forms_of_email(text)
    if re.fullmatch(r"[\d\s()+./-]{5,}", text.strip()):
        return forms_of_phone(text, country=country)
    return forms_of_name(text)


def _words(name: str) -> list[str]:
    # Apostrophes join (O'Brien), everything else that is no letter separates.
    joined = re.sub(r"['’ʼ`´]", "", unicodedata.normalize("NFKC", name))
    plain = anyascii("".join(one if one.isalpha() or _is_mark(one) else " " for one in joined)).casefold()
    words = re.sub(r"[^a-z\s]", "", plain).split()
    return list(dict.fromkeys(_one_vowel(word) for word in words))[:MOST_WORDS]


def _is_mark(character: str) -> bool:
    return unicodedata.category(character).startswith("M")


def _one_vowel(word: str) -> str:
    for two, one in TWO_FOR_ONE:
        word = word.replace(two, one)
    return word


def _sounds(words: list[str]) -> str:
    return " ".join(sorted(map(_sound, words)))


def _sound(word: str) -> str:
    for written, heard in SOUNDS:
        word = word.replace(written, heard)
    # Doubled letters and vowels at the end are written or not.
    return re.sub(r"(.)\1+", r"\1", word).rstrip("aeiu") or word


def _with_initial(words: list[str], full: str) -> Iterator[Form]:
    for word in words:
        if len(word) == 1:
            yield Form(f"initial {full} {word}", "maybe")
