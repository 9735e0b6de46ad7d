"""Writing a report in the type that was asked for."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_brainscore.atomic import write_atomically
from pytest_brainscore.errors import BrainScoreError, ReportError
from pytest_brainscore.report.aggregates import Key
from pytest_brainscore.report.destination import Destination, ReportKind
from pytest_brainscore.report.formats.badge import badge
from pytest_brainscore.report.formats.ctrf import ctrf
from pytest_brainscore.report.formats.github import append_outputs, workflow_commands
from pytest_brainscore.report.formats.junit import junit
from pytest_brainscore.report.formats.markdown import markdown
from pytest_brainscore.report.formats.table import table
from pytest_brainscore.report.json_files import JsonLines, write_json
from pytest_brainscore.report.plots.figures import page_figures, write_plots
from pytest_brainscore.report.reading import read_reports
from pytest_brainscore.report.record import Report

if TYPE_CHECKING:
    from pytest_brainscore.inference.attribution import Attribution
    from pytest_brainscore.inference.levels import Replicates


def write_report(
    report: Report,
    destination: Destination,
    baselines: Path | None = None,
    population: Path | None = None,
    replicates: Mapping[Key, Replicates] | None = None,
    attributions: Mapping[Key, Attribution] | None = None,
) -> list[str]:
    """Write a report to where it goes; a file is replaced at once, a job summary is appended to.

    Parameters
    ----------
    report
        What to write.
    destination
        Type and path.
    baselines
        Folder of the baselines, at whose lines annotations are put.
    population
        Folder of JSON reports, among whose models a page shows rank, best and median; by default the published ones.
    replicates, attributions
        Bootstrap values of the scores, and what units contribute to them, which stand beside a JSON report.

    Returns
    -------
    list[str]
        Lines that must go to the standard output: the annotations of a ``github`` report, nothing for the others.

    Raises
    ------
    ReportError
        When the file cannot be written, or nothing of this type can be made of these results; an older report stays.

    """
    kind, path = destination.kind, destination.path
    if kind == "json":
        write_json(report, path, replicates, attributions)
        return []
    try:
        if kind == "jsonl":
            _write_lines(report, path)
        elif kind == "plots":
            write_plots(report, path)
        elif kind == "github":
            with path.open("a", encoding="utf-8") as summary:
                summary.write(markdown(report))
            append_outputs(report)
            return workflow_commands(report, baselines)
        elif kind == "html":
            write_atomically(path, _page(report, population).encode("utf-8", "backslashreplace"))
        else:
            write_atomically(path, _RENDERERS[kind](report).encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise ReportError(
            f"The report {path} cannot be written ({error.strerror}); free space on the disk or choose another path."
        ) from error
    except BrainScoreError:
        raise
    except Exception as error:  # a defect, which must not cost the reports that are written after this one
        raise ReportError(
            f"The report {path} cannot be made of these results ({type(error).__name__}: {error}); the JSON report has "
            "them all, please file an issue with it."
        ) from error
    return []


def _page(report: Report, population: Path | None) -> str:
    from pytest_brainscore.report.html.page import render_page
    from pytest_brainscore.report.html.population import report_population
    from pytest_brainscore.scoring.population import published_population

    among = published_population() if population is None else report_population([*read_reports(population).values()])
    return render_page([report], population=among, figures=page_figures([report], among))


def _json(make: Callable[[Report], dict[str, Any]]) -> Callable[[Report], str]:
    return lambda report: json.dumps(make(report), ensure_ascii=False, indent=2) + "\n"


_RENDERERS: dict[ReportKind, Callable[[Report], str]] = {
    "md": markdown,
    "badge": _json(badge),
    "ctrf": _json(ctrf),
    "junit": junit,
    "csv": table,
}


def _write_lines(report: Report, path: Path) -> None:
    lines = JsonLines(path)
    try:
        for record in report.benchmarks:
            lines.append(record)
    finally:
        lines.close()
