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


def test_a_bound_may_be_for_the_ratio_and_ask_for_more() -> None:
    rate = Figure("rate", 700, "messages/s", baseline=1000, must=0.4, aim=0.8, judged="ratio", best="large")
    assert rate.met
    assert rate.verdict == ""
    assert rate.row()[-3:] == ("≥ 0.4×", "≥ 0.8×", "")
    slow = Figure("rate", 300, "messages/s", baseline=1000, must=0.4, judged="ratio", best="large")
    assert slow.verdict == "MISSED"
    # What it is compared with was not measured: that proves nothing.
    assert not Figure("rate", 300, "messages/s", must=0.4, judged="ratio", best="large").met


def test_the_json_holds_every_column() -> None:
    (row,) = json.loads(as_json([Figure("start", 5, "s", baseline=2.5, must=10, aim=3)]))
    assert row == {
        "name": "start",
        "value": 5,
        "unit": "s",
        "baseline": 2.5,
        "must": 10,
        "aim": 3,
        "judged": "value",
        "best": "small",
        "ratio": 2,
        "met": True,
    }


def test_benchmarks_are_found_by_their_names() -> None:
    assert "start" in bench.names()
