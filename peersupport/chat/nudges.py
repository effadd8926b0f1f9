"""Looks for personal details before anything is sent. It asks, never blocks, and guarantees nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from phonenumbers import Leniency, PhoneNumberMatcher

EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"]{2,200}", re.IGNORECASE)
HANDLE = re.compile(r"(?<![\w@.])@[A-Za-z0-9_.]{3,30}")
REGIONS = ("FI", "SE", "GB", "FR")
MOST = 20


@dataclass(frozen=True, slots=True)
class Finding:
    """A place in a text, in code points, that looks like a personal detail."""

    kind: str
    start: int
    end: int

    def wire(self) -> dict[str, str | int]:
        return {"kind": self.kind, "start": self.start, "end": self.end}


def findings(text: str, *, country: str = "FI") -> list[Finding]:
    """Phone numbers, e-mail addresses, links and handles in a text, at most twenty, in reading order."""
    found: list[Finding] = []
    for candidate in _candidates(text, country):
        if not any(candidate.start < other.end and other.start < candidate.end for other in found):
            found.append(candidate)
        if len(found) == MOST:
            break
    return sorted(found, key=lambda finding: finding.start)


def _candidates(text: str, country: str) -> Iterator[Finding]:
    for kind, pattern in (("email", EMAIL), ("link", LINK), ("handle", HANDLE)):
        for match in pattern.finditer(text):
            yield Finding(kind, match.start(), match.end())
    if sum(character.isdigit() for character in text) >= 5:
        yield from _phones(text, country)


def _phones(text: str, country: str) -> Iterator[Finding]:
    regions = dict.fromkeys([country.upper(), *REGIONS])
    for region in regions:
        for match in PhoneNumberMatcher(text, region, leniency=Leniency.VALID, max_tries=100):
            yield Finding("phone", match.start, match.end)
