"""bin/bench runs the benchmarks beside this file: each `bench_<name>.py` has a `run` that gives figures."""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path

from tests import throwaway
from tests.load.figures import Asked, Benchmark, Figure, as_json, as_table


def main(arguments: list[str]) -> int:
    """Run one benchmark or all; 0 only where every must is met."""
    known = names()
    parser = argparse.ArgumentParser(prog="bin/bench", description="Measures the site.")
    parser.add_argument("name", nargs="?", choices=known, help="one benchmark; without it all run")
    parser.add_argument("--json", action="store_true", help="print JSON and nothing else")
    parser.add_argument("--quick", action="store_true", help="shorter runs, less certain figures")
    parser.add_argument("--only", default="", help="parts of the benchmark, separated by commas")
    chosen = parser.parse_args(arguments)
    # A database and settings of the benchmarks' own, as for the tests, but on the disk as a site's.
    throwaway.prepare_environment(on_disk=True)
    asked = Asked(quick=chosen.quick, only=frozenset(filter(None, chosen.only.split(","))))
    figures: list[Figure] = []
    for name in [chosen.name] if chosen.name else known:
        print(f"measuring {name} …", file=sys.stderr)
        figures += _benchmark(name)(asked)
    print(as_json(figures) if chosen.json else as_table(figures))
    return 0 if all(each.met for each in figures) else 1


def names() -> list[str]:
    """Every benchmark there is."""
    return sorted(path.stem.removeprefix("bench_") for path in Path(__file__).parent.glob("bench_*.py"))


def _benchmark(name: str) -> Benchmark:
    run: Benchmark = importlib.import_module(f"tests.load.bench_{name}").run
    return run


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
