"""Remembers who was asked about an account of what happened, so that nobody is asked twice an evening.

It stands in the site's short memory, where every process sees it and a restart forgets nothing. A process
knows by itself whom it need not look up again. Only a text that reads like an account costs a statement; no
other message does.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from uuid import UUID

from django.core.cache import cache

from peersupport.chat import acting

# Longer than any meeting, shorter than the time to the next.
ONCE_IN_SECONDS = 6 * 3600.0
MOST = 10_000

_asked: OrderedDict[UUID, float] = OrderedDict()


def known_here(member_id: UUID) -> bool:
    """Whether this process knows that she was asked this evening; it may have been another one that asked."""
    at = _asked.get(member_id)
    return at is not None and time.monotonic() - at < ONCE_IN_SECONDS


def was_asked(member_id: UUID) -> bool:
    """Whether she was asked this evening. At most one statement; for pages."""
    return known_here(member_id) or bool(cache.get(_key(member_id)))


async def asked_before(member_id: UUID) -> bool:
    """Notes that she is asked now, and says whether she was before. Of two processes at once, one asks."""
    if known_here(member_id):
        return True
    first = await acting.apart(cache.add, _key(member_id), True, ONCE_IN_SECONDS)
    _remember(member_id)
    return not first


def _remember(member_id: UUID) -> None:
    _asked[member_id] = time.monotonic()
    _asked.move_to_end(member_id)
    while len(_asked) > MOST:
        _asked.popitem(last=False)


def _key(member_id: UUID) -> str:
    return f"asked about an account {member_id}"
