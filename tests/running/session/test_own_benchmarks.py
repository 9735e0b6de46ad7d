"""Benchmarks of one's own in a run: from conftest.py, a mark, a file, an installed package; and broken ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.packages import LAB, install_lab
from tests.support.projects import QUICK_MODEL, QUIET, TOY_MODEL, written_anew

CONFTEST = """
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from pytest_brainscore import Benchmark, Score

def score(benchmark, model, data):
    return Score(value=.5, error=.01, raw=.5, ceiling=1., normalisation="r/c", n={"stimuli": 1})

def pytest_brainscore_benchmarks(config):
    return [
        Benchmark(identifier="mylab-a", region="V4", metric="half", parents=("mylab", "mylab.V4"), protocol=score),
        Benchmark(identifier="mylab-b", region="IT", metric="lambda", parents=("mylab", "mylab.IT"),
                  protocol=lambda *given: Score(value=.25, error=.01, raw=.25, ceiling=1., normalisation="r/c", n={})),
    ]
"""
CONFTEST += QUICK_MODEL

MARKED = """
import pytest
from conftest import score
from pytest_brainscore import Benchmark

MINE = [Benchmark(identifier=name, region="V1", metric="half", protocol=score) for name in ("marked-a", "marked-b")]

@pytest.mark.brainscore(*MINE, "mylab")
def test_mine(model, brain_benchmark, brainscore):
    brainscore.check(brain_benchmark(model))
"""

BOTH = pytest.mark.parametrize("workers", ["0", "2"])


class Lab:
    """A project with benchmarks of its own, beside the published ones."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self.pytester = pytester
        self.path = pytester.path
        (self.path / "conftest.py").write_text(CONFTEST)
        (self.path / "net.py").write_text(TOY_MODEL)
        (self.path / "pytest.ini").write_text("[pytest]\n")

    def run(self, *arguments: str, select: str | None = "own") -> pytest.RunResult:
        """Score the toy model, on benchmarks of one's own unless told otherwise."""
        chosen = ["--brainscore-benchmark", select] if select else []
        written_anew(self.path)
        return self.pytester.runpytest_subprocess("--model", "net.py:build", *chosen, *QUIET, *arguments)

    def report(self) -> dict[str, Any]:
        """Return the report of the last run."""
        report: dict[str, Any] = json.loads((self.path / "brainscore-report.json").read_text())
        return report

    def scores(self) -> dict[str, float | None]:
        """Return the scores of the last run."""
        return {record["identifier"]: record["score"] for record in self.report()["benchmarks"]}


