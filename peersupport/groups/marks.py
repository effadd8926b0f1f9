"""The calm sign a member is known by: a shape and a hue, always the same for a membership."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID, uuid4

SHAPES = 8
HUES = 8


@dataclass(frozen=True)
class Mark:
    """`shape` and `hue`, both 0 to 7, are drawn by the style sheet's component `mark`."""

    shape: int
    hue: int


def mark_of(membership: UUID) -> Mark:
    """The mark of a membership. It says nothing of the person: only the membership's id goes into it.

    The id is random (version 4), so its last two digits serve as they are; in a room the page computes the
    same from them (letter.js).
    """
    last = membership.bytes[-1]
    return Mark(shape=last % 16 % SHAPES, hue=last // 16 % HUES)


def id_with_free_mark(others: Iterable[UUID]) -> UUID:
    """A random id for a new membership whose mark none of these memberships has.

    With every mark given (SHAPES × HUES of them) any id will do.
    """
    given = {mark_of(other) for other in others}
    new = uuid4()
    while mark_of(new) in given and len(given) < SHAPES * HUES:
        new = uuid4()
    return new
