"""The calm sign a member is known by: a shape and a hue, always the same for a membership."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from uuid import UUID

SHAPES = 8
HUES = 8


@dataclass(frozen=True)
class Mark:
    """`shape` and `hue`, both 0 to 7, are drawn by the style sheet's component `mark`."""

    shape: int
    hue: int


def mark_of(membership: UUID) -> Mark:
    """The mark of a membership. It says nothing of the person: only the membership's id goes into it."""
    digest = hashlib.sha256(membership.bytes).digest()
    return Mark(shape=digest[0] % SHAPES, hue=digest[1] % HUES)
