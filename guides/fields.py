"""What may be shown of the fields of a helpline: numbers one can dial, an address one can open, and of free
words only what is exact, until somebody has confirmed them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from babel import Locale
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from guides.needs import COSTS

NUMBER = re.compile(r"\+?\d[\d -]*\d|\d")
SITE = re.compile(r"(?<![\w@.-])[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?:/[\w./-]*)?(?![\w@])", re.IGNORECASE)


@dataclass(frozen=True)
class Phone:
    """A number as people write it, and as a telephone dials it."""

    shown: str
    tel: str


def numbers(text: str) -> Iterable[Phone]:
    """The numbers one can dial in a field such as ``112; 0900-8844`` or ``988 (call or text)``.

    Words around them are left out, and so is a number that is partly letters or only for text messages."""
    for part in re.split(r"[;/]| or ", re.sub(r"\(.*?\)", "", text)):
        number = part.strip()
        if NUMBER.fullmatch(number):
            yield Phone(shown=number, tel=re.sub(r"[ -]", "", number))


def site(text: str) -> str:
    """The first web address in a field, without a scheme; empty where there is none."""
    match = SITE.search(text)
    return match[0].rstrip("./") if match else ""


def hours(text: str, *, confirmed: bool) -> str:
    """Opening hours in words: what is exact, and free words once somebody has confirmed them."""
    if text == "24/7":
        return _("Day and night")
    return text if confirmed else ""


def cost(text: str, *, confirmed: bool) -> str:
    """What a call costs, likewise."""
    return str(COSTS[text]) if text in COSTS else text if confirmed else ""


def languages(values: Iterable[str], *, confirmed: bool) -> Iterable[str]:
    """Names of the languages spoken, in the reader’s; other words once confirmed."""
    names = Locale.parse(get_language() or "en", sep="-").languages
    for value in values:
        if value in names:
            yield names[value]
        elif confirmed:
            yield value


def codes(values: Iterable[str], *, confirmed: bool) -> Iterator[str]:
    """What a reader who chooses a language is shown: what ``languages`` names, and, once verified, also what
    is said of a language in free words ("sv (limited)")."""
    names = Locale("en").languages
    for value in values:
        code = value[:2] if confirmed and not value[2:3].isalpha() else value
        if code in names:
            yield code
