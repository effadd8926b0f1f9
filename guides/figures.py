"""The drawings that a text may show: files of our own, by name."""

from __future__ import annotations

from functools import cache
from pathlib import Path

FIGURES = Path(__file__).with_name("print") / "figures"


@cache
def drawings() -> frozenset[str]:
    """Their names."""
    return frozenset(path.stem for path in FIGURES.glob("*.svg"))
