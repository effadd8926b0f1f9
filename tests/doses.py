"""How much of a load or fault run is run: a few seconds' worth, or with --long the whole of it.

`bin/test -m load --long` runs all of them in full, `--long=0.1` a tenth of each.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

import pytest

Did = Callable[[str], None]
N = TypeVar("N", int, float)

# Set before tests are collected; 0 means the short forms.
share = 0.0


def dose(short: int, long: int) -> int:
    """`short`, or with --long the asked share of `long`, and never less than `short`."""
    return max(short, round(long * share)) if share else short


def size(short: N, long: N) -> N:
    """`short`, or `long` with --long, whatever the share."""
    return long if share else short


def resident(pid: int | str = "self") -> int:
    """Bytes of a process in memory."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096


@pytest.fixture
def did(record_property: Callable[[str, object], None]) -> Did:
    """Called with words: what a run did, for the summary at the end."""
    return partial(record_property, "did")
