"""Services a family can turn to, and the one rule for what is shown of them.

The rule: an entry the organisation has never verified is shown as "not yet confirmed by us", and its number
only where ``confidence`` is ``seen``. Verified within six months: the date is shown. Six to twelve months:
marked. Older: hidden, unless it is an emergency number or the last line for a need in its country; those
are never hidden, and an emergency number is always given. Notes of the people who collect the data
(``source``, ``confidence*``, ``last_checked``, ``editor_note``, ``number_seen_in``) never leave this file,
and free words that may hold such notes (hours, cost, languages) are shown only once verified.

A leaf: any part of the site may import it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel import Locale
from django.conf import settings
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from guides.blocks import country_name

SHIPPED = Path(__file__).with_name("content") / "helplines.json"
FRESH_FOR = timedelta(days=183)
KEPT_FOR = timedelta(days=365)

# In the order a frightened reader needs them.
NEEDS: Mapping[str, str | Promise] = {
    "emergency": gettext_lazy("In danger now"),
    "crisis": gettext_lazy("In a crisis"),
    "parent": gettext_lazy("For parents and carers"),
    "child": gettext_lazy("For children and young people"),
    "reporting": gettext_lazy("To report what happened"),
    "removal": gettext_lazy("To have an image removed"),
    "medical": gettext_lazy("Medical help"),
    "legal": gettext_lazy("Rights and law"),
    "concerned_adult": gettext_lazy("Worried about your own or someone else’s thoughts or actions"),
}

REGIONS: Mapping[str, str | Promise] = {
    "eu": gettext_lazy("Another country of the European Union"),
    "international": gettext_lazy("Another country"),
}

# What a caller fears most to find on a bill is worth saying even before it is verified: exact entries only.
COSTS: Mapping[str, str | Promise] = {
    "free": gettext_lazy("Free"),
    "free, anonymous": gettext_lazy("Free, and you need not say who you are"),
    "free, anonymous possible": gettext_lazy("Free, and you need not say who you are"),
    "free of charge, anonymous": gettext_lazy("Free, and you need not say who you are"),
    "free, does not appear on bills": gettext_lazy("Free, and not shown on the phone bill"),
    "free, not itemised on bill": gettext_lazy("Free, and not shown on the phone bill"),
    "free, not shown on bill": gettext_lazy("Free, and not shown on the phone bill"),
}

NUMBER = re.compile(r"\+?\d[\d -]*\d|\d")
SITE = re.compile(r"(?<![\w@.-])[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?:/[\w./-]*)?(?![\w@])", re.IGNORECASE)


class Standing(Enum):
    """How far an entry can be trusted today."""

    UNCONFIRMED = "unconfirmed"
    FRESH = "fresh"
    AGEING = "ageing"
    OLD = "old"


@dataclass(frozen=True)
class Phone:
    """A number as people write it, and as a telephone dials it."""

    shown: str
    tel: str


@dataclass(frozen=True)
class Line:
    """A helpline as a reader may see it today. ``site`` has no scheme; ``url`` does."""

    id: str
    name: str
    needs: tuple[str, ...]
    phones: tuple[Phone, ...]
    site: str
    chat: bool
    languages: tuple[str, ...]
    hours: str
    cost: str
    standing: Standing
    mark: str

    @property
    def url(self) -> str:
        """The address of its own site, or an empty string."""
        return f"https://{self.site}" if self.site else ""


@dataclass(frozen=True)
class Group:
    """The lines for one need: those whose first purpose it is, then others that help with it too."""

    need: str
    label: str
    lines: tuple[Line, ...]
    also: tuple[Line, ...]


@dataclass(frozen=True)
class Country:
    """Everything a reader in one country may see."""

    code: str
    name: str
    groups: tuple[Group, ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        """Each line once."""
        return tuple(line for group in self.groups for line in group.lines)


@dataclass(frozen=True)
class Strip:
    """What the help-now strip holds: the number to call in danger, and one line to talk to."""

    country: str
    country_name: str
    emergency: Phone | None
    line: Line | None


def countries() -> list[tuple[str, str]]:
    """Code and name of every country in the file, by name, then the two wider regions."""
    codes = [code for code in _entries() if code not in REGIONS]
    named = sorted(((code, country_name(code)) for code in codes), key=lambda pair: pair[1].casefold())
    return named + [(code, str(name)) for code, name in REGIONS.items() if code in _entries()]


def for_country(code: str, today: date) -> Country | None:
    """The lines for a country (lower-case code, or a region of ``countries``); None for an unknown one."""
    entries = _entries().get(code)
    if entries is None:
        return None
    lines = _visible([_line(f"{code}-{i}", entry, today) for i, entry in enumerate(entries, 1)], entries)
    name = str(REGIONS[code]) if code in REGIONS else country_name(code)
    return Country(code=code, name=name, groups=tuple(_groups(lines)))


def strip_for(code: str, today: date) -> Strip:
    """The strip for a country; for one we know nothing of, the European numbers."""
    country = for_country(code, today) or for_country("eu", today)
    if country is None:
        return Strip(country=code, country_name=country_name(code), emergency=None, line=None)
    emergency = [phone for line in country.lines if "emergency" in line.needs for phone in line.phones]
    # 112 works in every country that lists it, whatever else it lists for one service or another.
    emergency.sort(key=lambda phone: phone.tel != "112")
    return Strip(
        country=country.code,
        country_name=country.name,
        emergency=emergency[0] if emergency else None,
        line=_first_to_talk_to(country.lines),
    )


def _first_to_talk_to(lines: Iterable[Line]) -> Line | None:
    others = [line for line in lines if "emergency" not in line.needs]
    for need in ("parent", "child", "crisis"):
        for line in others:
            if need in line.needs and line.phones:
                return line
    return next((line for line in others if line.site), None)


def _visible(lines: list[Line], entries: list[dict[str, Any]]) -> list[Line]:
    """Hides what was verified too long ago, but never an emergency number or the last line for a need."""
    shown = [line for line in lines if line.standing is not Standing.OLD or "emergency" in line.needs]
    when = {line.id: entry["verified_by_ngo"] or "" for line, entry in zip(lines, entries, strict=True)}
    for need in NEEDS:
        helping = [line for line in lines if need in line.needs]
        if helping and not any(line in shown for line in helping):
            shown.append(max(helping, key=lambda line: when[line.id]))
    return [line for line in lines if line in shown]


def _groups(lines: list[Line]) -> Iterable[Group]:
    for need, label in NEEDS.items():
        first = tuple(line for line in lines if line.needs[0] == need)
        also = tuple(line for line in lines if need in line.needs[1:])
        if first or also:
            yield Group(need=need, label=str(label), lines=first, also=also)


def _line(key: str, entry: Mapping[str, Any], today: date) -> Line:
    verified = date.fromisoformat(entry["verified_by_ngo"]) if entry["verified_by_ngo"] else None
    standing = _standing(verified, today)
    confirmed = verified is not None
    give_number = confirmed or entry["confidence"] == "seen" or "emergency" in entry["for"]
    return Line(
        id=key,
        name=entry["name"],
        needs=tuple(need for need in entry["for"] if need in NEEDS),
        phones=tuple(numbers(entry["phone"] or "")) if give_number else (),
        site=site(entry["web"] or ""),
        chat=bool(entry["chat"]),
        languages=tuple(_languages(entry["languages"], confirmed=confirmed)),
        hours=_hours(entry["hours"] or "", confirmed=confirmed),
        cost=_cost(entry["cost"] or "", confirmed=confirmed),
        standing=standing,
        mark=_mark(standing, verified),
    )


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


def _standing(verified: date | None, today: date) -> Standing:
    if verified is None:
        return Standing.UNCONFIRMED
    if today - verified <= FRESH_FOR:
        return Standing.FRESH
    return Standing.AGEING if today - verified <= KEPT_FOR else Standing.OLD


def _mark(standing: Standing, verified: date | None) -> str:
    if verified is None:
        return _("Not yet confirmed by us")
    values = {"date": date_format(verified, "j F Y")}
    if standing is Standing.FRESH:
        return _("Confirmed by us on %(date)s") % values
    return _("Last confirmed by us on %(date)s: it may have changed") % values


def _hours(text: str, *, confirmed: bool) -> str:
    if text == "24/7":
        return _("Day and night")
    return text if confirmed else ""


def _cost(text: str, *, confirmed: bool) -> str:
    return str(COSTS[text]) if text in COSTS else text if confirmed else ""


def _languages(values: Iterable[str], *, confirmed: bool) -> Iterable[str]:
    names = Locale(get_language() or "en").languages
    for value in values:
        if value in names:
            yield names[value]
        elif confirmed:
            yield value


def _entries() -> dict[str, list[dict[str, Any]]]:
    path = settings.GUIDES_DIR / "helplines.json"
    path = path if path.is_file() else SHIPPED
    return _read(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _read(path: Path, _changed: int) -> dict[str, list[dict[str, Any]]]:
    data = json.loads(path.read_text(encoding="utf-8"))
    return {code: entries for code, entries in data.items() if not code.startswith("_")}
