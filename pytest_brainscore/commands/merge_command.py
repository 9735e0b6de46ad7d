"""``brainscore merge``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pytest_brainscore.commands.reports import BASELINE, TO, write_all
from pytest_brainscore.report.folder import read_reports

if TYPE_CHECKING:
    from pytest_brainscore.report.record import Report


@click.command
@click.argument("reports", type=click.Path(path_type=Path), nargs=-1, required=True)
@TO
@BASELINE
@click.option("--expect", type=click.IntRange(min=1), help="Fail unless this many reports are given.")
def command(reports: tuple[Path, ...], destinations: tuple[str, ...], baseline: Path, expect: int | None) -> None:
    """Join the JSON REPORTS of several shards or models; a folder stands for all reports in it.

    Fails when one is missing (--expect) or incomplete, when they overlap, or were made under different conditions. A
    result that is red in a report makes the merge exit with 1.
    """
    from pytest_brainscore.benchmarks import all_benchmarks
    from pytest_brainscore.errors import ReportError
    from pytest_brainscore.report.merge import merge
    from pytest_brainscore.report.words import counted, is_bad, totals
    from pytest_brainscore.report.writers import read_report

    found: dict[Path, Report] = {}
    for path in reports:
        found |= read_reports(path) if path.is_dir() else {path: read_report(path)}
    if expect is not None and len(found) != expect:
        there = f": {', '.join(map(str, found))}" if found else ""
        raise ReportError(
            f"--expect asks for {expect} reports, and {len(found)} were found{there}; see which shard has none."
        )
    merged = merge(
        {str(path): report for path, report in found.items()}, [each.identifier for each in all_benchmarks()]
    )
    write_all(merged, destinations, baseline)
    click.echo(f"{counted(len(found), 'report')}: {totals(merged.benchmarks)}")
    incomplete = [str(path) for path, report in found.items() if not report.complete]
    if incomplete:
        raise ReportError(f"The run of {', '.join(incomplete)} was stopped or lost results; run it again.")
    bad = [f"{record.identifier} of {record.model}" for record in merged.benchmarks if is_bad(record)]
    if bad:
        click.secho(f"red: {', '.join(bad)}", fg="red", err=True)
        raise click.exceptions.Exit(1)
