"""The drawings that a text may show: files of our own, by name."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

FIGURES = Path(__file__).with_name("print") / "figures"


@cache
def drawings() -> frozenset[str]:
    """Their names."""
    return frozenset(path.stem for path in FIGURES.glob("*.svg"))


@cache
def size(name: str) -> tuple[int, int]:
    """Width and height that a page keeps free for a drawing before it has come: those of its ``viewBox``."""
    match = re.search(r'viewBox="[\d.]+ [\d.]+ ([\d.]+) ([\d.]+)"', drawing(name))
    return (round(float(match[1])), round(float(match[2]))) if match else (320, 160)


@cache
def drawing(name: str) -> str:
    """The drawing itself, as SVG."""
    return (FIGURES / f"{name}.svg").read_text(encoding="utf-8")
