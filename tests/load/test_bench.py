"""The benchmarks' own judgement: what is missed fails, what is not bounded does not."""

from __future__ import annotations

import json

from tests.load import bench
from tests.load.figures import Figure, as_json, as_table


def test_a_missed_must_is_said_and_an_aim_is_only_an_aim() -> None:
    missed = Figure("post to delivered", 300, "ms", baseline=100, must=250, aim=50)
    met = Figure("memory", 90, "MiB", aim=80)
    free = Figure("start", 5, "s")
    assert [each.met for each in (missed, met, free)] == [False, True, True]
    assert missed.ratio == 3
    assert free.ratio is None
    table = as_table([missed, met, free]).splitlines()
    assert table[1].endswith("MISSED")
    assert "MISSED" not in table[2] + table[3]


def test_the_json_holds_every_column() -> None:
    (row,) = json.loads(as_json([Figure("start", 5, "s", baseline=2.5, must=10, aim=3)]))
    assert row == {
        "name": "start",
        "value": 5,
        "unit": "s",
        "baseline": 2.5,
        "must": 10,
        "aim": 3,
        "ratio": 2,
        "met": True,
    }


def test_benchmarks_are_found_by_their_names() -> None:
    assert "start" in bench.names()
