"""The texts somebody agrees to, read from `words/`: what stays between us, by country, and the consents.

A country without a text of its own gets the default, a language without one English.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

WORDS = Path(__file__).with_name("words")
DEFAULT, ENGLISH = "default", "en"
NEEDED = "needed"
OPTIONAL = ("emergency", "signs", "research")


@dataclass(frozen=True)
class Example:
    """One answer to "what would we have to pass on?": whether it is right, and why."""

    code: str
    words: str
    passed_on: bool
    why: str


@dataclass(frozen=True)
class Limits:
    """What stays between us, and when it cannot. `of_country` is False where the default is shown."""

    version: str
    source: str
    confirmed_by_counsel: bool
    changed: str
    points: tuple[str, ...]
    passed_on: tuple[Example, ...]
    of_country: bool


@dataclass(frozen=True)
class Text:
    """One layer as it stands on the page, in `language`. `changed` says in words what is new; `hash` is of
    all she saw."""

    layer: str
    version: str
    words: str
    changed: str
    hash: str
    language: str


def limits(country: str, language: str) -> Limits:
    """The text for a country (ISO 3166-1, lower case) in a language."""
    wanted = [(country, language), (country, ENGLISH), (DEFAULT, language), (DEFAULT, ENGLISH)]
    return _limits(*next(pair for pair in wanted if pair in _there()))


def text(layer: str, *, country: str, language: str) -> Text:
    """One layer in a language. The needed one stands with the limits of the country."""
    shown = language if language in _languages() else ENGLISH
    told = _consents(shown)[layer]
    version, changed, seen = str(told["version"]), str(told["changed"]), [str(told["words"])]
    if layer == NEEDED:
        about = limits(country, language)
        seen = [*about.points, *seen]
        version = max(version, about.version)
        changed = "\n".join(filter(None, (about.changed, changed)))
    return Text(layer, version, str(told["words"]), changed, _hash(seen), shown)


def hashes(layer: str, *, country: str) -> frozenset[str]:
    """The text of today in every language: whoever changes her language is not asked again."""
    spoken = {language for _country, language in _there()} | _languages()
    return frozenset(text(layer, country=country, language=one).hash for one in spoken)


def _hash(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@cache
def _there() -> frozenset[tuple[str, str]]:
    names = (file.name.split(".") for file in (WORDS / "limits").glob("*.toml"))
    return frozenset((country, language) for country, language, _toml in names)


@cache
def _languages() -> frozenset[str]:
    return frozenset(file.name.split(".")[1] for file in WORDS.glob("consents.*.toml"))


@cache
def _limits(country: str, language: str) -> Limits:
    told = _read(WORDS / "limits" / f"{country}.{language}.toml")
    return Limits(
        version=told["version"],
        source=told["source"],
        confirmed_by_counsel=told["confirmed_by_counsel"],
        changed=told["changed"],
        points=tuple(told["points"]),
        passed_on=tuple(Example(**one) for one in told["passed_on"]),
        of_country=country != DEFAULT,
    )


@cache
def _consents(language: str) -> dict[str, dict[str, Any]]:
    return _read(WORDS / f"consents.{language}.toml")


def _read(file: Path) -> dict[str, Any]:
    return tomllib.loads(file.read_text(encoding="utf-8"))


#: Day of the sentence that is needed to apply, for the application's own column.
VERSION = text(NEEDED, country=DEFAULT, language=ENGLISH).version
