"""Placement in a process of its own: facts as JSON in, proposals as JSON out.

python -m peersupport.joining.placement SECONDS

It takes what is left of the processor, so that rooms do not notice, and its memory goes with it.
"""

from __future__ import annotations

import json
import os
import sys
from typing import TextIO

from peersupport.joining.placement.carrying import facts_in, proposed_out
from peersupport.joining.placement.proposals import proposed
from peersupport.joining.placement.solving import Contradiction, solve

LEAST_URGENT = 19


def main(seconds: float) -> None:
    """Answers with `proposed_out`, or with {"contradiction": the rules}."""
    os.nice(LEAST_URGENT)
    answers = _only_ours()
    facts = facts_in(json.load(sys.stdin))
    try:
        answer = proposed_out(proposed(facts, solve(facts, seconds=seconds)))
    except Contradiction as found:
        answer = {"contradiction": found.rules}
    with answers:
        json.dump(answer, answers)


def _only_ours() -> TextIO:
    """Standard output for the answer alone: what solvers print goes to standard error from here on."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return answers


if __name__ == "__main__":
    main(float(sys.argv[1]))
