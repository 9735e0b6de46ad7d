"""A folder of reports."""

from __future__ import annotations

import os
from pathlib import Path

from pytest_brainscore.errors import ReportError
from pytest_brainscore.report.reading import LINES_SUFFIX, read_report
from pytest_brainscore.report.record import Report


def read_reports(folder: str | os.PathLike[str]) -> dict[Path, Report]:
    """Return all reports in a folder and below, sorted by path; other files are left out.

    The lines of a run that never came to its end count as an incomplete report where no JSON report of the same name
    stands beside them.

    Raises
    ------
    ReportError
        When a report, or what could be one, cannot be read.

    """
    files = [file for file in sorted(Path(folder).rglob("*.json*")) if file.suffix in (".json", LINES_SUFFIX)]
    reports = [file for file in files if _is_report(file)]
    lone = [file for file in reports if file.suffix == ".json" or file.with_suffix(".json") not in reports]
    return {file: read_report(file) for file in lone}


def _is_report(file: Path) -> bool:
    """Tell a report by its first fields; a folder may hold badges, baselines and other folders too."""
    try:
        if not file.is_file():
            return False
        with file.open("rb") as content:
            beginning = content.read(300).replace(b"\0", b"")  # as ASCII, also where something made it UTF-16
    except OSError as error:
        raise ReportError(f"The report {file} cannot be read ({error.strerror}); check its permissions.") from error
    if file.suffix == LINES_SUFFIX:
        return b'"model"' in beginning and b'"identifier"' in beginning
    return b'"schema"' in beginning and b'"created"' in beginning
