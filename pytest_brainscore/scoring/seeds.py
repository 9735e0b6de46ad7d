"""What several seeds of one thing have in common: the mean of their scores, with the interval that seeds leave it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

LEVEL = 0.95
"""Of the intervals."""


class SeedScore(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What models that differ in their seed only reach on one benchmark or parent."""

    scores: list[float | None]
    """In the order of the models; null for one without."""
    mean: float | None = None
    """Of those that there are; null without any."""
    low: float | None = None
    """Lower end of the 95 % interval of that mean over seeds (Student's t); null with fewer than two scores."""
    high: float | None = None
    """Its upper end."""


class SeedGroup(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Models that differ in their seed only."""

    network: str
    """Name of their network."""
    axes: dict[str, int | float | str]
    """What else they are said to be of, which is the same for all: epoch, step ..."""
    seeds: list[int | float | str]
    """Their seeds."""
    models: list[str]
    """Their identifiers, in the same order."""
    scores: dict[str, SeedScore] = {}
    """By benchmark, and by parent: of these the site-comparable means."""


def mean_over_seeds(scores: Sequence[float | None]) -> tuple[float | None, float | None, float | None]:
    """Return the mean of scores, and the ends of its 95 % interval, from Student's t.

    Parameters
    ----------
    scores
        One a seed; what is None or not finite does not count.

    Returns
    -------
    mean, low, high
        None without any score; the ends None with fewer than two.

    """
    known = [each for each in scores if each is not None and math.isfinite(each)]
    if not known:
        return None, None, None
    mean = math.fsum(known) / len(known)
    if len(known) < 2:
        return mean, None, None
    from scipy.special import stdtrit

    variance = math.fsum((each - mean) ** 2 for each in known) / (len(known) - 1)
    reach = float(stdtrit(len(known) - 1, (1 + LEVEL) / 2)) * math.sqrt(variance / len(known))
    return mean, mean - reach, mean + reach


def seed_score(scores: Sequence[float | None]) -> SeedScore:
    """Return the scores of several seeds with their mean and its interval."""
    mean, low, high = mean_over_seeds(scores)
    return SeedScore(scores=list(scores), mean=mean, low=low, high=high)
