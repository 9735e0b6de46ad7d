"""``--brainscore-tree``: which leaves run by default, in which versions, and what means are those over."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from pytest_brainscore.trees import PANEL_IN_WORDS, leaves_of, panel
from tests.support.projects import QUIET, written_anew

if TYPE_CHECKING:
    from tests.support.projects import Project

# The published benchmarks without their data: every leaf has .5, but those that outcomes.json names.
CONFTEST = """
import json
from pathlib import Path

from pytest_brainscore.benchmarks import benchmark as benchmarks
from pytest_brainscore.errors import DataUnavailable, NoNumber
from pytest_brainscore.scoring.score import Score

OUTCOMES = json.loads((Path(__file__).parent / "outcomes.json").read_text())


def call(benchmark, model=None, data=None):
    if model is None:
        return None
    outcome = OUTCOMES.get(benchmark.identifier, .5)
    if outcome == "fails":
        raise ValueError("no such luck")
    if outcome == "no number":
        raise NoNumber("nothing varies")
    if outcome == "away":
        raise DataUnavailable("Its recordings are in a drawer.")
    return Score(value=outcome, error=.1, raw=outcome, ceiling=1, normalisation="r/c", n={"stimuli": 4},
                 provenance={"version": benchmark.version})


call.__module__ = "pytest_brainscore.benchmarks.toy"
benchmarks.resolve = lambda function: call
benchmarks.Benchmark.unavailable = lambda benchmark: None
benchmarks.Benchmark.obtain_data = lambda benchmark, progress=False: None
"""


@pytest.fixture
def suites(project: Project) -> Project:
    """Return a project whose model is scored by the suites of this package."""
    from tests.support.projects import QUICK_MODEL

    (project.path / "conftest.py").write_text(
        f"import sys\nfrom pathlib import Path\nsys.path.insert(0, str(Path(__file__).parent))\n{QUICK_MODEL}{CONFTEST}"
    )
    choose(project, {})
    return project


def choose(project: Project, outcomes: dict[str, float | str]) -> None:
    (project.path / "outcomes.json").write_text(json.dumps(outcomes))


def score(project: Project, *arguments: str) -> pytest.RunResult:
    written_anew(project.path)
    return project.pytester.runpytest_subprocess("--model", "net.py:build", *QUIET, *arguments)


def means(project: Project) -> dict[str, Any]:
    (found,) = project.report()["aggregates"].values()
    return dict(found)


@pytest.mark.walkthrough
@pytest.mark.parametrize("workers", ["0", "2"])
def test_parents_have_the_leaves_and_versions_of_the_tree(suites: Project, workers: str) -> None:
    result = score(suites, "-n", workers, "--brainscore-tree", "2026", "--brainscore-benchmark", "V4")
    result.assert_outcomes(passed=10)
    scored = {name: record["version"] for name, record in suites.benchmarks().items()}
    assert scored == {leaf.identifier: leaf.version for leaf in leaves_of("2026") if "V4" in leaf.parents}
    assert suites.report()["tree"] == "2026"
    assert (means(suites)["V4"]["scored"], means(suites)["V4"]["leaves"]) == (10, 10)
    assert means(suites)["neural_vision"]["site_comparable"] == pytest.approx(0.125)
    result.stdout.fnmatch_lines(["*score tree 2026*", "*means over the score tree 2026*"])


@pytest.mark.walkthrough
@pytest.mark.parametrize(("tree", "count"), [("published", 106), ("2026", 124), ("2022", 34)])
def test_the_suites_collect_the_leaves_of_the_tree(suites: Project, tree: str, count: int) -> None:
    result = score(suites, "-n", "0", "--collect-only", "-q", "--brainscore-tree", tree)
    assert sum("[net.build-" in line for line in result.outlines) == count
    assert result.ret == 0


@pytest.mark.walkthrough
def test_the_ini_file_and_the_environment_name_the_tree_and_the_command_line_comes_first(
    suites: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def leaves(*arguments: str) -> int:
        result = score(suites, "-n", "0", "--collect-only", "-q", "--brainscore-benchmark", "IT", *arguments)
        return sum("[net.build-" in line for line in result.outlines)

    assert leaves() == 7
    monkeypatch.setenv("BRAINSCORE_TREE", "2026")
    assert leaves() == 13
    (suites.path / "pytest.ini").write_text("[pytest]\nbrainscore_tree = 2022\n")
    assert leaves() == 5
    assert leaves("--brainscore-tree", "2024") == 7


def test_an_unknown_tree_stops_the_run_with_those_there_are(project: Project) -> None:
    result = project.run("--brainscore-tree", "2027")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*--brainscore-tree is '2027', and there is no*use one of published, 2026, 2024*"])
    (project.path / "pytest.ini").write_text("[pytest]\nbrainscore_tree = 2021-Q1\n")
    result = project.run()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*The ini setting brainscore_tree is '2021-Q1', *is not determinable*"])


def test_a_parent_that_the_tree_has_not_is_refused(project: Project) -> None:
    result = project.run("--brainscore-tree", "2022", "--brainscore-benchmark", "engineering_vision")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*The score tree 2022 has no benchmark below engineering_vision*"])


@pytest.mark.walkthrough
def test_scored_failed_and_never_attempted_are_three_things(suites: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the five leaves of V2 in 2026 one has .5, two fail (one raises, one has no number), two are unavailable."""
    choose(
        suites,
        {
            "tong.Coggan2024_fMRI.V2-rdm": "fails",
            "Hebart2023_fmri.V2-ridgecv": "no number",
            "Allen2022_fmri_surface.V2-ridge": "away",
            "Allen2022_fmri_surface.V2-rdm": "away",
        },
    )
    monkeypatch.setenv("COLUMNS", "140")
    result = score(suites, "-n", "0", "--brainscore-tree", "2026", "--brainscore-benchmark", "V2")
    found = means(suites)["V2"]
    assert (found["scored"], found["failed"], found["leaves"]) == (1, 2, 5)
    assert found["mean_of_what_ran"] == pytest.approx(0.5)
    assert found["mean_of_what_was_attempted"] == pytest.approx(0.5 / 3)
    assert found["site_comparable"] == pytest.approx(0.5 / 5)
    result.stdout.fnmatch_lines(
        ["*V2 * .500 * 1 of 5, 2 X * .167 * .100*", "*those that failed (X: attempted, no number*"]
    )


