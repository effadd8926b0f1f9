"""Looks a message over before anything is sent. It asks, never blocks, and guarantees nothing.

`findings` is for the writer: personal details, her own private words and, where criminal cases are open,
accounts of what happened. `distress` is for the facilitators. Both read the text once, here, and keep
nothing of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

from peersupport.chat.keeping.deciding import Distress
from peersupport.chat.nudges.details import NAMES, Finding, Places, may_hold_signs, signs
from peersupport.chat.nudges.distress import Signs
from peersupport.chat.nudges.evidence import Evidence
from peersupport.chat.nudges.folding import Text
from peersupport.chat.nudges.private import PrivateWords

__all__ = ["Finding", "Looked", "PrivateWords", "look_over", "prepare"]

MOST = 20


class Looked(NamedTuple):
    """What was found in a text: places to ask its writer about, in reading order, and a sign of distress."""

    findings: list[Finding]
    distress: Distress | None


class _Prepared(NamedTuple):
    places: Places
    evidence: Evidence
    signs: Signs
    telling: AhoCorasick

    def finds_nothing_in(self, text: Text) -> bool:
        """Whether one pass says already that a text holds nothing, accounts of what happened apart."""
        return not may_hold_signs(text) and not self.telling.find_matches_as_indexes(text.spaced)


@cache
def prepare() -> _Prepared:
    """Reads every word list, once for a process, when the server starts. BadList where one is not good."""
    places, signs = Places(), Signs()
    telling = AhoCorasick(sorted({*NAMES, *places.telling, *signs.telling}))
    return _Prepared(places, Evidence(), signs, telling)


def look_over(
    text: str, *, country: str = "", private: PrivateWords | None = None, cases_open: bool = False
) -> Looked:
    """Reads a text once. `private`: words its writer keeps private; `cases_open`: look for accounts, too.

    `country`: where numbers without a prefix are called from; the organisation's, if none is given.
    """
    ready = prepare()
    here = Text(text)
    if not private and not cases_open and ready.finds_nothing_in(here):
        return Looked([], None)
    found = list(signs(here, country=country))
    if private and private.may_hold(here.bag):
        found = [*private.findings(here.words), *found]
    found += ready.places.findings(here)
    if cases_open and (asked := ready.evidence.finding(here)):
        found.append(asked)
    return Looked(_apart(found) if found else found, ready.signs.worst(here))


def _apart(found: Iterable[Finding]) -> list[Finding]:
    """At most twenty that do not overlap, in reading order. An account may hold other details."""
    return sorted(_chosen(found), key=lambda finding: (finding.start, finding.end))


def _chosen(found: Iterable[Finding]) -> Iterator[Finding]:
    taken: list[Finding] = []
    for one in found:
        if len(taken) == MOST:
            return
        if not any(one.start < other.end and other.start < one.end for other in taken):
            taken.append(one)
            yield one
