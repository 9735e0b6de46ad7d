"""Several models on one leaf or parent: who is better than whom, and which are tied."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import NamedTuple

import numpy as np

from pytest_brainscore.inference.differences import Difference, paired_difference, score_error
from pytest_brainscore.inference.families import holm, letters
from pytest_brainscore.inference.levels import Replicates


class Standing(NamedTuple):
    """One of several models."""

    model: str
    score: float
    error: float
    """Standard error of the score; NaN where there is none. Those of two models do not tell whether they differ."""
    letters: str
    """Two models that cannot be told apart share a letter."""


class PairOfModels(NamedTuple):
    """Two of several models."""

    models: tuple[str, str]
    """The better one first."""
    difference: Difference
    """Second minus first."""
    p: float
    """Adjusted for all pairs (Holm)."""


class Standings(NamedTuple):
    """Several models, best first, and all their pairs."""

    models: tuple[Standing, ...]
    pairs: tuple[PairOfModels, ...]


def standings(models: Mapping[str, Replicates], *, level: float = 0.05, rounding: float = 0.0) -> Standings:
    """Compare several models with one another.

    Parameters
    ----------
    models
        Scores and bootstrap values by model, of the same draws.
    level
        At or below which an adjusted p tells two models apart; pairs that cannot be compared are not told apart.
    rounding
        As in `paired_difference`.

    Raises
    ------
    ValueError
        If draws are not the same.

    """
    names = sorted(models, key=lambda name: -models[name].score)
    places = list(combinations(range(len(names)), 2))
    differences = [
        paired_difference(models[names[one]], models[names[other]], rounding=rounding) for one, other in places
    ]
    adjusted = holm([each.p for each in differences]) if places else np.zeros(0)
    apart = np.zeros((len(names), len(names)), dtype=np.bool_)
    for (one, other), p in zip(places, adjusted, strict=True):
        apart[one, other] = apart[other, one] = p <= level
    shown = letters(names, apart)
    return Standings(
        tuple(Standing(name, models[name].score, score_error(models[name]), shown[name]) for name in names),
        tuple(
            PairOfModels((names[one], names[other]), difference, float(p))
            for (one, other), difference, p in zip(places, differences, adjusted, strict=True)
        ),
    )
