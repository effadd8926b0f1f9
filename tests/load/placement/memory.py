"""A solver in a process of its own, so that its memory can be told."""

from __future__ import annotations

import multiprocessing
import resource
from typing import NamedTuple

from peersupport.joining.placement.facts import Facts
from peersupport.joining.placement.solving import Solved, solve


class Apart(NamedTuple):
    """What was found, and the most memory (MiB) its process held."""

    solved: Solved
    mebibytes: float


def solve_apart(facts: Facts, seconds: float) -> Apart:
    """Solves in a fresh process."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        return pool.apply(_solve, (facts, seconds))


def _solve(facts: Facts, seconds: float) -> Apart:
    solved = solve(facts, seconds=seconds)
    return Apart(solved, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
