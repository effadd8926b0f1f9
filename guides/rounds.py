"""The organisation's round of checks: which helplines are to be looked at now, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from guides.helpline_file import entries
from guides.helplines import FRESH_FOR, KEPT_FOR, shown_ids

# A month before "confirmed" turns into "it may have changed".
DUE_AFTER = timedelta(days=152)


@dataclass(frozen=True)
class Due:
    """A line to look at: its place and name in the file, and when it was last verified, if ever."""

    country: str
    number: int
    name: str
    verified: date | None
    hidden: bool


def due(today: date, country: str = "") -> list[tuple[str, list[Due]]]:
    """What is to be checked, the most pressing first: in words, with the lines in the order of the file."""
    found = list(_unfresh(today, country))
    groups = [
        ("never verified", [one for one in found if one.verified is None]),
        ("verified more than 12 months ago", _older(found, today, KEPT_FOR)),
        ("verified more than 6 months ago", _older(found, today, FRESH_FOR, KEPT_FOR)),
        ("verified more than 5 months ago", _older(found, today, DUE_AFTER, FRESH_FOR)),
    ]
    return [(words, lines) for words, lines in groups if lines]


def _unfresh(today: date, country: str) -> Iterable[Due]:
    for code, listed in entries().items():
        if country not in {"", code}:
            continue
        shown = shown_ids(code, today)
        for number, entry in enumerate(listed, 1):
            day = entry["verified_by_ngo"]
            verified = date.fromisoformat(day) if day else None
            yield Due(code, number, entry["name"], verified, hidden=f"{code}-{number}" not in shown)


def _older(
    found: Iterable[Due], today: date, than: timedelta, not_than: timedelta = timedelta.max
) -> list[Due]:
    return [one for one in found if one.verified and than < today - one.verified <= not_than]
