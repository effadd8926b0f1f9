"""Forms become keyed hashes, under a key of their own purpose. Nothing else is kept or compared."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from peersupport.joining.conflicts.spellings import Form, Sort, Strength
from peersupport.vault.hashing import hashed, key_for

PURPOSE = "conflict"


class Hash(NamedTuple):
    """Of one form: its HMAC-SHA256 (32 bytes), how much it counts, and of which sort of identifier it is."""

    digest: bytes
    strength: Strength
    sort: Sort


def hashes(forms: Iterable[Form]) -> list[Hash]:
    """Of each form its keyed hash."""
    key = key_for(PURPOSE)
    return [Hash(hashed(form.text, key=key), form.strength, form.sort) for form in forms]
