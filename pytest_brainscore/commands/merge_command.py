"""``brainscore merge``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pytest_brainscore.commands.shared.reports import BASELINE, TO, tell, write_all
from pytest_brainscore.commands.shared.tree_option import tree_option
from pytest_brainscore.trees import LATEST, PUBLISHED, leaves_of

if TYPE_CHECKING:
    from pytest_brainscore.report.record import Report


@click.command
@click.argument("reports", type=click.Path(path_type=Path), nargs=-1, required=True)
@TO
@BASELINE
@click.option("--expect", type=click.IntRange(min=1), help="Fail unless this many reports are given.")
@tree_option("Average over this score tree, by default that of all reports.")
def command(
    reports: tuple[Path, ...], destinations: tuple[str, ...], baseline: Path, expect: int | None, tree: str | None
) -> None:
    """Join the JSON REPORTS of several shards or models; a folder stands for all reports in it.

    Fails when one is missing (--expect; of shards also without), empty or incomplete, when they overlap, were made
    under different conditions, or averaged over different score trees (--tree names one for all). Shards of one run
    have the same benchmarks to divide, options, baselines and code. A result that is red in a report makes the merge
    exit with 1. The lines of a run that was killed (.jsonl) are an incomplete report.
    """
    from pytest_brainscore.errors import ReportError
    from pytest_brainscore.report.merge import merge
    from pytest_brainscore.report.notation import counted, totals
    from pytest_brainscore.report.red import is_red
    from pytest_brainscore.report.replicates import attributions_of_reports, replicates_of_reports
    from pytest_brainscore.text import printable

    found = _read(reports)
    if expect is not None and len(found) != expect:
        there = f": {', '.join(map(str, found))}" if found else ""
        raise ReportError(
            f"--expect asks for {expect} reports, and {len(found)} were found{there}; see which shard has none."
        )
    named = {str(path): report for path, report in found.items()}
    replicates = replicates_of_reports(found, tell)
    order = {leaf.identifier: None for name in (LATEST, PUBLISHED) for leaf in leaves_of(name)}
    merged = merge(named, list(order), replicates, tree)
    attributions = attributions_of_reports(found, tell)
    write_all(merged, destinations, baseline, replicates=replicates, attributions=attributions)
    click.echo(f"{counted(len(found), 'report')}: {totals(merged.benchmarks)}")
    red = [f"{record.identifier} of {record.model}" for record in merged.benchmarks if is_red(record)]
    if red:
        click.secho(printable(f"red: {', '.join(red)}"), fg="red", err=True)
    incomplete = [str(path) for path, report in found.items() if not report.complete]
    if incomplete:
        raise ReportError(
            f"The run of {', '.join(incomplete)} was stopped or lost results; run it again, with --brainscore-resume "
            f"{incomplete[0]} where it stopped."
        )
    # A shard may have nothing to do, but not all of them.
    empty = [
        str(path)
        for path, report in found.items()
        if not report.benchmarks and (report.shard is None or not report.shard.selected)
    ]
    if empty:
        raise ReportError(
            f"The report {', '.join(empty)} is of no benchmark at all; see what its run was told to score, and run it "
            "again."
        )
    if red:
        raise click.exceptions.Exit(1)


def _read(paths: tuple[Path, ...]) -> dict[Path, Report]:
    """Read every report once, however often and by whatever name it is given."""
    from pytest_brainscore.report.reading import read_report, read_reports

    found: dict[Path, Report] = {}
    seen: set[Path] = set()
    for path in paths:
        for file, report in (read_reports(path) if path.is_dir() else {path: read_report(path)}).items():
            if file.resolve() not in seen:
                seen.add(file.resolve())
                found[file] = report
    return found
