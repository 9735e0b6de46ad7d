"""``brainscore merge``: one report of several, and never a green one that lacks a shard."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import Result

from pytest_brainscore.inference.levels import Replicates
from pytest_brainscore.report.json_files import write_json
from pytest_brainscore.report.reading import read_report
from pytest_brainscore.report.replicates import read_replicates
from pytest_brainscore.scoring.comparison import Comparison
from tests.support.records import make_record

Brainscore = Callable[..., Result]
Saved = Callable[..., Path]


@pytest.fixture
def shards(saved: Saved) -> Path:
    """Return a folder with the reports of two shards, and what else artifacts hold."""
    saved("shards/V1/report.json", benchmarks=[make_record(identifier="one")])
    path = saved("shards/IT/report.json", benchmarks=[make_record(identifier="two")])
    (path.parent / "badge.json").write_text('{"schemaVersion": 1}')
    return path.parent.parent


def test_shards_become_one_report(brainscore: Brainscore, shards: Path) -> None:
    result = brainscore("merge", shards, "--expect", 2, "--to", "json:new/merged.json", "--to", "md:new/merged.md")
    assert result.exit_code == 0
    assert result.stdout == "2 reports: 2 scored; 2 unchanged\n"
    assert {record.identifier for record in read_report(Path("new/merged.json")).benchmarks} == {"one", "two"}


def test_reports_may_be_named_one_by_one(brainscore: Brainscore, shards: Path) -> None:
    files = sorted(shards.glob("*/report.json"))
    assert brainscore("merge", *files, "--expect", 2, "--to", "json:merged.json").exit_code == 0


def test_a_missing_shard_fails_and_names_those_that_are_there(brainscore: Brainscore, shards: Path) -> None:
    result = brainscore("merge", shards, "--expect", 3, "--to", "json:merged.json")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: --expect asks for 3 reports, and 2 were found: ")
    assert "IT/report.json" in result.stderr
    assert not Path("merged.json").exists()


def test_a_folder_without_a_report_fails(brainscore: Brainscore, tmp_path: Path) -> None:
    assert brainscore("merge", tmp_path, "--to", "json:merged.json").exit_code == 1


def test_a_shard_that_was_stopped_fails_and_what_there_is_is_written(
    brainscore: Brainscore, shards: Path, saved: Saved
) -> None:
    saved("shards/V4/report.json", benchmarks=[make_record(identifier="three")], complete=False)
    result = brainscore("merge", shards, "--to", "json:merged.json")
    assert result.exit_code == 1
    assert "V4/report.json was stopped or lost results" in result.stderr
    assert read_report(Path("merged.json")).complete is False


def test_a_red_shard_makes_the_merge_red(brainscore: Brainscore, shards: Path, saved: Saved) -> None:
    fallen = Comparison(verdict="regressed", baseline=0.6, delta=-0.1, tolerance=0.005)
    saved("shards/V4/report.json", benchmarks=[make_record(identifier="three", comparison=fallen)])
    result = brainscore("merge", shards, "--to", "json:merged.json")
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1] == "red: three of net"


def test_shards_that_overlap_are_refused(brainscore: Brainscore, shards: Path, saved: Saved) -> None:
    saved("shards/V4/report.json", benchmarks=[make_record(identifier="two")])
    result = brainscore("merge", shards, "--to", "json:merged.json")
    assert result.exit_code == 1
    assert "two of net has a result in " in result.stderr


def test_a_broken_report_in_a_folder_is_an_error_and_not_left_out(brainscore: Brainscore, shards: Path) -> None:
    path = shards / "V1" / "report.json"
    path.write_text(path.read_text()[:300])
    result = brainscore("merge", shards, "--to", "json:merged.json")
    assert result.exit_code == 1
    assert "V1/report.json is not in the format of this package" in result.stderr


def test_a_report_that_is_given_twice_counts_once(brainscore: Brainscore, shards: Path) -> None:
    """By its folder and by name, or by two names of the same file."""
    file = shards / "V1" / "report.json"
    link = shards.parent / "link.json"
    link.symlink_to(file)
    again = (shards, file, shards / "V1" / ".." / "V1" / "report.json", link)
    result = brainscore("merge", *again, "--expect", 2, "--to", "json:merged.json")
    assert result.exit_code == 0, result.output
    assert result.stdout == "2 reports: 2 scored; 2 unchanged\n"


def test_bootstrap_values_are_merged(brainscore: Brainscore, shards: Path) -> None:
    for name, folder in (("one", "V1"), ("two", "IT")):
        path = shards / folder / "report.json"
        drawn = Replicates(0.5, 0.5 + np.arange(1000) / 2**14, np.zeros((1, 250)))
        write_json(read_report(path), path, {("net", name, 1): drawn})
    assert brainscore("merge", shards, "--to", "json:merged.json").exit_code == 0
    merged = read_report(Path("merged.json"))
    assert sorted(read_replicates("merged.json", merged)) == [("net", "one", 1), ("net", "two", 1)]
    (shards / "V1" / "report.replicates.npz").unlink()
    result = brainscore("merge", shards, "--to", "json:merged.json")
    assert result.exit_code == 0
    assert "V1/report.json cannot be read from" in result.stderr
    assert "Warning" not in result.stderr
    assert sorted(read_replicates("merged.json", read_report(Path("merged.json")))) == [("net", "two", 1)]
