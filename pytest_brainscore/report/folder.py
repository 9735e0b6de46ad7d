"""A folder of reports."""

from __future__ import annotations

import os
from pathlib import Path

from pytest_brainscore.report.record import Report
from pytest_brainscore.report.writers import read_report


def read_reports(folder: str | os.PathLike[str]) -> dict[Path, Report]:
    """Return all JSON reports in a folder and below, sorted by path; other files are left out.

    Raises
    ------
    ReportError
        When a report cannot be read.

    """
    files = sorted(Path(folder).rglob("*.json"))
    return {file: read_report(file) for file in files if _is_report(file)}


def _is_report(file: Path) -> bool:
    """Tell a report by its first fields; a folder may hold badges and baselines too."""
    with file.open("rb") as content:
        beginning = content.read(200)
    return b'"schema"' in beginning and b'"created"' in beginning
