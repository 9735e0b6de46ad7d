"""``--brainscore-quick``: a part of the stimuli of a few leaves, never taken for the full scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_brainscore.benchmarks.quick import calibration
from pytest_brainscore.report.notation import number
from tests.running.options.test_option_tree import CONFTEST, score
from tests.running.options.test_option_tree import suites as suites

if TYPE_CHECKING:
    from tests.support.projects import Project

# Full benchmarks are played; what makes a quick score of one is the real thing.
QUICK = CONFTEST.replace(
    "benchmarks.resolve = lambda function: call",
    """from pytest_brainscore.benchmarks.quick import calibration, full_version, score as quick_score

def resolve(function):
    return quick_score if function == "pytest_brainscore.benchmarks.quick:score" else call

benchmarks.resolve = resolve
""",
).replace(
    'provenance={"version": benchmark.version}',
    'provenance={"stimuli": calibration()["leaves"].get(benchmark.identifier[6:], {}).get("stimuli", "all")}',
)
LEAF = "Marques2020_DeValois1982-pref_or"


@pytest.fixture
def quick(suites: Project) -> Project:
    conftest = suites.path / "conftest.py"
    conftest.write_text(conftest.read_text().replace(CONFTEST, QUICK))
    return suites


@pytest.mark.walkthrough
@pytest.mark.parametrize("workers", ["0", "2"])
def test_quick_scores_are_marked_and_met_by_no_full_one(
    quick: Project, workers: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    reports = ["--brainscore-report=json:brainscore-report.json", "--brainscore-report=md:r.md"]
    result = score(
        quick,
        "-n",
        workers,
        "--brainscore-quick",
        *reports,
        "--brainscore-report=html:r.html",
        "--brainscore-update=new",
    )
    result.assert_outcomes(passed=9)
    records = quick.benchmarks()
    assert all(name.startswith("quick.") for name in records)
    assert {each["fingerprint"]["quick"] for each in records.values()} == {1}
    (means,) = quick.report()["aggregates"].values()
    assert set(means) == {"quick", "quick.V1", "quick.behavior"}

    leaf = calibration()["leaves"][LEAF]
    differences = [above - below for above, below in zip(leaf["full"], leaf["quick"], strict=True)]
    told = number(0.5 + sum(differences) / len(differences))
    result.stdout.fnmatch_lines(["QUICK: *quick scores only*", f"*quick.{LEAF} *.500 *{told} ± *networks)*"])
    for page in ("r.md", "r.html"):
        text = (quick.path / page).read_text(encoding="utf-8")
        assert "QUICK: scores on a fixed part of the stimuli" in text
        assert f"{told} ± " in text

    score(quick, "-n", "0", "--brainscore-benchmark", LEAF).assert_outcomes(passed=1)
    (full,) = quick.report()["benchmarks"]
    assert full["comparison"]["verdict"] == "new"


@pytest.mark.walkthrough
def test_words_of_the_command_line_choose_among_them(quick: Project) -> None:
    def found(*arguments: str) -> int:
        result = score(quick, "-n", "0", "--collect-only", "-q", *arguments)
        return sum("[net.build-quick." in line for line in result.outlines)

    assert found("--brainscore-benchmark", "V1") == 0
    assert found("--brainscore-quick", "--brainscore-benchmark", "V1") == 7
    refused = score(quick, "-n", "0", "--brainscore-quick", "--brainscore-benchmark", "IT")
    refused.stderr.fnmatch_lines(["*--brainscore-quick has no part of IT; name some of*"])
    (quick.path / "pytest.ini").write_text("[pytest]\nbrainscore_quick = true\n")
    assert found() == 9
