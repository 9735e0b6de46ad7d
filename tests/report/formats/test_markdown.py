"""The Markdown report: what matters first, within its budget, whatever signs the names have."""

from __future__ import annotations

import re

import pytest

from pytest_brainscore.report.formats.markdown import MARKER, escape, markdown
from pytest_brainscore.report.record import ModelRecord
from pytest_brainscore.scoring.comparison import Comparison
from tests.support.records import make_record, make_report

REGRESSED = Comparison(verdict="regressed", baseline=0.5, delta=-0.1, tolerance=0.005)
IMPROVED = Comparison(verdict="improved", baseline=0.4, delta=0.1, tolerance=0.005)


def test_the_first_line_is_the_marker_and_the_totals_come_next() -> None:
    lines = markdown(make_report()).splitlines()
    assert lines[0] == MARKER
    assert lines[2] == "## ✅ Brain-Score of net"
    assert lines[4] == "1 scored; 1 unchanged."


def test_what_makes_the_run_red_comes_before_what_improved_and_worst_first() -> None:
    records = [
        make_record(identifier="better", comparison=IMPROVED),
        make_record(identifier="worse", score=0.4, comparison=REGRESSED),
        make_record(identifier="broken", status="failed", reason="ValueError: no", score=None, comparison=None),
    ]
    text = markdown(make_report(benchmarks=records))
    assert "## ❌" in text
    assert "### Changes" in text
    assert text.index("| broken |") < text.index("| worse |") < text.index("| better |")
    assert "▼ regressed -.100" in text
    assert "ValueError: no" in text


def test_a_run_without_changes_has_no_section_for_them() -> None:
    assert "### Changes" not in markdown(make_report())


def test_parents_have_both_numbers_and_the_coverage() -> None:
    record = make_record(
        identifier="FreemanZiemba2013.V2-pls", version=2, score=0.311, parents=["average_vision", "neural_vision", "V2"]
    )
    text = markdown(make_report(benchmarks=[record]))
    site = "(.155|.156)"  # half of .311
    assert re.search(rf"\| net \| V2 \| .311 ± .010 \| 1 of 2 \| {site} ± .005 \|", text)


def test_an_incomplete_run_says_so() -> None:
    assert "results were lost" in markdown(make_report(complete=False))


@pytest.mark.parametrize("limit", [2000, 5000, 20_000])
def test_it_keeps_to_its_budget_by_leaving_out_whole_rows_and_telling_how_many(limit: int) -> None:
    records = [make_record(identifier=f"benchmark-{number:03}-ÄÖÜ") for number in range(500)]
    text = markdown(make_report(benchmarks=records), limit)
    assert len(text.encode()) <= limit
    rows = [line for line in text.splitlines() if line.startswith("| net | benchmark-")]
    assert all(line.endswith("= unchanged |") for line in rows)
    assert f"{500 - len(rows)} of 500 rows do not fit here" in text
    assert text.rstrip().endswith("</details>")


def test_names_cannot_break_out_of_the_table() -> None:
    evil = "a|b\n<script>alert(1)</script> `x` [y](z)"
    text = markdown(
        make_report(benchmarks=[make_record(model=evil)], models=[ModelRecord(identifier=evil, specification=evil)])
    )
    assert "<script>" not in text
    assert r"a\|b &lt;script&gt;" in text
    assert escape("a\nb") == "a b"
