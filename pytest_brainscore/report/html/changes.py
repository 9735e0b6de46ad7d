"""What counts as a change on the score page, and how it is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pytest_brainscore.report.notation import STATUSES, VERDICTS, Sign
from pytest_brainscore.report.record import BenchmarkRecord
from pytest_brainscore.report.red import is_red

REFUSALS: Final[Mapping[str, Sign]] = {
    "required": Sign("!", "required, without a score"),
    "missing-refused": Sign("?", "missing, which fails"),
    "new-refused": Sign("+", "new, which fails"),
}
"""What is no failure in itself, but is one under the options of the run."""
SIGNS: Final[Mapping[str, Sign]] = {**STATUSES, **VERDICTS, **REFUSALS}
CHANGES: Final = ("failed", "crashed", "regressed", "not-comparable", *REFUSALS, "missing", "improved")
"""What somebody who looks for changes wants to see. A first score is none: on a first run that would be everything."""


def change_of(record: BenchmarkRecord) -> str | None:
    """Return the change that a record stands for, one of :data:`CHANGES`; None where nothing changed.

    A crash or a failure outweighs the verdict that follows from it.
    """
    if record.status in CHANGES:
        return record.status
    if is_red(record) and f"{record.verdict}-refused" in REFUSALS:
        return f"{record.verdict}-refused"
    if is_red(record) and record.verdict not in CHANGES:
        return "required"
    return record.verdict if record.verdict in CHANGES else None
