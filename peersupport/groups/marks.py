"""The calm sign a member is known by: a shape and a colour, always the same for a membership."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from uuid import UUID

SHAPES = ("leaf", "hill", "moon", "drop", "stone", "wave", "seed", "star")
COLOURS = 8


@dataclass(frozen=True)
class Mark:
    """`shape` names a drawing, `colour` (1 to 8) a token of the style sheet."""

    shape: str
    colour: int


def mark_of(membership: UUID) -> Mark:
    """The mark of a membership. It says nothing of the person: only the membership's id goes into it."""
    digest = hashlib.sha256(membership.bytes).digest()
    return Mark(shape=SHAPES[digest[0] % len(SHAPES)], colour=1 + digest[1] % COLOURS)
