"""Countries and clocks a person can choose."""

from __future__ import annotations

from functools import cache
from itertools import groupby
from zoneinfo import available_timezones

from babel import Locale
from babel.core import get_global
from django.utils.translation import get_language

from guides.alphabet import in_alphabet

AREAS = frozenset(
    {"Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"}
)


def countries() -> list[tuple[str, str]]:
    """(ISO 3166-1 code in lower case, name in the reader's language), by name."""
    return _countries(get_language() or "en")


@cache
def time_zones() -> list[tuple[str, list[tuple[str, str]]]]:
    """IANA names by part of the world: ("Europe", [("Europe/Helsinki", "Helsinki"), …])."""
    names = sorted(name for name in available_timezones() if name.partition("/")[0] in AREAS)
    areas = groupby(names, key=lambda name: name.partition("/")[0])
    return [(area, [(name, city(name)) for name in inside]) for area, inside in areas]


def city(time_zone: str) -> str:
    """ "America/Argentina/Ushuaia" → "Ushuaia, Argentina"."""
    parts = time_zone.replace("_", " ").split("/")[1:]
    return ", ".join(reversed(parts)) or time_zone


def country_name(code: str) -> str:
    """The country in the reader's language; the code itself if it is none."""
    return dict(countries()).get(code, code)


@cache
def _countries(language: str) -> list[tuple[str, str]]:
    names = Locale.parse(language, sep="-").territories
    codes = [code for code in get_global("territory_zones") if len(code) == 2 and code in names]
    return sorted(
        ((code.lower(), names[code]) for code in codes), key=lambda one: in_alphabet(one[1], language)
    )
