"""How long a solver may look, and how it is set; the same for the whole and for a part."""

from __future__ import annotations

from typing import NamedTuple

from ortools.sat.python import cp_model


class Limits(NamedTuple):
    """When a solver ends: after so many seconds, or with so small a gap."""

    seconds: float
    gap: float
    workers: int
    seed: int

    def solver(self) -> cp_model.CpSolver:
        """One that keeps to them."""
        solver = cp_model.CpSolver()
        solver.parameters.max_time_in_seconds = max(self.seconds, 0.05)
        solver.parameters.relative_gap_limit = self.gap
        solver.parameters.num_workers = self.workers
        solver.parameters.random_seed = self.seed
        solver.parameters.linearization_level = 2
        return solver
