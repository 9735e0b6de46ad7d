"""``--brainscore-population``: whom a model is ranked among."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.projects import Project


def test_a_folder_that_is_not_there_stops_the_run(project: Project) -> None:
    result = project.run("--brainscore-population", "nowhere")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*There is no folder *nowhere; give --brainscore-population an existing one.*"])


def test_the_page_ranks_the_model_among_those_of_the_folder(project: Project) -> None:
    project.run("--brainscore-report", "json:others/other.json", model="net.py:other")
    project.run("--brainscore-report", "html:published.html")
    project.run("--brainscore-report", "html:own.html", "--brainscore-population", "others")
    own, published = ((project.path / name).read_text() for name in ("own.html", "published.html"))
    assert "rank 1" in own
    assert "rank 1" not in published  # no published model has a score on a toy
