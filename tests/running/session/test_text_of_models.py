"""What models, files and exceptions say is shown in the run, and never acts on the terminal or on a runner."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.projects import Project

HOSTILE = "it is broken\n::error::owned\x1b[2J\x1b]0;owned\x07 ##[add-mask]x\r\n  ::set-output name=score::1"


def nothing_acts(result: pytest.RunResult) -> None:
    """Make sure that no line of a run is obeyed by whoever reads it."""
    for line in result.outlines + result.errlines:
        assert not line.lstrip().startswith("::")
        assert "##[" not in line
        assert "\x1b" not in line


@pytest.mark.parametrize(
    ("kind", "workers"),
    [("raise", "0"), ("raise", "2"), ("unavailable", "0"), ("unavailable in call", "0"), ("no number", "0")],
)
def test_no_line_of_a_run_is_a_command_or_has_controls(project: Project, kind: str, workers: str) -> None:
    project.outcomes({"one": {kind: HOSTILE}, "two": {"score": 0.5}})
    result = project.run("-n", workers, "-rA", "--brainscore-require", "one", "--color", "no")
    assert result.ret == 1
    assert "it is broken" in result.stdout.str()
    nothing_acts(result)
    # Kept as it was said, or as one line.
    assert project.benchmarks()["one"]["reason"].startswith(("it is broken", "ValueError: it is broken"))


@pytest.mark.parametrize("workers", ["0", "2"])
def test_what_a_network_prints_logs_and_warns_of_is_shown_and_does_nothing(project: Project, workers: str) -> None:
    project.outcomes({"one": {"say": HOSTILE, "raise": "no such luck"}})
    result = project.run("-n", workers, "--color", "no")
    assert result.ret == 1
    for section in ("Captured stdout call", "Captured stderr call", "Captured log call", "warnings summary"):
        assert section in result.stdout.str()
    assert result.stdout.str().count(": :error::owned") == 4
    nothing_acts(result)
