"""The script that compares two reports bit for bit: it tells every number that moved, and nothing else."""

from __future__ import annotations

import math
from typing import Any

import pytest

from pytest_brainscore.report.plain import plain_report
from tests.performance.same_scores import differences
from tests.support.records import make_record, make_report


def report(**changes: Any) -> dict[str, Any]:
    return plain_report(make_report(benchmarks=[make_record(**changes)]))


def test_two_runs_of_the_same_code_are_the_same() -> None:
    assert differences(report(), report(seconds=9.0, worker="gw1", peak_rss_mb=1.0, citation="10.1038/nn.3402")) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"score": math.nextafter(0.5, 1)},
        {"error": None},
        {"raw": 0.45000000000000007},
        {"ceiling": 1.0},
        {"n": {"stimuli": 96, "units": 103}},
        {"fingerprint": {"version": 1, "weights": "0a1b", "visual_degrees": 8.5}},
        {"version": 2},
        {"seed": 1},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_the_last_bit_counts(changes: dict[str, Any]) -> None:
    (name,) = changes
    (line,) = differences(report(), report(**changes))
    assert line.startswith(f"net texture-index: {name} was ")


def test_a_benchmark_in_one_report_only_is_told() -> None:
    lines = differences(report(), report(identifier="other"))
    assert lines == ["net other: only after", "net texture-index: only before"]
