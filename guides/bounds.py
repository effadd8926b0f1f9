"""How much is taken in a moment, from all readers together: nobody's address is looked at or kept."""

from __future__ import annotations

import threading
import time


class Bucket:
    """Lets ``burst`` through at once and ``per_second`` after that, in this process."""

    def __init__(self, *, per_second: float, burst: int) -> None:
        self._per_second = per_second
        self._burst = burst
        self._left = float(burst)
        self._at = time.monotonic()
        self._lock = threading.Lock()

    def take(self) -> bool:
        """Whether one more may come now."""
        with self._lock:
            now = time.monotonic()
            self._left = min(self._burst, self._left + (now - self._at) * self._per_second)
            self._at = now
            if self._left < 1:
                return False
            self._left -= 1
            return True
