"""Scores relative to their ceiling, with the error on the scale of the score.

The published system has changed its normalisation of neural predictivity, and uses three side by side; a number
without the name of its normalisation cannot be compared. None is clipped to 1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

Raw = TypeVar("Raw", float, NDArray[np.float64])
FORMULAS: Final = ("r", "r/c", "(r/c)^2", "r^2/c")
"""What `normalised` can compute, as records name it."""


def normalised(raw: Raw, ceiling: float, formula: str) -> Raw:
    """Return raw scores relative to their ceiling.

    Parameters
    ----------
    raw
        A number r, or several.
    ceiling
        Their ceiling c, not 0.
    formula
        One of `FORMULAS`.

    Raises
    ------
    ValueError
        If it is none of these.

    """
    match formula:
        case "r":
            return raw
        case "r/c":
            return raw / ceiling
        case "(r/c)^2":
            return (raw / ceiling) ** 2
        case "r^2/c":
            return raw**2 / ceiling
    raise ValueError(f"There is no formula {formula!r}; give one of {', '.join(FORMULAS)}.")


class NormalisedScore(NamedTuple):
    """A score relative to its ceiling."""

    value: float
    error: float
    """On the scale of the value: the error of the raw score times the slope of the normalisation there. The ceiling
    counts as known. NaN if the raw score has no error."""
    normalisation: str
    """Its formula in the raw score r and the ceiling c."""
    sign_lost: float | None = None
    """The value with the sign of the raw score, where a square dropped the sign of a negative one; else None."""

    @property
    def signed(self) -> float:
        """The value with the sign of the raw score."""
        return self.value if self.sign_lost is None else self.sign_lost


def explained_variance(raw: float, ceiling: float, error: float = float("nan")) -> NormalisedScore:
    """Explained share of the variance that can be explained: r²/c, for neural predictivity since 2026.

    The Spearman-Brown-corrected reliability c is itself a share of variance.

    Parameters
    ----------
    raw
        Median correlation. Its sign is lost, as in the published system.
    ceiling
        Reliability of the recording, above 0.
    error
        Error of the raw score.

    Raises
    ------
    ValueError
        If the ceiling is not above 0.

    """
    _check(ceiling)
    return _squared(raw, ceiling, 2 * abs(raw) / ceiling * error, "r^2/c")


def squared_ratio(raw: float, ceiling: float, error: float = float("nan")) -> NormalisedScore:
    """Square of the ceiled correlation: (r/c)², for neural predictivity before 2026, on the published model pages.

    Parameters and errors are those of `explained_variance`.
    """
    _check(ceiling)
    return _squared(raw, ceiling, 2 * abs(raw) / ceiling**2 * error, "(r/c)^2")


def ratio(raw: float, ceiling: float, error: float = float("nan")) -> NormalisedScore:
    """Share of the ceiling: r/c, for representational similarity, behavior and response properties.

    Parameters and errors are those of `explained_variance`; here the sign stays.
    """
    _check(ceiling)
    return NormalisedScore(normalised(raw, ceiling, "r/c"), error / ceiling, "r/c")


def above_chance(raw: float, ceiling: float, chance: float, error: float = float("nan")) -> NormalisedScore:
    """Share of what there is between chance k and the ceiling: (r-k)/(c-k), for choices among few alternatives.

    Parameters
    ----------
    raw, ceiling, error
        As in `explained_variance`; the ceiling is above chance.
    chance
        Raw score of a guess.

    Raises
    ------
    ValueError
        If the ceiling is not above chance.

    """
    if not ceiling > chance:
        raise ValueError(f"A ceiling of {ceiling} normalises nothing: a guess has {chance}.")
    return NormalisedScore((raw - chance) / (ceiling - chance), error / (ceiling - chance), "(r-k)/(c-k)")


def neuroid_explained_variance(correlations: ArrayLike, ceilings: ArrayLike) -> NDArray[np.float64]:
    """Explained share of the explainable variance of every neuroid: r²/c. The published score is their mean.

    Parameters
    ----------
    correlations
        Shape (neuroid,).
    ceilings
        Reliabilities, shape (split, neuroid); averaged over splits, without NaN, before anything is divided.

    Returns
    -------
    Shape (neuroid,). Above 1 or negative where reliabilities are low or negative; NaN where one is 0 or missing. Left
    to the caller is which neuroids are reliable enough.

    Raises
    ------
    ValueError
        If the neuroids differ.

    """
    r = np.asarray(correlations, dtype=np.float64)
    reliabilities = np.asarray(ceilings, dtype=np.float64)
    if r.ndim != 1 or reliabilities.ndim != 2 or reliabilities.shape[1] != r.size or len(reliabilities) == 0:
        raise ValueError(
            f"Correlations of shape {r.shape} and ceilings of shape {reliabilities.shape} do not fit: "
            "give (neuroid,) and (split, neuroid)."
        )
    present = ~np.isnan(reliabilities)
    c = np.where(present, reliabilities, 0).sum(axis=0) / np.maximum(present.sum(axis=0), 1)
    explained = np.full(r.size, np.nan)
    np.divide(r**2, c, out=explained, where=c != 0)
    return explained


NORMALISATIONS: Final[Mapping[str, Callable[[float, float, float], NormalisedScore]]] = {
    "r^2/c": explained_variance,
    "(r/c)^2": squared_ratio,
    "r/c": ratio,
}
"""By their names in records."""
PER_NEUROID: Final = "mean(r^2/c)"
"""Name of the mean of `neuroid_explained_variance` over neuroids, which needs more than two numbers."""


def _squared(raw: float, ceiling: float, error: float, formula: str) -> NormalisedScore:
    value = normalised(raw, ceiling, formula)
    return NormalisedScore(value, error, formula, -value if raw < 0 else None)


def _check(ceiling: float) -> None:
    if not ceiling > 0:
        raise ValueError(f"A ceiling of {ceiling} normalises nothing: the recording does not predict itself.")
