"""How statuses, verdicts and published scores are written on the score page."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from pytest_brainscore.report.notation import number
from pytest_brainscore.report.record import BenchmarkRecord
from pytest_brainscore.report.red import is_red

# Shape and word: nothing is told by colour alone.
VERDICTS: Final[Mapping[str, tuple[str, str]]] = {
    "regressed": ("▼", "regressed"),
    "improved": ("▲", "improved"),
    "unchanged": ("=", "unchanged"),
    "new": ("+", "new"),
    "missing": ("?", "missing"),
    "not-comparable": ("≠", "not comparable"),
}
STATUSES: Final[Mapping[str, tuple[str, str]]] = {
    "scored": ("●", "scored"),
    "nan": ("X", "no number"),
    "unavailable": ("○", "unavailable"),
    "failed": ("✕", "failed"),
    "crashed": ("☓", "crashed"),
}
# What is no failure in itself, but is one under the options of the run.
REFUSALS: Final[Mapping[str, tuple[str, str]]] = {
    "required": ("!", "required, without a score"),
    "missing-refused": ("?", "missing, which fails"),
    "new-refused": ("+", "new, which fails"),
}
SIGNS: Final = {**STATUSES, **VERDICTS, **REFUSALS}
# What somebody who looks for changes wants to see. A first score is none: on a first run that would be everything.
CHANGES: Final = ("failed", "crashed", "regressed", "not-comparable", *REFUSALS, "missing", "improved")
COLOURS: Final[Mapping[str, tuple[str, str]]] = {
    "red": ("✕", "red"),
    "green": ("●", "green: nothing failed, fell or was lost"),
    "empty": ("○", "nothing was scored"),
}

_TASKS: Final[Mapping[str, str]] = {
    "label": "labelling task",
    "probabilities": "match-to-sample task",
    "odd_one_out": "odd-one-out task",
}
_REGIONS: Final = ("V1", "V2", "V4", "IT")
# Names that protocols give to what was recorded from, in ``n``.
_SITES: Final = ("neurons", "neuroids", "sites", "voxels")


def published_number(score: float | None) -> str:
    """Return a score as the published page prints it: cut to [0, 1].

    Without a score the text is empty, and ``X`` for NaN, which stands for a run that gave no number.
    """
    if score is None:
        return ""
    return number(min(max(score, 0.0), 1.0) if math.isfinite(score) else None)


def change(record: BenchmarkRecord) -> str | None:
    """Return the change that a record stands for, one of :data:`CHANGES`; None where nothing changed.

    A crash or a failure outweighs the verdict that follows from it.
    """
    if record.status in CHANGES:
        return record.status
    verdict = record.comparison.verdict if record.comparison else None
    if is_red(record) and f"{verdict}-refused" in REFUSALS:
        return f"{verdict}-refused"
    if is_red(record) and verdict not in CHANGES:
        return "required"
    return verdict if verdict in CHANGES else None


def subject(record: BenchmarkRecord) -> str:
    """Return what was measured: recordings from how many sites and where, or the task; and on how many images."""
    if record.region in _REGIONS:
        sites = next((f"from {record.n[name]} {name} " for name in _SITES if name in record.n), "")
        what = f"recordings {sites}in {record.region}"
    else:
        what = _TASKS.get(record.region, f"{record.region.replace('_', ' ')} task")
    images = f", {record.n['stimuli']} stimuli" if "stimuli" in record.n else ""
    return what + images


def duration(seconds: float) -> str:
    """Return a time with two digits or more."""
    return f"{seconds:.2g} s" if seconds < 10 else f"{seconds:.0f} s"
