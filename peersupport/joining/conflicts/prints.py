"""Prints of matches: by them it is known again which ones a coordinator looked into, and nothing else.

A print is a keyed hash of ids and hashes that are there already. It tells nobody with whom a match is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from itertools import product
from uuid import UUID

from peersupport.joining.conflicts.matching import Match
from peersupport.vault.hashing import hashed, key_for

PURPOSE = "match looked into"


def prints_of(matches: Collection[Match], applications: Mapping[UUID, str]) -> dict[Match, frozenset[str]]:
    """Of each match its prints, in hexadecimal digits; the same from whichever of the two one looks.

    One for each id that a person is known by (`applications`: as whom each application stands there): whoever
    takes a place becomes an account, and it is the same match of the same two. What it rests on is in it:
    other words about the same person are another match.
    """
    if not matches:
        return {}
    key, ids = key_for(PURPOSE), _ids(applications)
    found = {}
    for match in matches:
        one, other = ({person, *ids[person]} for person in match.pair)
        pairs = (" ".join(sorted(pair)) for pair in product(one, other))
        found[match] = frozenset(
            hashed(f"{pair} {match.strength} {match.evidence}", key=key).hex() for pair in pairs
        )
    return found


def together(prints: Iterable[Iterable[str]], *, of: UUID) -> str:
    """One value for all matches of one application. Another application has another, or the two would be
    seen to belong together.
    """
    line = " ".join(sorted({one for of_match in prints for one in of_match}))
    return hashed(f"{of} {line}", key=key_for(PURPOSE)).hex()


def _ids(applications: Mapping[UUID, str]) -> defaultdict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for pk, person in applications.items():
        found[person].append(f"application {pk}")
    return found
