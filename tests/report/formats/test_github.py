"""The report for GitHub Actions: annotations within their limits, rightly escaped, and outputs for later steps."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pytest_brainscore.errors import ReportError
from pytest_brainscore.report.destination import Destination, parse_destination
from pytest_brainscore.report.formats.github import outputs, workflow_commands
from pytest_brainscore.report.record import BenchmarkRecord
from pytest_brainscore.report.writing import write_report
from pytest_brainscore.scoring.comparison import Comparison
from tests.support.records import make_record, make_report


def regressed(identifier: str, delta: float) -> BenchmarkRecord:
    comparison = Comparison(verdict="regressed", baseline=0.5, delta=delta, tolerance=0.005)
    return make_record(identifier=identifier, score=0.5 + delta, comparison=comparison)


def test_a_run_that_is_well_has_no_annotations() -> None:
    assert workflow_commands(make_report()) == []


def test_ten_at_most_the_worst_first_and_the_last_tells_the_rest() -> None:
    records = [regressed(f"b{number:02}", -0.01 * (number + 1)) for number in range(13)]
    commands = workflow_commands(make_report(benchmarks=records))
    assert len(commands) == 10
    assert commands[0].startswith("::error title=b12 of net::.370 ± .010, ▼ regressed -.130, baseline .500")
    assert commands[9] == "::error title=4 more benchmarks::b03 of net, b02 of net, b01 of net, b00 of net"


def test_ten_fit_without_a_rest() -> None:
    commands = workflow_commands(make_report(benchmarks=[regressed(f"b{number}", -0.1) for number in range(10)]))
    assert len(commands) == 10
    assert not any("more benchmarks" in command for command in commands)


def test_what_has_failed_comes_before_what_fell() -> None:
    broken = make_record(
        identifier="broken", status="failed", reason="100% lost,\nreally: yes", score=None, comparison=None
    )
    commands = workflow_commands(make_report(benchmarks=[regressed("fell", -0.3), broken]))
    assert commands[0] == "::error title=broken of net::failed: 100%25 lost,%0Areally: yes"


def test_properties_escape_colons_and_commas_too() -> None:
    (command,) = workflow_commands(make_report(benchmarks=[regressed("a:b,c%", -0.1)]))
    assert command.startswith("::error title=a%3Ab%2Cc%25 of net::")


def test_an_annotation_stands_at_the_line_of_its_baseline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
    folder = tmp_path / "fixtures" / "baselines"
    folder.mkdir(parents=True)
    (folder / "net.json").write_text('{\n  "scores": {\n    "other": {},\n    "fell": {}\n  }\n}\n')
    (command,) = workflow_commands(make_report(benchmarks=[regressed("fell", -0.1)]), folder)
    assert command.startswith("::error file=fixtures/baselines/net.json,line=4,title=fell of net::")


@pytest.mark.parametrize("model", ["net", "a\0b", "..", "x" * 300, "é\n::error::"])
def test_an_odd_name_or_a_damaged_baseline_costs_no_annotation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model: str
) -> None:
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
    (tmp_path / "net.json").write_bytes(b'\xff\xfe\n"fell"\n')
    record = regressed("fell", -0.1)
    odd = BenchmarkRecord(**{name: getattr(record, name) for name in record.__struct_fields__} | {"model": model})
    assert len(workflow_commands(make_report(benchmarks=[odd]), tmp_path)) == 1


def test_a_baseline_outside_the_workspace_is_not_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path / "workspace"))
    (tmp_path / "net.json").write_text("{}")
    (command,) = workflow_commands(make_report(benchmarks=[regressed("fell", -0.1)]), tmp_path)
    assert "file=" not in command


def test_the_outputs_are_single_lines() -> None:
    report = make_report(benchmarks=[regressed("fell", -0.1)], complete=False)
    assert outputs(report) == {
        "score": "",
        "red": "true",
        "regressions": "1",
        "summary": "1 scored; 1 regressed",
        "complete": "false",
    }


def test_a_report_for_github_appends_to_the_summary_and_to_the_outputs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    summary, output = tmp_path / "summary.md", tmp_path / "output"
    summary.write_text("from an earlier tool\n")
    output.write_text("earlier=1\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    monkeypatch.setenv("GITHUB_OUTPUT", str(output))
    destination = parse_destination("github")
    assert destination == Destination("github", summary)
    commands = write_report(make_report(benchmarks=[regressed("fell", -0.1)]), destination)
    assert len(commands) == 1
    assert summary.read_text().startswith("from an earlier tool\n<!-- brainscore -->\n")
    assert output.read_text().splitlines()[:3] == ["earlier=1", "score=", "red=true"]


def test_outside_of_github_actions_the_word_alone_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    with pytest.raises(ReportError, match="GITHUB_STEP_SUMMARY is not set; give github:PATH"):
        parse_destination("github")


def test_a_shields_endpoint_badge(tmp_path: Path) -> None:
    record = make_record(
        identifier="FreemanZiemba2013.V2-pls", version=2, score=0.311, parents=["average_vision", "neural_vision", "V2"]
    )
    write_report(make_report(benchmarks=[record]), Destination("badge", tmp_path / "badge.json"))
    assert json.loads((tmp_path / "badge.json").read_text()) == {
        "schemaVersion": 1,
        "label": "brain-score",
        "message": ".311 (1 of 81)",
        "color": "blue",
        "isError": False,
    }


def test_a_badge_without_a_score_is_an_error_and_no_zero(tmp_path: Path) -> None:
    write_report(make_report(benchmarks=[]), Destination("badge", tmp_path / "badge.json"))
    badge = json.loads((tmp_path / "badge.json").read_text())
    assert (badge["message"], badge["isError"]) == ("no score", True)
