"""The verdict on a score: what became of it since the baseline was stored."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from typing import Literal

import msgspec

from pytest_brainscore.errors import BaselineError
from pytest_brainscore.scoring.baseline import STORED_DIGITS, BaselineScore

Verdict = Literal["unchanged", "improved", "regressed", "new", "missing", "not-comparable"]
"""Where a score stands; a test fails when it is ``regressed`` or ``not-comparable``."""

PairedVerdict = Literal["unchanged", "improved", "regressed"]
"""What a paired comparison can say."""

Ingredient = str | int | float
"""One thing that a score depends on, such as a checksum, a version or a seed."""

# Rounding error of a difference of two scores in float64 is about 1e-16; this leaves four digits of room.
ROUNDING = 1e-12
# Enough of a SHA-256 to recognise it, as in `git log --oneline`.
SHOWN_CHARACTERS = 12


class PairedInterval(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The interval of a difference from the baseline, from bootstrap values on the same draws."""

    low: float
    """Lower end, on the scale of the score."""
    high: float
    """Upper end; the score regressed when it is below -margin."""
    confidence: float
    """Of the interval alone, such that the chance of any false alarm in the run is at most 5 %."""
    comparisons: int
    """Scores of the run that are compared in this way: the chance is shared by them."""
    margin: float
    """What may be lost; 0 or more."""


class Comparison(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A score set against its baseline."""

    verdict: Verdict
    """What follows from the comparison."""
    baseline: float | None = None
    """Score of the baseline; None when there is none."""
    delta: float | None = None
    """Score minus baseline; None when one of them is missing or they cannot be compared."""
    tolerance: float | None = None
    """Allowed change on the scale of the score (the margin, where the comparison is paired); None when nothing was to
    be compared."""
    reason: str | None = None
    """Why, where the numbers do not tell; None otherwise."""
    paired: PairedInterval | None = None
    """Interval of the difference where the verdict follows from it; None where it follows from `tolerance`."""
    accepted: bool | None = None
    """False when the verdict makes the run red under its options, true when it does not; None where no run has said,
    as in old reports: then ``regressed`` and ``not-comparable`` make it red."""


def compare(
    score: float | None,
    fingerprint: Mapping[str, Ingredient],
    baseline: BaselineScore | None,
    tolerance: float,
    across: Collection[str] = (),
    paired: tuple[PairedVerdict, PairedInterval] | None = None,
) -> Comparison:
    """Compare a score with its baseline.

    The first rule that applies decides:

    1. without a baseline, the verdict is ``new``;
    2. when the score is not a number (None, NaN, infinite), it is ``regressed``, since the baseline is one, whatever
       else changed;
    3. when the fingerprints differ in an ingredient that is not in `across`, it is ``not-comparable``; an ingredient
       on one side only counts as different;
    4. where both have bootstrap values on the same draws, the verdict is that of `paired`;
    5. a change by at most `tolerance` is ``unchanged``, more is ``improved`` or ``regressed``.

    Since baselines are stored with 6 significant digits, a change is ``unchanged`` as long as it is within the
    tolerance for some score that would have been stored as this baseline; so even with a tolerance of 0 the score
    that was stored is unchanged.

    Parameters
    ----------
    score
        The new score, on any scale; None or NaN when the benchmark has no number.
    fingerprint
        What the score depends on.
    baseline
        What is stored for the same model and benchmark; its score is finite.
    tolerance
        Allowed change on the scale of the score, finite and not negative.
    across
        Ingredients that may differ, named on purpose: ``{"weights"}`` when a trained network is compared with
        its earlier self.
    paired
        From `gate.paired_verdict`; None where there is none.

    Raises
    ------
    BaselineError
        When the tolerance is negative, infinite or NaN: any score would pass, or none.

    """
    if not 0 <= tolerance < math.inf:
        raise BaselineError(f"The tolerance {tolerance} cannot be used; give a finite number of at least 0.")
    if baseline is None:
        return Comparison(verdict="new")
    if score is None or not math.isfinite(score):
        return Comparison(verdict="regressed", baseline=baseline.score, tolerance=tolerance, reason="has no number now")
    differences = _differences(baseline.fingerprint, fingerprint, across)
    if differences:
        return Comparison(verdict="not-comparable", baseline=baseline.score, tolerance=tolerance, reason=differences)
    delta = float(score) - baseline.score
    if paired is not None:
        verdict, interval = paired
        margin = interval.margin
        return Comparison(verdict=verdict, baseline=baseline.score, delta=delta, tolerance=margin, paired=interval)
    limit = tolerance + _storage_error(baseline.score) + ROUNDING
    changed: Verdict = "unchanged" if abs(delta) <= limit else "improved" if delta > 0 else "regressed"
    return Comparison(verdict=changed, baseline=baseline.score, delta=delta, tolerance=tolerance)


def missing(baseline: BaselineScore, reason: str | None) -> Comparison:
    """Return the comparison for a baseline whose benchmark has no score in this run, for a reason."""
    return Comparison(verdict="missing", baseline=baseline.score, reason=reason)


def _differences(before: Mapping[str, Ingredient], now: Mapping[str, Ingredient], across: Collection[str]) -> str:
    names = sorted((before.keys() | now.keys()) - set(across))
    return ", ".join(
        "{} was {} and is {}".format(name, *_shown(before.get(name), now.get(name)))
        for name in names
        if before.get(name) != now.get(name)
    )


def _shown(before: Ingredient | None, now: Ingredient | None) -> tuple[str, str]:
    """Return both values shortened, or in full where the difference would be cut off."""
    short = _shortened(before), _shortened(now)
    return short if short[0] != short[1] else (repr(before), repr(now))


def _shortened(value: Ingredient | None) -> str:
    text = "absent" if value is None else str(value)
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}…"


def _storage_error(stored: float) -> float:
    """Return how far the score behind a stored number can be from it: half a unit of the last stored digit."""
    if stored == 0:
        return 0.0
    exponent = int(f"{stored:.{STORED_DIGITS - 1}e}".partition("e")[2])
    return 0.5 * 10.0 ** (exponent - STORED_DIGITS + 1)
