"""What a benchmark gives back, and how it is judged and printed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Literal


@dataclass(frozen=True)
class Asked:
    """How to run a benchmark: `quick` for a first look, `only` for some of its parts (all where empty)."""

    quick: bool = False
    only: frozenset[str] = frozenset()

    def wants(self, part: str) -> bool:
        """Whether a part is to be measured."""
        return not self.only or part in self.only


@dataclass(frozen=True)
class Figure:
    """One measured value beside what it is compared with.

    `baseline` is the same thing without our part in it, or as somebody else does it; `must` is the bound that
    fails the run, `aim` the one we would like; each may be missing. `judged` says whether the bounds are for
    the value or for its ratio to the baseline, `best` whether a small one is good or a large one.
    """

    name: str
    value: float
    unit: str
    baseline: float | None = None
    must: float | None = None
    aim: float | None = None
    judged: Literal["value", "ratio"] = "value"
    best: Literal["small", "large"] = "small"

    @property
    def ratio(self) -> float | None:
        """Value by baseline."""
        return self.value / self.baseline if self.baseline else None

    @property
    def met(self) -> bool:
        """Whether the must is met; true where there is none."""
        return self._within(self.must)

    @property
    def verdict(self) -> str:
        """In a word how it stands to its bounds."""
        if not self.met:
            return "MISSED"
        return "" if self.aim is None or not self._within(self.aim) else "aim reached"

    def _within(self, bound: float | None) -> bool:
        if bound is None:
            return True
        found = self.value if self.judged == "value" else self.ratio
        # A ratio to something that was not measured proves nothing.
        if found is None:
            return False
        return found <= bound if self.best == "small" else found >= bound

    def _shown(self, bound: float | None) -> str:
        if bound is None:
            return ""
        return f"{'≤' if self.best == 'small' else '≥'} {bound:.4g}{'×' if self.judged == 'ratio' else ''}"

    def row(self) -> tuple[str, ...]:
        """Its cells in the table."""
        numbers = ("" if number is None else f"{number:.4g}" for number in (self.baseline, self.ratio))
        bounds = (self._shown(self.must), self._shown(self.aim))
        return (self.name, f"{self.value:.4g}", self.unit, *numbers, *bounds, self.verdict)


Benchmark = Callable[[Asked], Iterable[Figure]]


def as_json(figures: Iterable[Figure]) -> str:
    """One object per figure, with everything that is known about it."""
    return json.dumps([{**asdict(each), "ratio": each.ratio, "met": each.met} for each in figures], indent=2)


def as_table(figures: Iterable[Figure]) -> str:
    """Columns for a terminal."""
    heads = ("figure", "value", "unit", "baseline", "ratio", "must", "aim", "")
    rows = [heads, *(each.row() for each in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(heads))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
