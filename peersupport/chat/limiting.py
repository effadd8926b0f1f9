"""A token bucket: so many at once, so many a second after that."""

from __future__ import annotations


class Bucket:
    """Starts full with `most` tokens and refills by `per_second`."""

    __slots__ = ("_at", "_left", "_most", "_per_second")

    def __init__(self, *, per_second: float, most: float, now: float) -> None:
        self._per_second, self._most = per_second, most
        self._left, self._at = most, now

    def take(self, now: float) -> float:
        """Takes a token and gives 0, or gives the seconds until there is one."""
        self._left = min(self._most, self._left + (now - self._at) * self._per_second)
        self._at = now
        if self._left >= 1:
            self._left -= 1
            return 0.0
        return (1 - self._left) / self._per_second
