"""What an applicant can choose from: languages, countries and their clocks, times of the week, reasons."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from zoneinfo import available_timezones

from babel import Locale
from babel.core import get_global
from django.utils.text import capfirst, format_lazy
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from guides.alphabet import in_alphabet

# Languages that families here speak; a group can be led in any that the organisation has facilitators for.
LANGUAGES = "en fi sv fr ar de es et fa it lt lv nl nb pl pt ro ru so sq tr uk"

DAYS = (
    ("mon", _("Monday")),
    ("tue", _("Tuesday")),
    ("wed", _("Wednesday")),
    ("thu", _("Thursday")),
    ("fri", _("Friday")),
    ("sat", _("Saturday")),
    ("sun", _("Sunday")),
)
# Part of the day, and the hour at which it begins.
PARTS = (
    ("morning", _("morning"), 6),
    ("afternoon", _("afternoon"), 12),
    ("evening", _("evening"), 17),
)
TIMES = tuple(
    (f"{day}-{part}", format_lazy("{} {}", day_name, part_name))
    for day, day_name in DAYS
    for part, part_name, _hour in PARTS
)

HAPPENED = (
    ("online", _("It happened online: on a phone, in a game, in a chat, with pictures")),
    ("close", _("Somebody in the family or close to it harmed my child")),
    ("outside", _("Somebody else harmed my child")),
    ("unsure", _("I am not sure what happened")),
    ("talk", _("I would rather talk about it than write it here")),
)

REACH = (
    ("code", _("Send me nothing. I look here myself, with my return code")),
    ("email", _("By e-mail, at an address that only I read")),
    ("phone", _("By telephone: you call me, at hours that I choose")),
)

# What a mail or a call begins with: nothing that tells a third person anything.
OPENERS = (
    ("hello", _("Hello,")),
    ("agreed", _("Hello, as agreed:")),
    ("enquiry", _("Good day, about your enquiry:")),
    ("short", _("Hi, a short note:")),
)

# What must never be done when calling.
NEVER = (
    ("voicemail", _("Leave a message on the answering machine")),
    ("text", _("Send a text message")),
    ("others", _("Speak with anybody else who answers: then it was a wrong number")),
    ("name", _("Say the name of the organisation")),
    ("weekend", _("Call on a Saturday or Sunday")),
)

OTHERS_READ = (
    ("nobody", pgettext_lazy("who reads the mailbox", "Nobody but me")),
    ("perhaps", pgettext_lazy("who reads the mailbox", "Somebody might, or I am not sure")),
)


def languages() -> tuple[tuple[str, str], ...]:
    """(code, name in the language itself, with the one the reader knows): "fi", "Suomi (Finnish)"."""
    return _languages(_readers())


def of_reader() -> str:
    """The code of the language that the reader's pages are in, where families here speak it; else English."""
    reads = _readers()
    return reads if reads in LANGUAGES.split() else "en"


@cache
def _languages(readers: str) -> tuple[tuple[str, str], ...]:
    named = []
    for code in LANGUAGES.split():
        locale = Locale.parse(code)
        own, known = locale.get_display_name() or code, locale.get_display_name(readers) or code
        alike = own.casefold() == known.casefold()
        own = own[:1].upper() + own[1:]
        named.append((code, own if alike else f"{own} ({known})"))
    return tuple(named)


def _readers() -> str:
    return (get_language() or "en").replace("-", "_")


def countries() -> tuple[tuple[str, str], ...]:
    """(ISO 3166-1 code in lower case, name in the reader's language), by name."""
    return _countries(_readers())


@cache
def _countries(readers: str) -> tuple[tuple[str, str], ...]:
    names = Locale.parse(readers).territories
    zones = get_global("territory_zones")
    # ZZ stands for "unknown".
    real = [code for code in zones if len(code) == 2 and code in names and code != "ZZ"]
    named = ((code.lower(), names[code]) for code in real)
    return tuple(sorted(named, key=lambda one: in_alphabet(one[1], readers)))


@cache
def zones_of(country: str) -> tuple[str, ...]:
    """The time zones (IANA names) of a country, by name."""
    found = get_global("territory_zones").get(country.upper(), ())
    return tuple(sorted(zone for zone in found if zone in _known_zones()))


@cache
def other_zones() -> tuple[str, ...]:
    """Every zone somebody may live by."""
    areas = {"Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"}
    return tuple(sorted(zone for zone in _known_zones() if zone.split("/")[0] in areas))


@cache
def _known_zones() -> frozenset[str]:
    # Asked once: the library walks its directories each time.
    return frozenset(available_timezones())


def part_of_day(hour: int) -> str:
    """ "morning", "afternoon" or "evening"; the night counts as evening."""
    begun = [part for part, _name, begins in PARTS if begins <= hour]
    return begun[-1] if begun else "evening"


def times_by_day() -> list[tuple[object, list[tuple[str, object]]]]:
    """Every time of the week, a group of choices for each day."""
    return [
        (capfirst(name), [(f"{day}-{part}", part_name) for part, part_name, _hour in PARTS])
        for day, name in DAYS
    ]


def language_name(code: str) -> str:
    """The name of a language in the reader's; the code itself where it has none."""
    return Locale.parse(code).get_display_name(_readers()) or code


def name_of(code: str, pairs: Iterable[tuple[str, object]]) -> str:
    """The words of a choice; the code itself where it is none of them."""
    return str(dict(pairs).get(code, code))
