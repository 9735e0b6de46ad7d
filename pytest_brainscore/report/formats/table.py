"""A report as a table of comma-separated values: one row per benchmark and model."""

from __future__ import annotations

import csv
import io
from typing import Final

from pytest_brainscore.report.record import Report
from pytest_brainscore.report.red import is_red
from pytest_brainscore.text import printable

COLUMNS: Final = (
    "model", "identifier", "version", "parent", "region", "status", "score", "error", "raw", "ceiling",
    "normalisation", "clipped", "layer", "seed", "seconds", "peak_rss_mb", "verdict", "baseline", "delta", "tolerance",
    "reason", "required", "red",
)  # fmt: skip
_FORMULAS: Final = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""First signs of a formula, the full-width ones of East Asian settings among them; numbers are no text here."""
_COMPARED: Final = ("verdict", "baseline", "delta", "tolerance")


def table(report: Report) -> str:
    """Return the table (RFC 4180); numbers in full precision, empty cells where there is none.

    No text in it is a formula to a program of spreadsheets: what would be one starts with an apostrophe.
    """
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(COLUMNS)
    for record in report.benchmarks:
        cells = {name: getattr(record.comparison, name, None) for name in _COMPARED}
        cells |= {name: getattr(record, name) for name in COLUMNS if name not in (*_COMPARED, "red")}
        cells["red"] = is_red(record)
        rows.writerow(_cell(cells[name]) for name in COLUMNS)
    return text.getvalue()


def _cell(value: object) -> object:
    if not isinstance(value, str):
        return "" if value is None else value
    text = printable(value)
    return f"'{text}" if text.startswith(_FORMULAS) else text
