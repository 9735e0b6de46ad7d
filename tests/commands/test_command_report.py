"""``brainscore report``: a report in other forms, all or none of which can be written."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from pytest_brainscore.report.reading import read_json_lines, read_report
from pytest_brainscore.scoring.comparison import Comparison
from tests.support.records import make_record

Brainscore = Callable[..., Result]
Saved = Callable[..., Path]


def test_every_type_can_be_made_of_a_report(brainscore: Brainscore, saved: Saved, tmp_path: Path) -> None:
    path = saved()
    kinds = ("json", "jsonl", "html", "md", "csv", "badge", "junit", "ctrf", "github")
    words = [word for kind in kinds for word in ("--to", f"{kind}:{tmp_path / 'out' / kind}")]
    result = brainscore("report", path, *words)
    assert result.exit_code == 0
    assert result.stderr.splitlines() == [f"wrote {tmp_path / 'out' / kind}" for kind in kinds]
    out = tmp_path / "out"
    assert read_report(out / "json") == read_report(path)
    assert read_json_lines(out / "jsonl") == read_report(path).benchmarks
    assert (out / "html").read_text().startswith("<!DOCTYPE html>")
    assert (out / "junit").read_text().startswith("<?xml")
    assert json.loads((out / "ctrf").read_text())["reportFormat"] == "CTRF"
    assert [row["identifier"] for row in csv.DictReader((out / "csv").open())] == ["texture-index"]


def test_annotations_go_to_the_standard_output_at_the_lines_of_the_baseline(
    brainscore: Brainscore, saved: Saved, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "net.json").write_text('{\n"texture-index": {}\n}')
    fallen = Comparison(verdict="regressed", baseline=0.6, delta=-0.1, tolerance=0.005)
    path = saved(benchmarks=[make_record(comparison=fallen)])
    result = brainscore("report", path, "--to", "github", "--baseline", tmp_path / "kept")
    assert result.exit_code == 0  # it tells what happened; the run itself was red
    assert result.stdout.startswith("::error file=kept/net.json,line=2,title=texture-index of net::")


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("jsn:x", "did you mean json:x"),
        ("report", "give TYPE:PATH"),
        ("github", "GITHUB_STEP_SUMMARY is not set"),
        ("html:file/page.html", "folder cannot be created"),
    ],
)
def test_when_one_cannot_be_written_none_is(brainscore: Brainscore, saved: Saved, word: str, told: str) -> None:
    path = saved()
    Path("file").write_text("")
    result = brainscore("report", path, "--to", "md:out.md", "--to", word)
    assert result.exit_code == 1
    assert told in result.stderr
    assert not Path("out.md").exists()


def test_a_destination_is_needed(brainscore: Brainscore, saved: Saved) -> None:
    assert brainscore("report", saved()).exit_code == 2
