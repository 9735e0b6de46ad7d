"""Centred kernel alignment: how similar two populations lay out the same stimuli, up to rotation and scale.

Linear kernel. Kornblith et al. (2019), arXiv 1905.00414; unbiased estimate of Song et al. (2012), JMLR 13:1393.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.metrics.predictivity.regression_data import gram_matrix

# The unbiased estimate divides by n (n - 3).
_FEWEST_STIMULI = 4


def cka(first: NDArray[np.generic], second: NDArray[np.generic]) -> float:
    """Centred kernel alignment, without the bias towards 1 that many neuroids bring.

    The unit of responses has no influence. (The published system adds 1e-12 to the denominator, so that responses in
    units of 1e-6 lose a tenth, and those of 1e-9 everything.)

    Parameters
    ----------
    first, second
        Responses, shape (stimulus, neuroid) with any numbers of neuroids, the same stimuli in the same order; any
        real dtype, may be memory-mapped.

    Returns
    -------
    At most about 1, and about 0 or slightly negative for unrelated responses. 0 where the responses of a population
    to different stimuli are not more alike or different than chance has it.

    Raises
    ------
    ValueError
        If the stimuli differ in number or are fewer than four, or a response is NaN or infinite.

    """
    kernels = _kernels(first, second)
    for kernel in kernels:
        np.fill_diagonal(kernel, 0)
    one, other = kernels
    scale = _unbiased_dependence(one, one) * _unbiased_dependence(other, other)
    if scale <= 0:
        return 0.0
    return float(_unbiased_dependence(one, other) / np.sqrt(scale))


def cka_biased(first: NDArray[np.generic], second: NDArray[np.generic]) -> float:
    """Centred kernel alignment as first published; near 1 for any responses with more neuroids than stimuli.

    Parameters and errors are those of `cka`.

    Returns
    -------
    0 to 1. NaN where all stimuli have the same response.

    """
    one, other = _kernels(first, second)
    scale = np.sqrt((one * one).sum() * (other * other).sum())
    return float((one * other).sum() / scale) if scale > 0 else float("nan")


def _kernels(first: NDArray[np.generic], second: NDArray[np.generic]) -> list[NDArray[np.float64]]:
    """Inner products of the centred responses, scaled by powers of two so that float64 holds their products.

    Neither changes an estimate; centring saves digits.
    """
    if first.ndim != 2 or second.ndim != 2 or len(first) != len(second) or len(first) < _FEWEST_STIMULI:
        raise ValueError(
            f"Responses of shapes {first.shape} and {second.shape} cannot be aligned: "
            "give (stimulus, neuroid) twice, with the same four or more stimuli."
        )
    kernels = [gram_matrix(first), gram_matrix(second)]
    return [np.ldexp(kernel, -np.frexp(kernel.trace() / len(kernel))[1]) for kernel in kernels]


def _unbiased_dependence(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Hilbert-Schmidt independence criterion of two kernels with a diagonal of 0."""
    n = len(one)
    one_sums, other_sums = one.sum(axis=0), other.sum(axis=0)
    dependence = (one * other).sum() + one_sums.sum() * other_sums.sum() / ((n - 1) * (n - 2))
    return float((dependence - 2 * (one_sums * other_sums).sum() / (n - 2)) / (n * (n - 3)))