@pytest.mark.walkthrough
def test_the_panel_runs_in_its_versions_and_has_a_mean_of_its_own(suites: Project) -> None:
    choose(suites, {"Rajalingham2018-i2n": 0.2, "Kar2019-ost": "away"})
    result = score(suites, "-n", "0", "--brainscore-benchmark", "panel")
    result.assert_outcomes(passed=14, skipped=1)
    scored = {name: record["version"] for name, record in suites.benchmarks().items()}
    assert scored == {leaf.identifier: leaf.version for leaf in panel()}
    found = means(suites)["panel"]
    assert (found["scored"], found["leaves"]) == (14, 15)
    # V1, V2 and V4 are .5, IT is .4, as one of its five is missing; behavior_vision is the mean of .2, .5 and .5.
    expected = ((3 * 0.5 + 0.4) / 4 + 0.4) / 2
    assert found["site_comparable"] == pytest.approx(expected)
    result.stdout.fnmatch_lines([f"*{PANEL_IN_WORDS[:60]}*"])


@pytest.mark.walkthrough
def test_one_baseline_file_serves_all_trees(suites: Project) -> None:
    """A leaf has .5 in the version of each tree; then it falls in that of 2026 only."""
    leaf = ("--brainscore-benchmark", "MajajHong2015.IT-pls")
    for tree in ("published", "2026"):
        score(suites, "-n", "0", *leaf, "--brainscore-tree", tree, "--brainscore-update", "new")
        assert suites.benchmarks()[leaf[1]]["comparison"]["verdict"] == "new"
    choose(suites, {"MajajHong2015.IT-pls": 0.4})
    score(suites, "-n", "0", *leaf, "--brainscore-tree", "2026", "--brainscore-update", "all")
    assert suites.benchmarks()[leaf[1]]["comparison"]["verdict"] == "regressed"
    choose(suites, {})
    for tree, verdict in (("published", "unchanged"), ("2026", "improved")):
        score(suites, "-n", "0", *leaf, "--brainscore-tree", tree)
        assert suites.benchmarks()[leaf[1]]["comparison"]["verdict"] == verdict
