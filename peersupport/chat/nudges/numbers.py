"""Telephone numbers of any country, and other long numbers, by their shape.

No shape is right for every country, and a library that knows all plans takes tens of milliseconds a text.
So: eight digits or more that are no date, time, year or sum are asked about; shorter ones where the
organisation's own country has such numbers (phonenumbers knows). `static/chat/numbers.js` does the same in
a browser, without the library.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import phonenumbers

# On folded text. A run is digits with a little between them; it cannot be read in two ways, so it costs no
# more than its length.
RUN = re.compile(r"[+(]{0,2}[0-9](?:[ ()./-]{0,3}[0-9]){5,24}")
GROUP = re.compile(r"[0-9]+")
PART = re.compile(r"[^ ]+")
DAY = r"[0-9]{1,2}[./-][0-9]{1,2}(?:[./-](?:(?:19|20)[0-9]{2}|[0-9]{2})?)?"
TURNED_DAY = r"(?:19|20)[0-9]{2}[./-][0-9]{1,2}[./-][0-9]{1,2}"
HOUR = r"(?:[01]?[0-9]|2[0-4])\.[0-5][0-9]"
YEAR = r"(?:19|20)[0-9]{2}"
WHEN = re.compile(
    rf"(?:{DAY}|{TURNED_DAY}|{HOUR}|{YEAR})(?:-(?:{DAY}|{TURNED_DAY}|{HOUR}|{YEAR}|[0-9]{{2}}))?\.?$"
)
SPACED_DAY = re.compile(rf"[0-9]{{1,2}} [0-9]{{1,2}} {YEAR}$")
ROUND_SUM = re.compile(r"[0-9]{1,3}(?:[ .][0-9]{3})* ?\.?000$")
# As Finland and Sweden number people: a birthday and three or four more.
PERSON = re.compile(r"[0-9]{6}(?:[0-9]{2})?[-+][0-9]{3,4}$")
# How countries with seven digits write them.
SEVEN = re.compile(r"[0-9]{3}[ -][0-9]{2}[ -]?[0-9]{2}$")
GROUPED = re.compile(r"[0-9][ ()./-]+[0-9]")
LEAST, MOST = 8, 13
ABROAD_LEAST, ABROAD_MOST = 7, 17
ASK_LIBRARY = 4  # runs of a text that are looked up, at most


def numbers(folded: str, *, country: str) -> Iterator[tuple[str, int, int]]:
    """Kind ("phone" or "number"), start and end of each. `country` is an ISO 3166-1 code."""
    asked = 0
    for run in RUN.finditer(folded):
        start, end = _without_times(run[0], run.start(), hour=folded.startswith(":", run.end()))
        text = folded[start:end]
        kind = kind_of(text)
        if not kind and asked < ASK_LIBRARY and 6 <= _digits(text) < LEAST and not _is_plain(text):
            asked += 1
            kind = "phone" if _is_known(text, country.upper()) else ""
        if kind:
            yield kind, start, end


def kind_of(text: str) -> str:
    """What a run of digits is by its shape: "phone", "number", or "" for neither."""
    count = _digits(text)
    abroad = text.startswith(("+", "(+", "00"))
    if count < ABROAD_LEAST or _is_plain(text):
        return ""
    if PERSON.match(text):
        return "number"
    if abroad and count <= ABROAD_MOST:
        return "phone"
    if count < LEAST:
        return "phone" if SEVEN.match(text) else ""
    return "phone" if count <= MOST and (text[0] in "0(" or GROUPED.search(text)) else "number"


def _without_times(run: str, at: int, *, hour: bool) -> tuple[int, int]:
    """A run without dates and times at its ends. `hour`: a colon follows, so its last part is an hour."""
    parts = list(PART.finditer(run))
    if hour and len(parts) > 1:
        parts.pop()
    while len(parts) > 1 and WHEN.match(parts[-1][0]) and "." in parts[-1][0]:
        parts.pop()
    while len(parts) > 1 and WHEN.match(parts[0][0]) and "." in parts[0][0]:
        parts.pop(0)
    return at + parts[0].start(), at + parts[-1].end()


def _is_plain(text: str) -> bool:
    """Whether a run is dates and times, a round sum, or a list of small numbers."""
    if SPACED_DAY.match(text) or ROUND_SUM.match(text):
        return True
    groups = GROUP.findall(text)
    small = text[0] not in "0+(" and 2 * sum(map(len, groups)) < 3 * len(groups)
    return small or all(WHEN.match(part[0]) for part in PART.finditer(text))


def _digits(text: str) -> int:
    return sum(character.isdigit() for character in text)


@lru_cache(maxsize=1)
def _plan(country: str) -> tuple[frozenset[int], str]:
    """How many digits the short numbers of a country have, and the digit they are dialled after."""
    plan = phonenumbers.PhoneMetadata.metadata_for_region(country, None)
    if plan is None or plan.general_desc is None:
        return frozenset(), ""
    lengths = plan.general_desc.possible_length or ()
    return frozenset(count for count in lengths if count < LEAST), plan.national_prefix or ""


def _is_known(text: str, country: str) -> bool:
    lengths, prefix = _plan(country)
    if not text.startswith(prefix) or _digits(text) - len(prefix) not in lengths:
        return False
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(text, country))
    except phonenumbers.NumberParseException:
        return False
