"""``--brainscore-shard i/N``: parts of a run that need nothing of each other, and are the run once they are merged."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.support.projects import Project

FURTHER_TEST = """
from pathlib import Path

def test_of_something_else():
    with Path("ran.txt").open("a") as file:
        file.write("once\\n")
"""
CUT = ("seconds", "worker", "peak_rss_mb")


def scores(project: Project, name: str) -> list[dict[str, Any]]:
    return [{key: each[key] for key in each.keys() - CUT} for each in project.report(name)["benchmarks"]]


def shard(project: Project, word: str, *arguments: str) -> pytest.RunResult:
    path = f"json:{word.replace('/', '-of-')}.json"
    return project.run(f"--brainscore-shard={word}", f"--brainscore-report={path}", *arguments)


@pytest.mark.walkthrough
def test_shards_that_are_merged_are_the_serial_run(project: Project) -> None:
    names = [f"b{place}" for place in range(6)]
    project.outcomes({name: {"score": 0.5, "replicates": place + 1} for place, name in enumerate(names)})
    project.run("--brainscore-update=new").assert_outcomes(passed=6)
    now: dict[str, dict[str, Any]] = {
        name: {"score": 0.5 + 0.001 * place, "replicates": 1 + place} for place, name in enumerate(names)
    }
    now["b0"]["score"] = 0.4  # beyond doubt, with the chance of an error that all of the run share
    now["b2"] = {"unavailable": "It is in a drawer."}
    project.outcomes(now)
    (project.path / "test_toys.py").write_text((project.path / "test_toys.py").read_text() + FURTHER_TEST)

    serial = project.run("--brainscore-report=json:serial.json")
    serial.assert_outcomes(passed=5, failed=1, skipped=1)
    (project.path / "ran.txt").unlink()
    shard(project, "2/3").assert_outcomes(passed=2, failed=0, deselected=5)
    shard(project, "3/3", "-n", "2").assert_outcomes(passed=1, skipped=1)
    first = shard(project, "1/3")
    first.assert_outcomes(passed=2, failed=1, deselected=4)
    assert (project.path / "ran.txt").read_text() == "once\n"
    first.stdout.fnmatch_lines(["shard 1 of 3: 2 of 6 benchmarks; means are those of all shards together: *"])
    assert "mean of what ran" not in first.stdout.str()
    parts = [project.report(f"{index}-of-3.json") for index in (1, 2, 3)]
    assert [(part["shard"]["index"], part["shard"]["count"], part["shard"]["selected"]) for part in parts] == [
        (1, 3, 6), (2, 3, 6), (3, 3, 6)
    ]  # fmt: skip
    assert len({part["shard"]["selection"] for part in parts}) == 1
    assert all(part["aggregates"] == {} for part in parts)

    merged = project.pytester.run(
        "brainscore", "merge", *(f"{index}-of-3.json" for index in (3, 1, 2)), "--expect=3", "--to=json:all.json"
    )
    assert merged.ret == 1  # b0 fell
    assert scores(project, "all.json") == scores(project, "serial.json")
    assert project.report("all.json")["aggregates"] == project.report("serial.json")["aggregates"]
    assert project.report("all.json")["shard"] is None
    replicates = [(project.path / f"{name}.replicates.npz").read_bytes() for name in ("all", "serial")]
    assert replicates[0] == replicates[1]

    # A shard of which nothing is known is no whole run, and another selection is another run.
    incomplete = project.pytester.run("brainscore", "merge", "1-of-3.json", "3-of-3.json", "--to=json:none.json")
    assert incomplete.ret == 1
    incomplete.stderr.fnmatch_lines(["*Of the 3 shards of net.build, 2 is missing (there: 1-of-3.json, 3-of-3.json)*"])
    shard(project, "2/3", "-k", "not b5")
    other = project.pytester.run(
        "brainscore", "merge", *(f"{index}-of-3.json" for index in (1, 2, 3)), "--to=json:none.json"
    )
    other.stderr.fnmatch_lines(["*2-of-3.json and 1-of-3.json are not shards of one run: they were to score other*"])
    assert not (project.path / "none.json").exists()


def test_a_shard_without_a_benchmark_is_green_and_says_so(project: Project) -> None:
    (project.path / "3-of-3.json").write_text(json.dumps({"status": "scored"}))  # of whatever was before
    result = shard(project, "3/3")
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(["shard 3 of 3: 0 of 2 benchmarks; *", "wrote 3-of-3.json"])
    report = project.report("3-of-3.json")
    assert (report["benchmarks"], report["complete"], report["shard"]["index"]) == ([], True, 3)
    assert shard(project, "3/3", "-k", "nothing_like_it").ret == pytest.ExitCode.NO_TESTS_COLLECTED
    nonsense = shard(project, "4/3")
    assert nonsense.ret == pytest.ExitCode.USAGE_ERROR
    nonsense.stderr.fnmatch_lines(["*--brainscore-shard '4/3' is no shard: they are counted from 1/3 to 3/3.*"])


def test_a_baseline_of_another_shard_is_not_missing_and_one_of_nobody_is_told_once(stored: Project) -> None:
    path = stored.baseline()
    content = json.loads(path.read_text())
    content["scores"]["gone"] = {**content["scores"]["one"]}
    path.write_text(json.dumps(content))
    shard(stored, "2/2", "--brainscore-missing=fail").assert_outcomes(passed=1)
    assert len(stored.report("2-of-2.json")["benchmarks"]) == 1
    assert shard(stored, "1/2", "--brainscore-missing=fail").ret == pytest.ExitCode.TESTS_FAILED
    records = {each["identifier"]: each for each in stored.report("1-of-2.json")["benchmarks"]}
    assert records["gone"]["comparison"]["verdict"] == "missing"


def test_a_benchmark_and_the_floor_beside_it_are_in_one_shard(project: Project) -> None:
    result = project.run("--brainscore-shard=1/2", "--brainscore-floor", "--brainscore-floor-seeds=1", "--co", "-q")
    shown = [line for line in result.outlines if "test_toys[" in line]
    assert len(shown) == 3
    assert len({line.rpartition("-")[2] for line in shown}) == 1
