"""``--brainscore-tolerance``: how far a score may fall."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.projects import Project


@pytest.fixture
def fallen(stored: Project) -> Project:
    """Return a project whose scores fell by .02 from their baselines."""
    stored.outcomes({"one": {"score": 0.48}, "two": {"score": 0.23}})
    return stored


@pytest.mark.parametrize(
    ("words", "failed"),
    [
        ([], 2),
        (["abs:.021"], 0),
        ([".021"], 0),
        (["sem:3"], 0),
        (["sem:1"], 2),
        (["one=abs:.021"], 1),
        (["abs:.021", "o*=abs:.001"], 1),
    ],
)
def test_tolerances(fallen: Project, words: list[str], failed: int) -> None:
    arguments = [argument for word in words for argument in ("--brainscore-tolerance", word)]
    fallen.run(*arguments).assert_outcomes(passed=2 - failed, failed=failed)


def test_the_ini_file_may_set_them(fallen: Project) -> None:
    (fallen.path / "pytest.ini").write_text("[pytest]\nbrainscore_tolerance =\n    abs:.021\n    two=.001\n")
    fallen.run().assert_outcomes(passed=1, failed=1)


@pytest.mark.parametrize("word", ["abs:much", "-1", "sem:", "one="])
def test_a_bad_word_is_a_usage_error(pytester: pytest.Pytester, word: str) -> None:
    result = pytester.runpytest_inprocess("--model=pixels", f"--brainscore-tolerance={word}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: The tolerance *cannot be read*"])
