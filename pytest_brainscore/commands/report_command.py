"""``brainscore report``."""

from __future__ import annotations

from pathlib import Path

import click

from pytest_brainscore.commands.shared.reports import BASELINE, POPULATION, REPORT, TO, tell, write_all
from pytest_brainscore.commands.shared.tree_option import TREE
from pytest_brainscore.report.reading import read_report


@click.command
@REPORT
@TO
@BASELINE
@POPULATION
@TREE
def command(
    report: Path, destinations: tuple[str, ...], baseline: Path, population: Path | None, tree: str | None
) -> None:
    """Turn REPORT, the JSON report of a run, into a page, a table, a badge ..."""
    from pytest_brainscore.report.assemble_report import averaged_over
    from pytest_brainscore.report.replicates import read_attributions, read_replicates

    read = read_report(report)
    drawn, attributions = read_replicates(report, read, tell), read_attributions(report, read, tell)
    if tree is not None and tree != read.tree:
        read = averaged_over(read, tree, drawn)
    write_all(read, destinations, baseline, population, drawn, attributions)
