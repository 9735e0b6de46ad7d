"""The mark ``brainscore``: it names one node of the score tree, in the words of ``--brainscore-benchmark``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.projects import Project


def marked(project: Project, arguments: str) -> Project:
    suite = project.path / "test_toys.py"
    suite.write_text(suite.read_text().replace('brainscore("toys")', f"brainscore({arguments})"))
    return project


@pytest.mark.parametrize("workers", ["0", "2"])
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("'to_ys'", "No benchmark and no parent of the score tree matches 'to_ys'; did you mean toys*"),
        ("''", "No benchmark and no parent*"),
        ("7", "The mark brainscore(7) does not name one node as a text*"),
        ("'toys', 'toy'", "The mark brainscore('toys', 'toy') does not name one node as a text*"),
        ("node='toys'", "The mark brainscore(node='toys') does not name one node as a text*"),
    ],
)
def test_a_mark_that_names_no_node_stops_the_run(project: Project, workers: str, arguments: str, told: str) -> None:
    result = marked(project, arguments).run("-n", workers)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"*test_toys*{told.replace('[', '[[]')}"])
    assert not (project.path / "brainscore-report.json").exists()


def test_it_does_not_where_the_test_is_not_selected_or_nothing_is_scored(project: Project) -> None:
    suite = project.path / "test_toys.py"
    suite.write_text(
        suite.read_text()
        + "\n@pytest.mark.brainscore('to_ys')\ndef test_wrong(model, brain_benchmark, brainscore): ...\n"
    )
    project.run("-k", "not wrong").assert_outcomes(passed=2, deselected=1)
    assert project.run(model=None).ret == pytest.ExitCode.NO_TESTS_COLLECTED


@pytest.mark.parametrize("arguments", ["'one'", "'one@1'", "'on*'"])
def test_it_takes_what_the_option_takes(project: Project, arguments: str) -> None:
    marked(project, arguments).run().assert_outcomes(passed=1)
    assert list(project.benchmarks()) == ["one"]
