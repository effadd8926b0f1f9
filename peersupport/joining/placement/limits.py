"""How long a solver may look, and how it is set; the same for the whole and for a part."""

from __future__ import annotations

from typing import NamedTuple

from ortools.sat.python import cp_model

# CP-SAT's own searches with every rule in their linear bound: one looks for plans, one raises the bound. Told
# of two workers alone it takes others, which prove nothing here.
STRONG = ("max_lp", "objective_lb_search_max_lp")


class Limits(NamedTuple):
    """When a solver ends: after so many seconds, or with so small a gap. `proves`: a bound is wanted."""

    seconds: float
    gap: float
    workers: int
    seed: int
    proves: bool = False

    def solver(self) -> cp_model.CpSolver:
        """One that keeps to them."""
        solver = cp_model.CpSolver()
        solver.parameters.max_time_in_seconds = max(self.seconds, 0.05)
        solver.parameters.relative_gap_limit = self.gap
        solver.parameters.num_workers = self.workers
        solver.parameters.random_seed = self.seed
        solver.parameters.linearization_level = 2
        if self.proves and self.workers > 1:
            solver.parameters.subsolvers.extend(STRONG)
        return solver