@pytest.fixture
def lab(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Lab:
    """Return such a project in an empty folder."""
    for variable in ("PYTEST_ADDOPTS", "CI", "GITHUB_ACTIONS", "BRAINSCORE_DATA"):
        monkeypatch.delenv(variable, raising=False)
    return Lab(pytester)


@pytest.fixture
def site(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder of installed packages that every process of the run has."""
    folder = lab.path / "site"
    monkeypatch.setenv("PYTHONPATH", str(folder), prepend=":")
    return folder


@BOTH
def test_the_hook_brings_them_into_the_run_the_report_and_the_baseline(lab: Lab, workers: str) -> None:
    lab.run("-n", workers, "--brainscore-update", "new", "--brainscore-report", "html:page.html", "--brainscore-report",
            "json:brainscore-report.json").assert_outcomes(passed=2)  # fmt: skip
    assert lab.scores() == {"mylab-a": 0.5, "mylab-b": 0.25}
    (aggregates,) = lab.report()["aggregates"].values()
    assert {name: each["mean_of_what_ran"] for name, each in aggregates.items()} == {
        "mylab": 0.375,
        "mylab.V4": 0.5,
        "mylab.IT": 0.25,
    }
    assert "mylab.IT" in (lab.path / "page.html").read_text()
    conftest = lab.path / "conftest.py"
    conftest.write_text(conftest.read_text().replace("value=.25", "value=.20"))
    result = lab.run("-n", workers)
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*mylab-b*cannot be compared with its baseline: definition was*"])


def test_a_worse_model_is_red(lab: Lab) -> None:
    conftest = lab.path / "conftest.py"
    conftest.write_text(conftest.read_text().replace("return Score(value=.5", "return Score(value=model.level"))
    network = lab.path / "net.py"
    network.write_text(network.read_text().replace('identifier = "toy"', 'identifier = "toy"\n    level = .5'))
    lab.run("--brainscore-update", "new").assert_outcomes(passed=2)
    network.write_text(network.read_text().replace("level = .5", "level = .4"))
    result = lab.run("-n", "2")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*mylab-a*regressed by .1000, from .5000*"])


def test_they_run_by_default_and_are_listed(lab: Lab) -> None:
    collected = lab.run("--collect-only", "-q", select=None).stdout.str()
    assert "test_own[net.build-mylab-a]" in collected
    assert "test_v1[net.build-Marques2020_DeValois1982-pref_or]" in collected
    listed = lab.pytester.runpytest_subprocess("--brainscore-list", *QUIET)
    listed.stdout.fnmatch_lines(
        ["average_vision", "mylab", "  mylab.V4", "*mylab-a*v1*V4*ready", "*of 108 benchmarks*"]
    )


@BOTH
def test_a_mark_holds_benchmarks_beside_names(lab: Lab, workers: str) -> None:
    (lab.path / "test_mine.py").write_text(MARKED)
    lab.run("-n", workers, "test_mine.py", select=None).assert_outcomes(passed=4)
    assert lab.scores() == {"marked-a": 0.5, "marked-b": 0.5, "mylab-a": 0.5, "mylab-b": 0.25}
    lab.run("-n", workers, "test_mine.py", "--brainscore-require", "marked-b", select="marked-?").assert_outcomes(
        passed=2
    )
    assert list(lab.scores()) == ["marked-a", "marked-b"]
    result = lab.run("-n", workers, "test_mine.py", "--brainscore-require", "marked-c", select=None)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*No benchmark*matches 'marked-c'; did you mean*marked-*"])


def test_a_file_is_named_in_place_of_a_benchmark(lab: Lab) -> None:
    (lab.path / "lab.py").write_text(LAB)
    lab.run("-n", "2", select="lab.py:defined").assert_outcomes(passed=1)
    assert lab.scores() == {"lab2026": 0.5}


def test_a_toml_file_in_place_of_a_test_file_is_told(lab: Lab) -> None:
    (lab.path / "mylab.toml").write_text('identifier = "Lab.V4"\n')
    result = lab.run("mylab.toml", select=None)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*mylab.toml holds no tests; *write --brainscore-benchmark mylab.toml."])


@BOTH
def test_a_mark_that_comes_too_late_is_told(lab: Lab, workers: str) -> None:
    hook = "\nimport pytest\ndef pytest_itemcollected(item): item.add_marker(pytest.mark.brainscore('mylab'))\n"
    (lab.path / "conftest.py").write_text(CONFTEST + hook)
    (lab.path / "test_mine.py").write_text("def test_mine(model, brain_benchmark, brainscore): ...\n")
    result = lab.run("test_mine.py", "-n", workers, select=None)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*test_mine.py::test_mine: the mark brainscore was added once the test was*"])


def test_an_installed_package_is_found_in_every_worker(lab: Lab, site: Path) -> None:
    install_lab(site, "some_lab")
    lab.run("-n", "2", "--brainscore-require", "lab").assert_outcomes(passed=3)
    (aggregates,) = lab.report()["aggregates"].values()
    assert aggregates["lab"]["mean_of_what_ran"] == 0.5


@BOTH
def test_a_broken_package_fails_and_everything_else_runs(lab: Lab, site: Path, workers: str) -> None:
    install_lab(site, "broken_lab", "1 / 0")
    install_lab(site, "claiming_lab", f"{LAB}\nBENCHMARKS = [defined(parents=('average_vision', 'V9'))]")
    result = lab.run("-n", workers)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    records = {record["identifier"]: record for record in lab.report()["benchmarks"]}
    assert {name: record["status"] for name, record in records.items()} == {
        "mylab-a": "scored",
        "mylab-b": "scored",
        "broken_lab.lab": "failed",
        "lab2026-of-a-package": "failed",
    }
    assert "cannot be loaded (it raised ZeroDivisionError" in records["broken_lab.lab"]["reason"]
    assert "names average_vision among its parents" in records["lab2026-of-a-package"]["reason"]
    assert "Traceback" not in result.stdout.str()
    (aggregates,) = lab.report()["aggregates"].values()
    assert set(aggregates) == {"mylab", "mylab.V4", "mylab.IT"}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("def pytest_brainscore_benchmarks(config): raise RuntimeError('no luck')", "*raised RuntimeError: no luck*"),
        ("def pytest_brainscore_benchmarks(config): return 'V1'", "*gives a str where a benchmark is expected*"),
        ("def pytest_brainscore_benchmarks(config): return [Benchmark(identifier='a b', region='V1', metric='m', "
         "protocol=score)]", "*cannot be used: The identifier 'a b' of a benchmark is no name*"),
        ("def pytest_brainscore_benchmarks(config): return [Benchmark(identifier='a', region='V1', metric='m', "
         "protocol=score, parents=('V1',))]", "*names V1 among its parents*"),
    ],
)  # fmt: skip
def test_a_broken_hook_stops_the_run_with_its_place(lab: Lab, change: str, told: str) -> None:
    (lab.path / "conftest.py").write_text(f"{CONFTEST}\n{change}\n")
    result = lab.run("-n", "2")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([told])
    result.stderr.fnmatch_lines(["*conftest.py*"])
    lab.pytester.runpytest_subprocess("--brainscore-list", *QUIET).stderr.fnmatch_lines([told])


def test_nothing_of_it_is_loaded_without_a_model(lab: Lab, site: Path) -> None:
    install_lab(site, "broken_lab", "raise SystemExit('loaded')")
    (lab.path / "conftest.py").write_text("def pytest_brainscore_benchmarks(config): raise RuntimeError('called')")
    (lab.path / "test_mine.py").write_text("def test_something(): pass\n")
    for arguments in (["test_mine.py"], ["--help"]):
        result = lab.pytester.runpytest_subprocess(*QUIET, *arguments)
        assert result.ret == 0
        assert "called" not in result.stdout.str() + result.stderr.str()
