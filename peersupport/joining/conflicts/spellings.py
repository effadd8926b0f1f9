"""The forms under which two spellings of one person meet. Pure: text in, forms out.

A form is sure, maybe, or a shadow, which counts beside a sure or maybe one only: somebody with three names
has a shadow for each two of them, so that the same person with two is found and two cousins are not.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import combinations
from typing import Literal, NamedTuple

import phonenumbers
from anyascii import anyascii

from peersupport.joining.conflicts.sounds import bones, sound, sounds

Strength = Literal["sure", "maybe", "shadow"]
Sort = Literal["name", "email", "phone", "place"]
# Of a name: more are not looked at.
MOST_WORDS = 6
# Fewer consonants than these are no likeness: half of all short names would be alike.
LEAST_BONES = 4
# Of a number: fewer digits are a service, or half a number.
LEAST_DIGITS = 6
# Of a number whose country was not said: so many digits at its end.
END_OF_NUMBER = 8
# Words that are written or left out.
PARTICLES = re.compile("al|el|ul|bin|ben|ibn|bint|van|von|der|den|ter|de|da|di|do|du|la|le|af|av|dos|das|del")
# German, Nordic and Danish letters have a second spelling beside the one without marks.
SPELT_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
APOSTROPHES = re.compile("['’‘ʼʹʻ`´′]")
HYPHENS = re.compile("[-‐‑‒–]")
# Points that few write, the stroke that lengthens a word, and the ending that is not spoken.
POINTS = re.compile("[\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u0629]")
# The article, which is written as part of the word.
ARTICLE = re.compile(r"\b\u0627\u0644(?=\w\w)")
# Ch. Berg and Yu. Ivanova: initials of two letters. Titles (Dr.) go the same way.
INITIAL = re.compile(r"\b(\w)\w\.")
VOWELLESS = re.compile("[\u05d0-\u05ea\u0620-\u06ff]")
# Two Greek letters that are one sound, as passports write them.
GREEK = (("ο[υύ]", "ou"), ("γγ", "ng"), ("ε[υύ]", "ev"), ("α[υύ]", "av"), (r"\bμπ", "b"))
# Scripts that put no space between the parts of a name.
UNSPACED = re.compile("([\u3400-\u9fff\uac00-\ud7a3])")
NUMBER = re.compile(r"[\d\s()+./\-–]{5,}")


class Form(NamedTuple):
    """One way to write somebody: `text` begins with its kind, so that two kinds never meet."""

    text: str
    strength: Strength
    sort: Sort


class TooVague(ValueError):
    """Nobody can be told by it: one word of a name, half a number."""


def forms_of(text: str, *, country: str) -> list[Form]:
    """Of one line, which may be any of the three. Raises TooVague."""
    line = unicodedata.normalize("NFKC", text).strip()
    if "@" in line:
        return forms_of_email(line)
    if NUMBER.fullmatch(line):
        return forms_of_phone(line, country=country)
    return forms_of_name(line)


def forms_of_place(text: str) -> list[Form]:
    """Of the name of a village or a school. Raises TooVague for what has no letters."""
    words = _words(APOSTROPHES.sub("", unicodedata.normalize("NFKC", text).lower()))
    if not words:
        raise TooVague
    return [Form(f"place {' '.join(words)}", "sure", "place")]


def forms_of_email(address: str) -> list[Form]:
    """Of an e-mail address. Raises TooVague for what is none."""
    bare = re.sub(r"^(?:.*<|mailto:)|>$", "", unicodedata.normalize("NFKC", address).strip().casefold())
    local, _at, domain = bare.rpartition("@")
    domain = domain.rstrip(".")
    if not local or "." not in domain or re.search(r"\s", bare):
        raise TooVague
    try:
        domain = domain.encode("idna").decode()
    except UnicodeError:
        raise TooVague from None
    local = local.partition("+")[0] or local
    if domain in {"gmail.com", "googlemail.com"}:
        local, domain = local.replace(".", "") or local, "gmail.com"
    return [Form(f"email {local}@{domain}", "sure", "email")]


def forms_of_phone(number: str, *, country: str) -> list[Form]:
    """Of a telephone number, read as one of that country (ISO 3166-1) where it does not name one. E.164."""
    try:
        parsed = phonenumbers.parse(number, country.upper())
    except phonenumbers.NumberParseException:
        raise TooVague from None
    digits = str(parsed.national_number)
    if len(digits) < LEAST_DIGITS or not phonenumbers.is_possible_number(parsed):
        raise TooVague
    whole = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    found = [Form(f"phone {whole}", "sure", "phone")]
    end = digits[-END_OF_NUMBER:]
    if len(end) == END_OF_NUMBER:
        # He may live in another country than she who noted it without a country code.
        found.append(Form(f"phone-end {end}", "maybe", "phone"))
    return found


def forms_of_name(name: str) -> list[Form]:
    """Of a name in any script and order. Raises TooVague for fewer than two words."""
    found: dict[str, Form] = {}
    for text in _writings(name):
        for form in _forms_of_words(_words(text), vowelless=bool(VOWELLESS.search(name))):
            kept = found.get(form.text)
            if kept is None or _weight(form) > _weight(kept):
                found[form.text] = form
    if not found:
        raise TooVague
    return list(found.values())


def _weight(form: Form) -> int:
    return ("shadow", "maybe", "sure").index(form.strength)


def _writings(name: str) -> list[str]:
    """A name as it stands, with its marked letters spelt out, its hyphens closed up, its article left out."""
    whole = APOSTROPHES.sub("", unicodedata.normalize("NFKC", POINTS.sub("", name)).lower())
    whole = INITIAL.sub(r"\1.", UNSPACED.sub(r" \1 ", whole))
    for letters, spoken in GREEK:
        whole = re.sub(letters, spoken, whole)
    others = [whole.translate(SPELT_OUT), HYPHENS.sub("", whole), ARTICLE.sub("", whole)]
    return list(dict.fromkeys([whole, *others]))


def _words(text: str) -> list[str]:
    letters = "".join(one if one.isalpha() or unicodedata.category(one)[0] == "M" else " " for one in text)
    words = [_in_latin(word) for word in letters.split()]
    return [word for word in words if word][:MOST_WORDS]


def _in_latin(word: str) -> str:
    latin = re.sub("[^a-z]", "", anyascii(word).lower())
    # One letter stays one: Ю. is an initial and not the name Yu.
    return latin[:1] if len(word) == 1 and not UNSPACED.match(word) else latin


def _forms_of_words(words: list[str], *, vowelless: bool) -> Iterator[Form]:
    full = [word for word in words if len(word) > 1]
    core = [word for word in full if not PARTICLES.fullmatch(word)]
    core = core if len(core) > 1 else full
    if len(words) < 2 or not full:
        return
    if len(full) < 2:
        yield from _initials(full, [word for word in words if len(word) == 1], strength="maybe")
        return
    yield Form(f"name {' '.join(sorted(full))}", "sure", "name")
    yield Form(f"sound {sounds(core)}", "maybe", "name")
    for start in range(len(full)):
        # Anna Maria and Annamaria, van den Berg and Vandenberg, whichever name comes first.
        yield Form(f"run {sound(''.join(full[start:] + full[:start]))}", "maybe", "name")
    for two in combinations(core, 2):
        yield Form(f"sound {sounds(two)}", "maybe" if len(core) == 2 else "shadow", "name")
        yield from _bones(two, strength="maybe" if vowelless else "shadow")
    yield from _initials(core, core, strength="shadow")


def _bones(two: tuple[str, ...], *, strength: Strength) -> Iterator[Form]:
    """Without vowels, as Arabic and Hebrew are written; two that are written with vowels never meet so."""
    both = sorted(map(bones, two))
    if len("".join(both)) >= LEAST_BONES:
        yield Form(f"bones {' '.join(both)}", strength, "name")


def _initials(full: list[str], shortened: list[str], *, strength: Strength) -> Iterator[Form]:
    for one in full:
        for other in shortened:
            if one != other:
                # Ch and C, Yu and J: as it is written and as it is heard.
                for letter in {sound(other[0]), sound(other)[0]}:
                    yield Form(f"initial {sound(one)} {letter}", strength, "name")
