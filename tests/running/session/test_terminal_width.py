"""What is told in columns fits the terminal, from 60 characters on, and loses nothing but the middle of long names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_brainscore.benchmarks import every_version
from pytest_brainscore.running.terminal import live_lines, tables
from tests.support.records import make_record
from tests.support.score_pages import published_report

if TYPE_CHECKING:
    from tests.support.projects import Project

LONGEST = max((each.identifier for each in every_version()), key=len)


@pytest.mark.parametrize("width", [60, 72, 80, 100, 120, 200])
@pytest.mark.parametrize("models", [1, 2])
def test_every_line_of_the_tables_fits(width: int, models: int) -> None:
    records = [
        make_record(model=f"squeezenet{model}", identifier=identifier, score=0.25)
        for model in range(models)
        for identifier in (LONGEST, "texture-index")
    ]
    records += [record for record in published_report().benchmarks if record.status == "scored"]
    lines = [line.text for line in tables(records, width)]
    assert max(map(len, lines)) <= width
    text = "\n".join(lines)
    for record in records:
        name = f"{record.identifier}@{record.version}"
        assert name in text or (len(name) > width and f"{name[: width // 2 - 1]}…" in text)
        assert record.model in text


@pytest.mark.parametrize("width", [60, 80, 200])
def test_all_cells_of_a_row_are_there(width: int) -> None:
    (text,) = ["\n".join(line.text for line in tables([make_record(identifier=LONGEST)], width))]
    for cell in (".500 ± .010", ".450", ".900", "= unchanged"):
        assert cell in text


def test_a_name_longer_than_the_line_keeps_both_ends() -> None:
    name = f"first{'-' * 80}last"
    lines = [line.text for line in tables([make_record(identifier=name)], 60)]
    (row,) = [line for line in lines if "…" in line]
    assert len(row) == 60
    assert row.startswith("first")
    assert row.endswith("last@1")


@pytest.mark.parametrize("width", [len(LONGEST) + 2, 80, 200])
def test_so_does_what_is_shown_as_it_finishes(width: int) -> None:
    lines = [line.text for line in live_lines(make_record(model="squeezenet1_1", identifier=LONGEST), width)]
    assert max(map(len, lines)) <= width
    assert (
        "  ".join(line.strip() for line in lines)
        == live_lines(make_record(model="squeezenet1_1", identifier=LONGEST), 1000)[0].text
    )


def test_a_name_that_is_longer_is_shortened_as_it_finishes() -> None:
    lines = [line.text for line in live_lines(make_record(identifier=f"first{'-' * 80}last"), 60)]
    assert max(map(len, lines)) <= 60
    assert any(line.strip().startswith("first") and line.endswith("last") and "…" in line for line in lines)


OWN = f"my{LONGEST[2:]}"
"""Of a toy: published names are not to be had."""


def test_a_run_asks_the_terminal(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.outcomes({OWN: {"score": 0.5}, "other": {"score": 0.25}})
    for columns, row in (
        (f"{len(OWN) + 2}", OWN + "@1"),
        ("200", f"net.build  {OWN}@1  .500 ± .010  .450  .900 * + new"),
    ):
        monkeypatch.setenv("COLUMNS", columns)
        project.run().stdout.fnmatch_lines([row])


def test_a_log_has_a_line_for_every_benchmark(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no terminal, as in continuous integration, lines may be longer than 80 characters."""
    monkeypatch.delenv("COLUMNS", raising=False)
    project.outcomes({OWN: {"score": 0.5}})
    live = f"net.build  {OWN}  .500 ± .010  + new*s"
    table = f"net.build  {OWN}@1  .500 ± .010  .450  .900 * + new"
    project.run().stdout.fnmatch_lines([live, table])
