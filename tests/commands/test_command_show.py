"""``brainscore show``: a report in the terminal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from pytest_brainscore.report.record import ModelRecord
from tests.support.records import make_record
from tests.support.score_pages import published_report

Brainscore = Callable[..., Result]
Saved = Callable[..., Path]


def test_the_report_of_the_current_folder_is_the_default(brainscore: Brainscore, saved: Saved) -> None:
    saved("brainscore-report.json")
    result = brainscore("show")
    assert result.exit_code == 0
    assert result.stdout.startswith("brainscore-report.json: net; 2026-01-31T12:00:00+00:00\n")
    row = " ".join(result.stdout.splitlines()[2].split())
    assert row == "net texture-index@1 .500 ± .010 .450 .900 .500 = unchanged"
    assert result.stdout.endswith("1 scored; 1 unchanged\n")


def test_parents_have_both_numbers_and_their_coverage(
    brainscore: Brainscore, saved: Saved, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    output = brainscore("show", saved(report=published_report())).stdout
    (line,) = [line for line in output.splitlines() if " average_vision " in line]
    assert line.split()[-1] == ".133"


def test_what_has_no_score_says_why_and_an_incomplete_report_says_so(brainscore: Brainscore, saved: Saved) -> None:
    away = make_record(status="unavailable", reason="its data are in a drawer.", score=None, comparison=None)
    output = brainscore("show", saved(benchmarks=[away], complete=False)).stdout
    assert "; not complete\n" in output
    assert "unavailable: texture-index: its data are in a drawer." in output


def test_notes_on_recordings_are_told_once(brainscore: Brainscore, saved: Saved) -> None:
    note = "subj02 has no reliable unit and is left out."
    records = [make_record(identifier=name, details={"notes": [note]}) for name in ("one", "other")]
    odd = make_record(identifier="odd", details={"notes": "no list"})
    output = brainscore("show", saved(benchmarks=[*records, odd])).stdout
    assert output.count("note: ") == 1
    assert f"note: one, other: {note}" in output


def test_one_model_of_several(brainscore: Brainscore, saved: Saved) -> None:
    models = [ModelRecord(identifier=name, specification=name) for name in ("a", "b")]
    path = saved(models=models, benchmarks=[make_record(model="a"), make_record(model="b", score=0.25)])
    output = brainscore("show", path, "--model", "b").stdout
    assert ".250" in output
    assert ".500 ±" not in output
    result = brainscore("show", path, "--model", "c")
    assert (result.exit_code, result.stderr) == (1, f"Error: The report {path} has no model 'c'; it has a, b.\n")


@pytest.mark.parametrize("content", [None, "", "{", "[]", '{"schema": 99}', '{"schema": 1, "model": "net"}'])
def test_what_is_no_report_is_one_sentence(brainscore: Brainscore, tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "report.json"
    if content is not None:
        path.write_text(content)
    result = brainscore("show", path)
    assert result.exit_code == 1
    assert result.stderr.startswith(f"Error: The report {path} ")
    assert result.stderr.count("\n") == 1
