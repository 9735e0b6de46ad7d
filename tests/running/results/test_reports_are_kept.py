"""A run that scored nothing never takes the place of a report that has scores, and two runs never share one."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_brainscore.errors import ReportError
from pytest_brainscore.running.output import Output

if TYPE_CHECKING:
    from tests.support.projects import Project

NOTHING_RUNS = [
    ["-k", "nothing"],
    ["--deselect", "test_toys.py"],
    ["--collect-only"],
    ["--setup-plan"],
    ["--setup-only"],
    ["--fixtures"],
    ["--fixtures-per-test"],
    ["--help"],
    ["--markers"],
    ["-k", "nothing", "-n", "2"],
]
KINDS = ("json", "jsonl", "html", "md", "csv", "badge", "junit", "ctrf")


def reports(project: Project) -> dict[str, bytes]:
    names = ("brainscore-report.json", "brainscore-report.jsonl")
    return {name: (project.path / name).read_bytes() for name in names if (project.path / name).exists()}


def test_a_run_that_runs_nothing_writes_no_report(project: Project) -> None:
    for arguments in NOTHING_RUNS:
        project.run(*arguments)
        assert reports(project) == {}, arguments


def test_a_run_that_runs_nothing_leaves_a_report_as_it_is(project: Project) -> None:
    project.run()
    before = reports(project)
    for arguments in NOTHING_RUNS:
        project.run(*arguments)
        assert reports(project) == before, arguments


@pytest.mark.parametrize("arguments", [["--lf", "--lfnf", "none"], ["--sw"]], ids=" ".join)
def test_what_the_cache_deselects_is_not_selected(project: Project, arguments: list[str]) -> None:
    command = ["test_toys.py", "--model", "net.py:build", "-p", "cacheprovider", *arguments]
    project.run()
    before = reports(project)
    project.pytester.runpytest_subprocess(*command)
    after = json.loads(reports(project)["brainscore-report.json"])
    assert reports(project) == before or len(after["benchmarks"]) == 2


def test_a_selection_is_complete_when_what_it_selects_is_there(project: Project) -> None:
    project.run("-k", "one")
    assert project.report()["complete"] is True
    assert list(project.benchmarks()) == ["one"]


@pytest.mark.parametrize(
    "outcome",
    [{"unavailable": "no data"}, {"raise": "broken"}, {"do": "raise SystemExit"}],
    ids=lambda each: next(iter(each)),
)
@pytest.mark.parametrize("workers", ["0", "2"])
def test_a_run_without_a_score_is_written_beside(project: Project, workers: str, outcome: dict[str, str]) -> None:
    project.run()
    before = reports(project)
    project.outcomes({"one": outcome, "two": {"unavailable": "no data"}})
    result = project.run("-n", workers)
    assert reports(project) == before
    beside = project.report("brainscore-report.unscored.json")
    assert [record["score"] for record in beside["benchmarks"]] == [None, None]
    assert len(project.lines("brainscore-report.unscored.jsonl")) == 2
    result.stdout.fnmatch_lines(["nothing was scored; brainscore-report.json is left as it is*unscored.json"])


def test_lines_move_to_their_place_with_the_first_score(project: Project) -> None:
    project.run()
    project.outcomes({"one": {"unavailable": "no data", "cost": 9}, "two": {"score": 0.1}})
    project.run()
    assert [line["identifier"] for line in project.lines()] == ["one", "two"]
    assert not (project.path / "brainscore-report.unscored.jsonl").exists()
    assert project.benchmarks()["two"]["score"] == 0.1


def test_a_report_without_scores_gives_way(project: Project) -> None:
    project.outcomes({"one": {"unavailable": "no data"}})
    project.run()
    project.outcomes({"one": {"raise": "broken"}})
    project.run()
    assert project.benchmarks()["one"]["status"] == "failed"


def test_every_kind_is_left_alone_when_there_is_nothing_to_tell(project: Project) -> None:
    wanted = [f"--brainscore-report={kind}:out/{kind}.{kind}" for kind in KINDS]
    project.run(*wanted, "--brainscore-report=plots:out/plots")
    before = {path: path.read_bytes() for path in (project.path / "out").rglob("*") if path.is_file()}
    assert len(before) >= len(KINDS)
    project.run(*wanted, "--brainscore-report=plots:out/plots", "-k", "nothing")
    project.outcomes({"one": {"unavailable": "no data"}, "two": {"unavailable": "no data"}})
    project.run(*wanted, "--brainscore-report=plots:out/plots")
    assert {path: path.read_bytes() for path in before} == before


def test_what_shows_a_report_tells_of_failures(project: Project) -> None:
    """A page or a comment that stays green beside a red run would be worse than one that is lost."""
    project.run("--brainscore-report=md:report.md")
    project.outcomes({"one": {"raise": "broken"}})
    project.run("--brainscore-report=md:report.md")
    assert "failed" in (project.path / "report.md").read_text()


def test_workers_that_never_start_are_red_and_leave_the_report(project: Project) -> None:
    project.run()
    before = reports(project)
    conftest = project.path / "conftest.py"
    conftest.write_text(
        f"{conftest.read_text()}\nimport os\ndef pytest_sessionstart(session):\n"
        "    if hasattr(session.config, 'workerinput'): os._exit(1)\n"
    )
    result = project.run("-n", "2", "--max-worker-restart=0")
    assert result.ret == pytest.ExitCode.INTERNAL_ERROR
    assert reports(project) == before


class TestTwoRunsAtOnce:
    def test_the_second_is_refused_and_the_first_is_whole(self, project: Project) -> None:
        project.outcomes({"one": {"score": 0.5, "do": "while not Path('go').exists(): time.sleep(.05)"}})
        command = [sys.executable, "-m", "pytest", "test_toys.py", "--model", "net.py:build"]
        first = subprocess.Popen(command, cwd=project.path, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while not (project.path / ".brainscore-report.json.lock").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        second = project.run()
        elsewhere = project.run("-k", "nothing", "--brainscore-report=json:other.json")
        (project.path / "go").touch()
        assert first.wait(timeout=60) == 0
        assert second.ret == pytest.ExitCode.USAGE_ERROR
        second.stderr.fnmatch_lines(["*Another run is writing the report*brainscore-report.json; wait until*"])
        assert elsewhere.ret == pytest.ExitCode.NO_TESTS_COLLECTED
        assert project.benchmarks()["one"]["score"] == 0.5
        assert not list(project.path.glob(".*.lock"))

    def test_files_are_free_again_afterwards(self, tmp_path: Path) -> None:
        first, second = (Output([f"json:{tmp_path}/a.json", f"md:{tmp_path}/a.md"]) for _ in range(2))
        first.lock()
        with pytest.raises(ReportError, match="Another run is writing"):
            second.lock()
        first.unlock()
        second.lock()
        second.unlock()
        assert list(tmp_path.iterdir()) == []
