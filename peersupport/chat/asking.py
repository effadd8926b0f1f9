"""Remembers who was asked about an account of what happened, so that nobody is asked twice an evening."""

from __future__ import annotations

import time
from collections import OrderedDict
from uuid import UUID

# Longer than any meeting, shorter than the time to the next.
ONCE_IN_SECONDS = 6 * 3600.0
MOST = 10_000

_asked: OrderedDict[UUID, float] = OrderedDict()


def note(member_id: UUID) -> None:
    """She has been asked."""
    _asked[member_id] = time.monotonic()
    _asked.move_to_end(member_id)
    while len(_asked) > MOST:
        _asked.popitem(last=False)


def was_asked(member_id: UUID) -> bool:
    """Whether she was, this evening. A restart forgets it: then she is asked once more."""
    at = _asked.get(member_id)
    return at is not None and time.monotonic() - at < ONCE_IN_SECONDS
