"""Many comparisons at once: p values of a family, and which of several models cannot be told apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from string import ascii_lowercase

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import false_discovery_control

from pytest_brainscore.inference.draws import FloatArray


def holm(p_values: ArrayLike) -> FloatArray:
    """Adjust p values so that the chance of any false alarm in the family stays below the level (Holm 1979).

    Holds however the comparisons depend on each other.

    Parameters
    ----------
    p_values
        Shape (comparison,), 0 to 1; NaN are no comparisons, and stay.

    Returns
    -------
    Adjusted p values, in their order, at most 1.

    """
    return _of_numbers(p_values, _holm)


def benjamini_hochberg(p_values: ArrayLike) -> FloatArray:
    """Adjust p values so that of what is called different, at most the level is not (Benjamini & Hochberg 1995)."""
    return _of_numbers(p_values, lambda values: np.asarray(false_discovery_control(values), dtype=np.float64))


def holm_by_family(p_values: Mapping[str, float], families: Mapping[str, str]) -> dict[str, float]:
    """Adjust the p values of each family by itself.

    Parameters
    ----------
    p_values
        By leaf.
    families
        Family of each leaf, for example its region; a leaf without one is a family of its own.

    """
    members: dict[str, list[str]] = {}
    for leaf in p_values:
        members.setdefault(families.get(leaf, f"\0{leaf}"), []).append(leaf)
    adjusted: dict[str, float] = {}
    for leaves in members.values():
        adjusted |= dict(zip(leaves, holm([p_values[leaf] for leaf in leaves]).tolist(), strict=True))
    return {leaf: adjusted[leaf] for leaf in p_values}


def letters(models: Sequence[str], different: ArrayLike) -> dict[str, str]:
    """Give models letters: two share one exactly where they cannot be told apart (Piepho 2004, insert and absorb).

    Parameters
    ----------
    models
        Names, best first.
    different
        Whether each pair differs, shape (model, model), symmetric.

    Returns
    -------
    The letters of each model, ``a`` being that of the best; after ``z`` comes ``aa``.

    """
    apart = np.asarray(different, dtype=np.bool_)
    if apart.shape != (len(models), len(models)) or (apart != apart.T).any():
        raise ValueError(f"{len(models)} models need a symmetric table of as many rows, not one of {apart.shape}.")
    groups = [frozenset(range(len(models)))]
    for one, other in zip(*np.nonzero(np.triu(apart, 1)), strict=True):
        split = [group - {each} for group in groups if {one, other} <= group for each in (int(one), int(other))] + [
            group for group in groups if not {one, other} <= group
        ]
        groups = [group for group in dict.fromkeys(split) if not any(group < wider for wider in split)]
    groups.sort(key=sorted)
    return {
        name: ",".join(_letter(number) for number, group in enumerate(groups) if place in group)
        if len(groups) > len(ascii_lowercase)
        else "".join(_letter(number) for number, group in enumerate(groups) if place in group)
        for place, name in enumerate(models)
    }


def _letter(number: int) -> str:
    before, last = divmod(number, len(ascii_lowercase))
    return (_letter(before - 1) if before else "") + ascii_lowercase[last]


def _of_numbers(p_values: ArrayLike, adjust: Callable[[FloatArray], FloatArray]) -> FloatArray:
    values = np.array(p_values, dtype=np.float64)
    known = ~np.isnan(values)
    if known.any():
        values[known] = adjust(values[known])
    return values


def _holm(values: FloatArray) -> FloatArray:
    order = np.argsort(values, kind="stable")
    adjusted = np.empty(values.size)
    adjusted[order] = np.maximum.accumulate(values[order] * np.arange(values.size, 0, -1))
    return np.minimum(adjusted, 1.0)
