"""What a benchmark gives back, and how it is judged and printed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Figure:
    """One measured value beside what it is compared with. Smaller is better.

    `baseline` is the same thing without our part in it, `must` the bound that fails the run, `aim` the one we
    would like; each may be missing.
    """

    name: str
    value: float
    unit: str
    baseline: float | None = None
    must: float | None = None
    aim: float | None = None

    @property
    def ratio(self) -> float | None:
        """Value by baseline."""
        return self.value / self.baseline if self.baseline else None

    @property
    def met(self) -> bool:
        """Whether the must is met; true where there is none."""
        return self.must is None or self.value <= self.must


Benchmark = Callable[[], Iterable[Figure]]


def as_json(figures: Iterable[Figure]) -> str:
    """One object per figure, with everything that is known about it."""
    return json.dumps([{**asdict(each), "ratio": each.ratio, "met": each.met} for each in figures], indent=2)


def as_table(figures: Iterable[Figure]) -> str:
    """Columns for a terminal."""
    heads = ("figure", "value", "unit", "baseline", "ratio", "must", "aim", "")
    rows = [heads, *(_row(each) for each in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(heads))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def _row(each: Figure) -> tuple[str, ...]:
    numbers = (each.baseline, each.ratio, each.must, each.aim)
    shown = ("" if number is None else f"{number:.4g}" for number in numbers)
    return (each.name, f"{each.value:.4g}", each.unit, *shown, "" if each.met else "MISSED")
