"""``--brainscore-benchmark``: scoring some benchmarks only, also other versions and those outside the tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.projects import Project

FURTHER = """
from dataclasses import replace

one, two, extra = BENCHMARKS
BENCHMARKS = (one, two, replace(one, version=2), replace(extra, parents=("toys", "elsewhere")))
"""


@pytest.fixture
def wide(project: Project) -> Project:
    """Return a project with a second version of ``one``, and a benchmark ``extra`` at another place."""
    project.outcomes({"one": {"score": 0.5}, "two": {"score": 0.25}, "extra": {"score": 0.125}})
    with (project.path / "toy_family.py").open("a") as family:
        family.write(FURTHER)
    return project


def scored(project: Project, *words: str) -> dict[str, int]:
    """Return the versions scored with these selectors."""
    project.run(*(argument for word in words for argument in ("--brainscore-benchmark", word)))
    return {name: record["version"] for name, record in project.benchmarks().items()}


def test_without_it_the_newest_versions_run(wide: Project) -> None:
    assert scored(wide) == {"one": 2, "two": 1, "extra": 1}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["two"], {"two": 1}),
        (["one@1"], {"one": 1}),
        (["toy"], {"one": 2, "two": 1}),
        (["?wo", "one"], {"one": 2, "two": 1}),
        (["own"], {"one": 2, "two": 1, "extra": 1}),
        (["extra"], {"extra": 1}),
        (["elsewhere", "two"], {"extra": 1, "two": 1}),
    ],
)
def test_words_choose(wide: Project, words: list[str], expected: dict[str, int]) -> None:
    assert scored(wide, *words) == expected


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["tow"], "*No benchmark and no parent of the score tree matches 'tow'; did you mean *two*"),
        (["one", "one@1"], "*2 versions of one are chosen; score one at a time*"),
    ],
)
def test_a_word_that_chooses_nothing_or_too_much_stops_the_run(wide: Project, words: list[str], sentence: str) -> None:
    result = wide.run(*(argument for word in words for argument in ("--brainscore-benchmark", word)))
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([sentence])


def test_another_version_is_not_comparable_with_the_baseline_of_the_first(wide: Project) -> None:
    wide.run("--brainscore-update", "new")
    result = wide.run("--brainscore-benchmark", "one@1", "-n", "2")
    assert result.ret == 1
    assert wide.benchmarks()["one"]["comparison"]["verdict"] == "not-comparable"


def test_suites_without_a_chosen_benchmark_are_taken_out(wide: Project) -> None:
    with (wide.path / "test_toys.py").open("a") as suite:
        suite.write("\n@pytest.mark.brainscore('nothing')\ndef test_nothing(model, brain_benchmark, brainscore): ...\n")
    wide.run("--brainscore-benchmark", "two").assert_outcomes(passed=1, deselected=1)
