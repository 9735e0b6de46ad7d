"""Records as they travel from a test to the report: plain, checked, and without NaN."""

from __future__ import annotations

import json
import math
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from pytest_brainscore.errors import ReportError
from pytest_brainscore.report.plain import benchmark_record, plain_record, plain_report
from pytest_brainscore.report.record import BenchmarkRecord
from pytest_brainscore.scoring.comparison import Comparison
from tests.support.records import make_record, make_report


def test_a_record_survives_the_way_through_json() -> None:
    record = make_record()
    assert benchmark_record(json.loads(json.dumps(plain_record(record)))) == record


def test_a_benchmark_without_a_score_needs_only_its_identity_and_a_reason() -> None:
    record = BenchmarkRecord(
        model="net",
        identifier="a",
        version=1,
        parent="V1",
        parents=["V1"],
        region="V1",
        status="crashed",
        reason="its worker died",
    )
    assert benchmark_record(plain_record(record)) == record


def test_fields_keep_their_order_and_none_is_left_out() -> None:
    plain = plain_record(make_record(comparison=None))
    assert list(plain) == list(BenchmarkRecord.__struct_fields__)
    assert plain["comparison"] is None


def test_numpy_numbers_become_plain_inside_a_record() -> None:
    plain = plain_record(
        make_record(
            score=np.float64(0.5), error=np.float32(0.25), raw=np.array(0.5), n={"units": np.int64(3)}, seconds=1
        )
    )
    assert (plain["score"], plain["error"], plain["raw"], plain["n"]) == (0.5, 0.25, 0.5, {"units": 3})
    assert [type(plain[name]) for name in ("score", "error", "raw", "seconds")] == [float] * 4


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"score": np.array([0.5])}, "$.score"),
        ({"score": Decimal("0.5")}, "$.score"),
        ({"fingerprint": {"weights": Path("a.pth")}}, "$.fingerprint.weights"),
        ({"fingerprint": {"size": [224]}}, "$.fingerprint"),
        ({"fingerprint": {"size": None}}, "$.fingerprint"),
        ({"n": {"units": 1.5}}, "$.n"),
        ({"status": "done"}, "$.status"),
        ({"status": "scored", "score": None}, "$.score"),
        ({"version": "1"}, "$.version"),
        ({"parents": "V1"}, "$.parents"),
    ],
    ids=str,
)
def test_what_does_not_belong_there_is_refused_with_its_place(changes: dict[str, Any], place: str) -> None:
    with pytest.raises(ReportError) as refused:
        plain_record(make_record(**changes))
    assert place in str(refused.value)


@pytest.mark.parametrize("score", [math.nan, math.inf, -math.inf, np.float64("nan")], ids=repr)
@pytest.mark.parametrize("status", ["scored", "nan"])
def test_a_score_that_is_no_number_becomes_the_status_nan_without_numbers(score: float, status: str) -> None:
    plain = plain_record(make_record(status=status, score=score, error=math.nan))
    assert plain["status"] == "nan"
    assert [plain[name] for name in ("score", "error", "raw", "ceiling")] == [None] * 4
    assert plain["reason"] == f"the benchmark ran and its score is {score}"
    assert plain["n"] == {"stimuli": 96, "units": 102}


def test_the_reason_of_a_benchmark_without_number_stays() -> None:
    assert plain_record(make_record(score=math.nan, reason="no unit responds"))["reason"] == "no unit responds"


def test_a_failed_benchmark_does_not_become_nan() -> None:
    with pytest.raises(ReportError, match=r"\$\.score"):
        plain_record(make_record(status="failed", score=math.nan))


@pytest.mark.parametrize("field", ["error", "raw", "ceiling", "seconds", "peak_rss_mb"])
def test_nan_beside_a_score_is_refused(field: str) -> None:
    with pytest.raises(ReportError, match=rf"\$\.{field} "):
        plain_record(make_record(**{field: math.nan}))


def test_nan_in_a_comparison_or_fingerprint_is_refused() -> None:
    comparison = Comparison(verdict="unchanged", baseline=0.5, delta=math.nan)
    with pytest.raises(ReportError, match=r"\$\.comparison\.delta"):
        plain_record(make_record(comparison=comparison))
    with pytest.raises(ReportError, match=r"\$\.fingerprint\.degrees"):
        plain_record(make_record(fingerprint={"degrees": math.nan}))


@pytest.mark.parametrize(
    "changes",
    [{"unknown": 1}, {"score": "high"}, {"score": math.nan}, {"score": None}, {"comparison": {"verdict": "?"}}],
)
def test_plain_values_that_are_no_record_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ReportError):
        benchmark_record(plain_record(make_record()) | changes)


def test_a_missing_field_is_refused() -> None:
    plain = plain_record(make_record())
    del plain["identifier"]
    with pytest.raises(ReportError, match="identifier"):
        benchmark_record(plain)


def test_a_report_is_made_plain_as_a_whole() -> None:
    plain = plain_report(make_report(benchmarks=[make_record(), make_record(score=math.nan)]))
    assert [each["status"] for each in plain["benchmarks"]] == ["scored", "nan"]
    assert plain["environment"]["git"] == {"commit": "f" * 40, "dirty": False}
    model = msgspec.structs.replace(make_report().models[0], preprocessing={"mean": np.zeros(3)})
    with pytest.raises(ReportError, match=r"\$\.models\[0\]\.preprocessing\.mean"):
        plain_report(make_report(models=[model]))
