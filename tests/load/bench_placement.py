"""How good placement is in a given time, beside a plain model and first come, first served."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from statistics import median

from tests.load.figures import Asked, Figure

SEEDS = range(10)
SMALL = "120 waiting, 24 facilitators, 60 times: to the optimum or a gap of 1 %"
LARGE = "600 waiting, 80 facilitators, 120 times"


def run(asked: Asked) -> Iterator[Figure]:
    """The figures of the parts that are asked for: small, scarce, large."""
    if asked.wants("small"):
        yield from _small(asked)
    if asked.wants("scarce"):
        yield from _scarce(asked)
    if asked.wants("large"):
        yield from _large(asked)


def _small(asked: Asked) -> Iterator[Figure]:
    from peersupport.joining.placement.solving import solve
    from tests.load.placement.families import evenings

    seconds, gaps = [], []
    for seed in SEEDS if not asked.quick else SEEDS[:1]:
        solved = solve(evenings(parents=120, facilitators=24, slots=60, seed=seed), seconds=10, gap=0.01)
        seconds.append(solved.seconds)
        gaps.append(solved.gap)
    yield Figure(f"{SMALL}, median of {len(seconds)}", median(seconds), "s", must=10, aim=2)
    yield Figure(f"{SMALL}, the slowest", max(seconds), "s")
    yield Figure(f"{SMALL}: the widest gap left", max(gaps) * 100, "%", must=1)


def _scarce(asked: Asked) -> Iterator[Figure]:
    from peersupport.joining.placement.plan import Weights, preferred
    from peersupport.joining.placement.solving import solve
    from tests.load.placement.families import scarce
    from tests.load.placement.plainly import first_come
    from tests.load.placement.wishes import most_wished

    closed, same_people, as_many, left = [], [], [], []
    for seed in SEEDS if not asked.quick else SEEDS[:2]:
        facts = scarce(seed=seed)
        served, solved = first_come(facts), solve(facts, seconds=20)
        most = solved.bound // Weights.of(facts).placed
        left.append(1 - len(served.at) / len(facts.parents))
        closed.append((len(solved.plan.at) - len(served.at)) / max(most - len(served.at), 1))
        as_many.append((preferred(facts, most_wished(facts, len(served.at))), preferred(facts, served)))
        # The very same people, all of them placed again: what is left to win is their wishes.
        same = replace(facts, parents=tuple(one for one in facts.parents if one.id in served.at))
        again = solve(same, seconds=20).plan
        assert len(again.at) == len(served.at)
        same_people.append((preferred(same, again), preferred(facts, served)))
    name = "first come, first served"
    yield Figure(
        f"{name}: left waiting, the least of {len(left)}", min(left) * 100, "%", must=25, best="large"
    )
    yield Figure(
        f"from {name} to the proven bound: share closed, in parents placed, median",
        median(closed) * 100,
        "%",
        must=60,
        aim=90,
        best="large",
    )
    ours, theirs = _middle(as_many)
    yield Figure(
        f"as many people as {name} placed: at a time they prefer, median",
        ours,
        "parents",
        theirs,
        must=1.25,
        judged="ratio",
        best="large",
    )
    ours, theirs = _middle(same_people)
    yield Figure(
        f"the very people whom {name} placed: the same", ours, "parents", theirs, judged="ratio", best="large"
    )


def _middle(pairs: list[tuple[int, int]]) -> tuple[int, int]:
    """The one whose ratio is the median."""
    return sorted(pairs, key=lambda each: each[0] / each[1])[len(pairs) // 2]


def _large(asked: Asked) -> Iterator[Figure]:
    from peersupport.joining.placement.plan import Weights
    from tests.load.placement.families import evenings
    from tests.load.placement.memory import solve_apart
    from tests.load.placement.plainly import plain

    seconds = 10.0 if asked.quick else 60.0
    facts = evenings(parents=600, facilitators=80, slots=120, seed=1)
    solved, mebibytes = solve_apart(facts, seconds)
    placed = Weights.of(facts).placed
    theirs = plain(facts, seconds=seconds * 10)
    yield Figure(
        f"{LARGE}: worth after {seconds:.0f} s, beside the plain model after ten times that",
        solved.worth / placed,
        "parents",
        theirs / placed,
        must=1.0,
        judged="ratio",
        best="large",
    )
    yield Figure(f"{LARGE}: gap", solved.gap * 100, "%", aim=10)
    yield Figure(f"{LARGE}: time", solved.seconds, "s", must=seconds * 1.05)
    yield Figure(f"{LARGE}: memory of its process", mebibytes, "MiB", must=1024)
