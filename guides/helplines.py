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

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import Enum

from babel import Locale
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from guides import opening
from guides.alphabet import in_alphabet
from guides.blocks import country_name
from guides.fields import Phone, codes, cost, hours, languages, numbers, site
from guides.helpline_file import Entry, entries
from guides.needs import NEEDS, NOTES, REGIONS

FRESH_FOR = timedelta(days=183)
KEPT_FOR = timedelta(days=365)


class Standing(Enum):
    """How far an entry can be trusted today."""

    UNCONFIRMED = "unconfirmed"
    FRESH = "fresh"
    AGEING = "ageing"
    OLD = "old"


@dataclass(frozen=True)
class Line:
    """A helpline as a reader may see it today. ``site`` has no scheme; ``url`` does.

    ``speaks`` are the codes of the languages that ``languages`` names; ``now`` says whether it is open."""

    id: str
    name: str
    needs: tuple[str, ...]
    phones: tuple[Phone, ...]
    site: str
    chat: bool
    languages: tuple[str, ...]
    speaks: tuple[str, ...]
    hours: str
    cost: str
    standing: Standing
    mark: str
    now: str = ""

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

    @property
    def note(self) -> str:
        """What to know before one calls, or an empty string."""
        return str(NOTES.get(self.need, ""))


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
    codes = [code for code in entries() if code not in REGIONS]
    named = _by_name((code, country_name(code)) for code in codes)
    return named + [(code, str(name)) for code, name in REGIONS.items() if code in entries()]


def for_country(code: str, today: date, *, now: datetime | None = None) -> Country | None:
    """The lines for a country (lower-case code, or a region of ``countries``); None for an unknown one.

    With ``now`` (aware) they say whether they are open: only for what is not kept for longer than minutes."""
    listed = entries().get(code)
    if listed is None:
        return None
    lines = [_line(f"{code}-{i}", entry, today) for i, entry in enumerate(listed, 1)]
    if now is not None:
        lines = [_at(line, entry, now, code) for line, entry in zip(lines, listed, strict=True)]
    name = str(REGIONS[code]) if code in REGIONS else country_name(code)
    return Country(code=code, name=name, groups=tuple(_groups(_visible(lines, listed))))


def narrowed(country: Country, *, need: str = "", language: str = "") -> Country:
    """Only the lines for a need, only those that speak a language (its code); emergency numbers always."""
    kept = [
        line
        for line in country.lines
        if "emergency" in line.needs
        or ((not need or need in line.needs) and (not language or language in line.speaks))
    ]
    if not need:
        return replace(country, groups=tuple(_groups(kept)))
    # Each stands whole under the one heading, whatever its first purpose is.
    first = [line for line in kept if "emergency" in line.needs and need not in line.needs]
    asked = [line for line in kept if need in line.needs]
    groups = [("emergency", first), (need, asked)]
    return replace(
        country,
        groups=tuple(Group(name, str(NEEDS[name]), tuple(found), ()) for name, found in groups if found),
    )


def spoken(*countries: Country | None) -> list[tuple[str, str]]:
    """Code and name of every language that a line of these countries speaks, by name."""
    names = Locale.parse(get_language() or "en", sep="-").languages
    codes = {code for each in countries if each for line in each.lines for code in line.speaks}
    return _by_name((code, names[code]) for code in codes)


def _by_name(named: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    language = get_language() or "en"
    return sorted(named, key=lambda pair: in_alphabet(pair[1], language))


def shown_ids(code: str, today: date) -> set[str]:
    """The ids of the lines of a country that are shown on that day."""
    country = for_country(code, today)
    return {line.id for line in country.lines} if country else set()


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
    # The strip stands on every page: not there a line meant first of all for who fears her own thoughts.
    apart = {"emergency", "concerned_adult"}
    others = [line for line in lines if line.needs[0] not in apart and "emergency" not in line.needs]
    for need in ("parent", "child", "crisis"):
        for line in others:
            if need in line.needs and line.phones:
                return line
    return next((line for line in others if line.site), None)


def _visible(lines: list[Line], listed: list[Entry]) -> list[Line]:
    """Hides what was verified too long ago, but never an emergency number or the last line for a need."""
    shown = [line for line in lines if line.standing is not Standing.OLD or "emergency" in line.needs]
    when = {line.id: entry["verified_by_ngo"] or "" for line, entry in zip(lines, listed, strict=True)}
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


def _line(key: str, entry: Entry, today: date) -> Line:
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
        languages=tuple(languages(entry["languages"], confirmed=confirmed)),
        speaks=tuple(codes(entry["languages"], confirmed=confirmed)),
        hours=hours(entry["hours"] or "", confirmed=confirmed),
        cost=cost(entry["cost"] or "", confirmed=confirmed),
        standing=standing,
        mark=_mark(standing, verified),
    )


def _at(line: Line, entry: Entry, now: datetime, country: str) -> Line:
    """The line, saying whether it is open: where its hours can be read and were verified of late."""
    if "opening" not in entry or line.standing is not Standing.FRESH:
        return line
    usual = opening.read(entry["opening"])
    return replace(line, now=opening.in_words(usual, now, with_city=country in REGIONS))


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
