"""How far a score may move away from its baseline before that counts as a change."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal, cast, get_args

from pytest_brainscore.errors import BaselineError

Unit = Literal["paired", "abs", "sem"]
"""Unit of a tolerance: ``abs`` is the scale of the score, ``sem`` is the error stored with the baseline, and ``paired``
a margin on the scale of the score, below which the whole interval of the paired difference must lie."""


@dataclass(frozen=True)
class Tolerance:
    """A tolerance that holds for some or all benchmarks."""

    unit: Unit
    """Unit of `amount`."""
    amount: float
    """Finite and not negative."""

    def allowed(self, baseline_error: float | None) -> float:
        """Return the allowed change on the scale of the score.

        A tolerance in errors falls back to `UNPAIRED` where the baseline has no error (None or NaN), as for a benchmark
        without resampling. An error of exactly 0 is an error: nothing may change. A margin is not meant for scores
        without bootstrap values: for them, ``paired`` is `UNPAIRED` too, or the margin where that is larger.
        """
        if self.unit == "abs":
            return self.amount
        if self.unit == "paired":
            return max(self.amount, UNPAIRED)
        if baseline_error is None or math.isnan(baseline_error):
            return UNPAIRED
        return self.amount * baseline_error


# Ten times what a change of library version or thread count moves a score (about 5e-4, from the stopping rule of
# PLS implementations), and half of the second decimal, in which scores are usually quoted.
UNPAIRED = 0.005
"""Allowed change where nothing better is known."""
DEFAULT_TOLERANCE = Tolerance("paired", 0.0)


@dataclass(frozen=True)
class Tolerances:
    """The tolerances of a run: one for all benchmarks, and exceptions for some."""

    default: Tolerance = DEFAULT_TOLERANCE
    """Holds where no exception does."""
    exceptions: tuple[tuple[str, Tolerance], ...] = ()
    """Patterns of benchmark identifiers (``*``, ``?``, ``[...]``, as for file names) and their tolerances."""

    def allowed(self, identifier: str, baseline_error: float | None) -> float:
        """Return the allowed change of a benchmark's score.

        Parameters
        ----------
        identifier
            Identifier of the benchmark. The last exception whose pattern matches it decides; case matters.
        baseline_error
            Error stored with the baseline, on the scale of the score; None or NaN when there is none.

        Returns
        -------
        float
            Finite and not negative.

        """
        return self._of(identifier).allowed(baseline_error)

    def margin(self, identifier: str) -> float | None:
        """Return what a benchmark may lose in a paired comparison; None where it is not to be paired."""
        tolerance = self._of(identifier)
        return tolerance.amount if tolerance.unit == "paired" else None

    def _of(self, identifier: str) -> Tolerance:
        matching = (tolerance for pattern, tolerance in reversed(self.exceptions) if fnmatchcase(identifier, pattern))
        return next(matching, self.default)


def parse_tolerances(words: Sequence[str]) -> Tolerances:
    """Read tolerances as they are typed on the command line.

    Parameters
    ----------
    words
        Each is ``paired`` (worse beyond doubt), ``paired:.01`` (worse by more than .01 beyond doubt), ``.005`` or
        ``abs:.005`` (on the scale of the score), ``sem:2`` (errors of the baseline), or ``PATTERN=`` followed by one of
        these, for the benchmarks whose identifier matches. Among words without a
        pattern the last one holds; a word with a pattern is an exception to them wherever it stands.

    Raises
    ------
    BaselineError
        When a word cannot be read, or its number is negative, infinite or NaN.

    """
    default = DEFAULT_TOLERANCE
    exceptions: list[tuple[str, Tolerance]] = []
    for word in words:
        pattern, equals, rest = word.rpartition("=")
        tolerance = _parse_tolerance(rest)
        if tolerance is None or (equals and not pattern.strip()):
            raise BaselineError(
                f"The tolerance '{word}' cannot be read; write paired, a margin of at least 0 (paired:.01), a number "
                "on the scale of the score (abs:.005) or in errors of the baseline (sem:2), for some benchmarks after "
                "a pattern (Marques2020_*=abs:.01)."
            )
        if equals:
            exceptions.append((pattern.strip(), tolerance))
        else:
            default = tolerance
    return Tolerances(default, tuple(exceptions))


def _parse_tolerance(word: str) -> Tolerance | None:
    if word.strip() == "paired":
        return Tolerance("paired", 0.0)
    unit, colon, number = word.strip().rpartition(":")
    try:
        amount = float(number)
    except ValueError:
        return None
    if not colon:
        unit = "abs"
    if unit not in get_args(Unit) or not 0 <= amount < math.inf:  # NaN fails both comparisons
        return None
    return Tolerance(cast("Unit", unit), amount)
