"""``--brainscore-layer``: record a region from another layer than the committed one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.projects import Project


@pytest.fixture
def recorded(project: Project) -> Project:
    """Return a project whose benchmark records from V1."""
    project.outcomes({"one": {"record": True}})
    return project


def test_the_layer_is_used_and_recorded(recorded: Project) -> None:
    recorded.run("--brainscore-layer", "V1=3", model="tiny.py:build").assert_outcomes(passed=1)
    assert recorded.benchmarks()["one"]["layer"] == "3"
    assert recorded.report()["models"][0]["layers"] == {"V1": "3"}


def test_a_network_without_a_commitment_needs_no_file(recorded: Project) -> None:
    (recorded.path / "tiny.toml").unlink()
    recorded.run("--brainscore-layer", "V1=1", model="tiny.py:build").assert_outcomes(passed=1)


def test_without_either_the_sentence_says_what_to_give(recorded: Project) -> None:
    (recorded.path / "tiny.toml").unlink()
    result = recorded.run(model="tiny.py:build")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*--brainscore-layer V1=LAYER*tiny.toml*"])
    assert "Traceback" not in result.stdout.str()


def test_a_layer_that_does_not_exist_names_those_that_do(recorded: Project) -> None:
    result = recorded.run("--brainscore-layer", "V1=layer7", model="tiny.py:build")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*has no layer 'layer7'; did you mean*"])
    assert recorded.benchmarks()["one"]["status"] == "failed"


@pytest.mark.parametrize("word", ["V1", "V1=", "=features"])
def test_a_word_of_another_form_is_a_usage_error(pytester: pytest.Pytester, word: str) -> None:
    result = pytester.runpytest_inprocess("--model=pixels", "--brainscore-layer", word)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --brainscore-layer * is not REGION=LAYER*"])
