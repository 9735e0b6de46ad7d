"""``--brainscore-resume REPORT``: a run goes on where another was killed, with one and the same command."""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.support.projects import Project

RESUME = ("--brainscore-resume=run.json", "--brainscore-report=json:run.json")
COUNTING = """
    with (Path(__file__).parent / "scored.txt").open("a") as file:
        file.write(benchmark.identifier + "\\n")
"""


@pytest.fixture
def counting(project: Project) -> Project:
    """Return a project that notes what is scored."""
    family = project.path / "toy_family.py"
    start = "    outcome = OUTCOMES[benchmark.identifier]\n"
    family.write_text(family.read_text().replace(start, COUNTING + start))
    return project


def scored(project: Project) -> list[str]:
    """Return what was scored since it was last asked."""
    path = project.path / "scored.txt"
    names = path.read_text().split() if path.exists() else []
    path.unlink(missing_ok=True)
    return sorted(names)


def records(project: Project) -> dict[str, dict[str, Any]]:
    return {each["identifier"]: each for each in project.report("run.json")["benchmarks"]}


@pytest.mark.slow
def test_what_a_killed_run_has_scored_is_taken_over(counting: Project) -> None:
    project = counting
    fine = {
        "a": {"right": [1, 1, 0, 1], "cost": 9},
        "b": {"no number": "nothing varies", "cost": 8},
        "c": {"right": [0, 1, 0, 1], "cost": 7},
        "d": {"right": [1, 1, 1, 1], "cost": 1},
    }
    project.outcomes({**fine, "d": {"cost": 1, "kill": True}})
    first = project.run(*RESUME)
    assert first.ret == -signal.SIGKILL
    first.stdout.fnmatch_lines(["brainscore: there is no */run.json yet to resume; everything is scored"])
    assert scored(project) == ["a", "b", "c", "d"]
    lines = project.path / "run.jsonl"
    assert (project.path / "run.parts").exists()
    lines.write_bytes(lines.read_bytes() + b'{"model": "net.bu')  # a line is torn

    # It is killed again, at the same place: nothing that the first has scored is lost or scored again.
    assert project.run(*RESUME).ret == -signal.SIGKILL
    assert scored(project) == ["d"]
    project.outcomes(fine)
    last = project.run(*RESUME, "-n", "2")
    last.assert_outcomes(passed=3, xfailed=1)
    last.stdout.fnmatch_lines(["brainscore: resuming */run.jsonl with 3 results", "3 results taken over from *"])
    assert scored(project) == ["d"]
    assert not (project.path / "run.parts").exists()
    found = records(project)
    assert {name: record["resumed"] for name, record in found.items()} == {"a": True, "b": True, "c": True, "d": False}

    project.run("--brainscore-report=json:serial.json")
    serial = {each["identifier"]: each for each in project.report("serial.json")["benchmarks"]}
    for name in fine:
        for field in serial[name].keys() - {"seconds", "worker", "peak_rss_mb", "resumed"}:
            assert found[name][field] == serial[name][field], (name, field)
    for ending in ("replicates", "contributions"):
        files = [project.path / f"{name}.{ending}.npz" for name in ("run", "serial")]
        assert files[0].read_bytes() == files[1].read_bytes()
    assert project.report("run.json")["aggregates"] == project.report("serial.json")["aggregates"]


@pytest.mark.slow
def test_what_has_no_result_or_another_is_scored_and_what_is_taken_over_is_judged_anew(counting: Project) -> None:
    project = counting
    project.outcomes(
        {
            "fine": {"score": 0.5},
            "old": {"score": 0.5, "version": 1},
            "bad": {"raise": "no such luck"},
            "away": {"unavailable": "It is in a drawer."},
        }
    )
    project.run(*RESUME).assert_outcomes(passed=2, failed=1, skipped=1)
    assert scored(project) == ["bad", "fine", "old"]
    now = {
        "fine": {"score": 0.9},
        "old": {"score": 0.6, "version": 2},
        "bad": {"score": 0.1},
        "away": {"score": 0.2},
    }
    project.outcomes(now)
    baseline = {"score": 0.8, "error": 0.0, "raw": None, "ceiling": None}
    fingerprint = records(project)["fine"]["fingerprint"]
    project.baseline().parent.mkdir(parents=True)
    project.baseline().write_text(
        json.dumps({"schema": 1, "model": "net.build", "scores": {"fine": {**baseline, "fingerprint": fingerprint}}})
    )
    result = project.run(*RESUME)
    result.assert_outcomes(passed=3, failed=1)
    assert scored(project) == ["away", "bad", "old"]
    fine = records(project)["fine"]
    assert (fine["score"], fine["resumed"], fine["comparison"]["verdict"]) == (0.5, True, "regressed")

    # Another protocol is another benchmark, and what cannot be read is no report.
    family = project.path / "toy_family.py"
    family.write_text(family.read_text().replace("value * .9", "value * .8"))
    result = project.run(*RESUME)
    result.stdout.fnmatch_lines(
        ["0 results taken over from earlier runs; 4 results scored anew: definition was * and is *"]
    )
    assert scored(project) == ["away", "bad", "fine", "old"]
    (project.path / "run.json").write_text("{")
    (project.path / "run.jsonl").unlink()
    broken = project.run(*RESUME)
    assert broken.ret == pytest.ExitCode.USAGE_ERROR
    broken.stderr.fnmatch_lines(["*run.json is not in the format of this package*"])


def test_bootstrap_values_that_are_lost_are_drawn_again_and_another_tree_is_refused(counting: Project) -> None:
    project = counting
    project.outcomes({"with": {"score": 0.5, "replicates": 3}, "nan": {"no number": "nothing varies"}})
    project.run(*RESUME)
    scored(project)
    before = (project.path / "run.replicates.npz").read_bytes()
    (project.path / "run.replicates.npz").write_bytes(b"torn")
    result = project.run(*RESUME)
    result.stdout.fnmatch_lines(["*resuming */run.json with 1 result; 1 other without bootstrap values, scored anew"])
    assert scored(project) == ["with"]
    assert (project.path / "run.replicates.npz").read_bytes() == before
    other = project.run(*RESUME, "--brainscore-tree=2026")
    assert other.ret == pytest.ExitCode.USAGE_ERROR
    other.stderr.fnmatch_lines(["*run.json averages over the score tree published, and this run over 2026; resume it*"])
