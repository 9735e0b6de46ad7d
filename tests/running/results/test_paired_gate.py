"""The gate on the same draws: red when a score fell by more than chance, with one chance of error for the whole run."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from pytest_brainscore.scoring.baseline import BaselineScore, update_baseline
from tests.support.replicated import Answers

if TYPE_CHECKING:
    from tests.support.projects import Project

ONCE = np.random.default_rng(0).random(2000) < 0.6


_BASELINE: list[bytes] = []


def changed(better: int, worse: int) -> Answers:
    """Return answers of which so many became right, and so many wrong."""
    other = ONCE.copy()
    other[np.flatnonzero(~ONCE)[:better]] = True
    other[np.flatnonzero(ONCE)[:worse]] = False
    return other


WORSE = changed(40, 75)
"""35 of 2000 images lost on balance: z = -3.3."""
DOUBTFUL = changed(40, 59)
"""19 lost on balance: -.0095, more than the tolerance of .005, but z = -1.91."""


def choose(project: Project, leaves: dict[str, Answers]) -> None:
    project.outcomes({name: {"right": right.astype(int).tolist()} for name, right in leaves.items()})


@pytest.fixture
def answering(project: Project) -> Project:
    """Return a project of eleven benchmarks with baselines that have bootstrap values; one run makes them for all."""
    leaves = {f"leaf-{place:02d}": ONCE for place in range(11)}
    choose(project, leaves)
    files = [project.baseline(), project.baseline().with_name("net.build.replicates.npz")]
    if not _BASELINE:
        project.run("--brainscore-update", "new").assert_outcomes(passed=11)
        _BASELINE.extend(path.read_bytes() for path in files)
    files[0].parent.mkdir(parents=True, exist_ok=True)
    for path, content in zip(files, _BASELINE, strict=True):
        path.write_bytes(content)
    return project


def verdicts(project: Project) -> dict[str, str]:
    return {name: each["comparison"]["verdict"] for name, each in project.benchmarks().items()}


def paired(project: Project, leaf: str) -> dict[str, Any]:
    found: dict[str, Any] = project.benchmarks()[leaf]["comparison"]["paired"]
    return found


@pytest.mark.parametrize("processes", ["0", "2"])
def test_what_fell_by_more_than_chance_is_red_and_says_by_how_much(answering: Project, processes: str) -> None:
    leaves = {f"leaf-{place:02d}": ONCE for place in range(11)} | {"leaf-03": WORSE}
    choose(answering, leaves)
    result = answering.run("-n", processes)
    result.assert_outcomes(passed=10, failed=1)
    assert {name for name, verdict in verdicts(answering).items() if verdict == "regressed"} == {"leaf-03"}
    interval = paired(answering, "leaf-03")
    assert interval["comparisons"] == 11
    assert interval["confidence"] == pytest.approx(1 - 0.1 / 11)
    assert interval["high"] < 0
    text = result.stdout.str()
    assert "▼ regressed -.018 [-.032, -.004] (2,000 stimuli)" in " ".join(text.split())
    assert (
        "the interval of that, for 11 scores of the run at once, [-.0317, -.0038], lies below .000 (2,000 stimuli)"
        in text
    )


def test_the_same_answers_are_unchanged_with_a_difference_of_exactly_nothing(answering: Project) -> None:
    answering.run().assert_outcomes(passed=11)
    assert set(verdicts(answering).values()) == {"unchanged"}
    interval = paired(answering, "leaf-00")
    assert (interval["low"], interval["high"]) == (0.0, 0.0)


def test_what_may_be_chance_is_green_and_red_by_the_tolerance_of_old(answering: Project) -> None:
    choose(answering, {f"leaf-{place:02d}": ONCE for place in range(11)} | {"leaf-03": DOUBTFUL})
    answering.run().assert_outcomes(passed=11)
    answering.run("--brainscore-tolerance", "abs:.005").assert_outcomes(passed=10, failed=1)
    assert answering.benchmarks()["leaf-03"]["comparison"]["paired"] is None
    # What the run asks shares the chance: of one score alone, the same fall is red.
    answering.run("--brainscore-benchmark", "leaf-03").assert_outcomes(failed=1)
    assert paired(answering, "leaf-03")["comparisons"] == 1


def test_a_margin_may_be_lost(answering: Project) -> None:
    choose(answering, {"leaf-03": WORSE})
    answering.run("--brainscore-tolerance", "paired:.01").assert_outcomes(passed=1)
    assert paired(answering, "leaf-03")["margin"] == 0.01
    answering.run("--brainscore-tolerance", "paired").assert_outcomes(failed=1)
    answering.run("--brainscore-tolerance", "paired", "--brainscore-tolerance", "leaf-*=abs:.02").assert_outcomes(
        passed=1
    )


def test_what_rose_by_more_than_chance_is_improved(answering: Project) -> None:
    choose(answering, {"leaf-00": changed(90, 20), "leaf-01": changed(41, 40)})
    answering.run()
    found = verdicts(answering)
    assert (found["leaf-00"], found["leaf-01"]) == ("improved", "unchanged")


def test_without_bootstrap_values_of_the_score_the_tolerance_counts(answering: Project) -> None:
    answering.outcomes({"leaf-00": {"score": float(ONCE.mean()) - 0.004}, "leaf-01": {"score": 0.5}})
    answering.run().assert_outcomes(passed=1, failed=1)
    assert paired(answering, "leaf-00") is None


def test_values_of_another_score_than_the_stored_one_are_left_out(answering: Project) -> None:
    path = answering.baseline()
    entry = json.loads(path.read_text())["scores"]["leaf-00"]
    update_baseline(path.parent, "net.build", {"leaf-00": BaselineScore(**(entry | {"score": 0.7}))})
    choose(answering, {"leaf-00": ONCE, "leaf-01": ONCE})
    answering.run().assert_outcomes(passed=1, failed=1)
    assert answering.benchmarks()["leaf-00"]["comparison"]["paired"] is None
    assert answering.benchmarks()["leaf-01"]["comparison"]["paired"] is not None
