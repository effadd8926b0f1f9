"""How much one person, or one address, may ask of the server: token buckets, so many at once, then so many
a second.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from uuid import UUID

from django.conf import settings

PEOPLE_MOST = 10_000
# Tokens a second, and at once. Nobody writes five messages a second; a list kept while offline comes at once.
FRAMES = (float(settings.ROOM_COMMANDS_PER_SECOND), 2.0 * settings.ROOM_COMMANDS_PER_SECOND)
POSTS = (float(settings.ROOM_POSTS_PER_SECOND), 5.0 * settings.ROOM_POSTS_PER_SECOND)
RESUMES = (1.0, 12.0)
# Handshakes of one address: a whole organisation may stand behind it, and all come back after a restart.
HANDSHAKES = (float(settings.ROOM_HANDSHAKES_PER_SECOND), 30.0 * settings.ROOM_HANDSHAKES_PER_SECOND)
ADDRESSES_MOST = 10_000


class Bucket:
    """Starts full with `most` tokens and refills by `per_second`."""

    __slots__ = ("_at", "_left", "_most", "_per_second")

    def __init__(self, *, per_second: float, most: float, now: float) -> None:
        self._per_second, self._most = per_second, most
        self._left, self._at = most, now

    def take(self, now: float) -> float:
        """Takes a token and gives 0, or gives the seconds until there is one, in full hundredths."""
        self._left = min(self._most, self._left + (now - self._at) * self._per_second)
        self._at = now
        if self._left >= 1:
            self._left -= 1
            return 0.0
        return math.ceil(100 * (1 - self._left) / self._per_second) / 100


def _bucket(rate: tuple[float, float]) -> Bucket:
    return Bucket(per_second=rate[0], most=rate[1], now=time.monotonic())


@dataclass(slots=True)
class Allowance:
    """What one person may do in this process, over all her sockets and requests."""

    frames: Bucket = field(default_factory=lambda: _bucket(FRAMES))
    posts: Bucket = field(default_factory=lambda: _bucket(POSTS))
    resumes: Bucket = field(default_factory=lambda: _bucket(RESUMES))

    def wait(self, command: str) -> float:
        """Seconds until she may send this command; 0 takes it from her allowance."""
        if command == "post":
            return self.posts.take(time.monotonic())
        return self.resumes.take(time.monotonic()) if command == "resume" else 0.0


class Allowances:
    """The allowances of the people last seen, at most PEOPLE_MOST."""

    def __init__(self) -> None:
        self._kept: OrderedDict[UUID, Allowance] = OrderedDict()

    def of(self, user_id: UUID) -> Allowance:
        """Hers, full where she was not seen for long."""
        found = self._kept.get(user_id)
        if found is None:
            found = self._kept[user_id] = Allowance()
        self._kept.move_to_end(user_id)
        while len(self._kept) > PEOPLE_MOST:
            self._kept.popitem(last=False)
        return found


class Doors:
    """How many sockets an address may still open here; the addresses last seen, at most ADDRESSES_MOST.

    In memory alone, so that refusing costs nothing. Where several processes serve, each counts for itself.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Bucket] = OrderedDict()

    def wait(self, address: str) -> float:
        """Seconds until this address may open another socket; 0 takes one from its allowance."""
        bucket = self._kept.get(address)
        if bucket is None:
            bucket = self._kept[address] = _bucket(HANDSHAKES)
        self._kept.move_to_end(address)
        while len(self._kept) > ADDRESSES_MOST:
            self._kept.popitem(last=False)
        return bucket.take(time.monotonic())
