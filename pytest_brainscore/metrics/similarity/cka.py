"""Centred kernel alignment: how similar two populations lay out the same stimuli, up to rotation and scale.

Linear kernel. Kornblith et al. (2019), arXiv 1905.00414; unbiased estimate of Song et al. (2012), JMLR 13:1393.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.metrics.predictivity.regression_data import gram_matrix
from pytest_brainscore.metrics.shared.aggregation import credible
from pytest_brainscore.one_thread import one_thread

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
    return _alignment(*_kernels(first, second, biased=False), biased=False)


def cka_biased(first: NDArray[np.generic], second: NDArray[np.generic]) -> float:
    """Centred kernel alignment as first published; near 1 for any responses with more neuroids than stimuli.

    Parameters and errors are those of `cka`.

    Returns
    -------
    0 to 1. NaN where all stimuli have the same response.

    """
    return _alignment(*_kernels(first, second, biased=True), biased=True)


class Alignment(NamedTuple):
    """How alike two populations lay out the stimuli, and how much of that depends on which stimuli these are."""

    value: float
    """As of `cka` or `cka_biased`."""
    error: float
    """Standard error over stimuli; NaN for fewer than ten stimuli, or where an alignment is not defined."""


def cka_jackknife(first: NDArray[np.generic], second: NDArray[np.generic], *, biased: bool = False) -> Alignment:
    """Return an alignment and its error over stimuli, which are left out one by one (Efron & Stein 1981).

    A bootstrap would show stimuli twice, which are then alike for any population; nothing is drawn here.

    Parameters and errors are those of `cka`; with `biased`, it is that of `cka_biased`.
    """
    one, other = _kernels(first, second, biased=biased)
    value, count = _alignment(one, other, biased=biased), len(one) - 1
    if count < _FEWEST_STIMULI:
        return Alignment(value, float("nan"))
    left = [_sums_without_each(*pair) for pair in ((one, other), (one, one), (other, other))]
    values = _biased(count, *left) if biased else _unbiased(count, *left)
    error = np.sqrt(count / (count + 1) * ((values - values.mean()) ** 2).sum())
    return Alignment(value, credible(float(error), len(one)))


def _alignment(one: NDArray[np.float64], other: NDArray[np.float64], *, biased: bool) -> float:
    """Return the alignment of two kernels as `_kernels` returns them."""
    if not biased:
        return float(_unbiased(len(one), *(_sums(*pair) for pair in ((one, other), (one, one), (other, other)))))
    scale = np.sqrt((one * one).sum() * (other * other).sum())
    return float((one * other).sum() / scale) if scale > 0 else float("nan")


class _Sums(NamedTuple):
    """Sums over two kernels that both estimates are made of; numbers, or one each for every stimulus left out."""

    products: Any
    """Sum of the products of their entries."""
    of_rows: Any
    """Sum over rows of the product of the sums of a row."""
    of_all: Any
    """Product of the sums of all entries."""


def _sums(one: NDArray[np.float64], other: NDArray[np.float64]) -> _Sums:
    rows, others = one.sum(axis=0), other.sum(axis=0)
    return _Sums((one * other).sum(), (rows * others).sum(), rows.sum() * others.sum())


@one_thread()
def _sums_without_each(one: NDArray[np.float64], other: NDArray[np.float64]) -> _Sums:
    """Return the sums without the row and the column of each stimulus."""
    rows, others = one.sum(axis=0), other.sum(axis=0)
    products = (one * other).sum(axis=0)
    diagonal, beside = one.diagonal(), other.diagonal()
    whole = _sums(one, other)
    # What every other row loses of its two sums, over all rows but the one that is left out.
    of_rows = whole.of_rows - one @ others - other @ rows + products
    of_rows -= (rows - diagonal) * (others - beside)
    return _Sums(
        whole.products - 2 * products + diagonal * beside,
        of_rows,
        (rows.sum() - 2 * rows + diagonal) * (others.sum() - 2 * others + beside),
    )


def _kernels(
    first: NDArray[np.generic], second: NDArray[np.generic], *, biased: bool
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Inner products of the centred responses, scaled by powers of two so that float64 holds their products.

    Neither changes an estimate; centring saves digits. Without a diagonal for the unbiased one.
    """
    if first.ndim != 2 or second.ndim != 2 or len(first) != len(second) or len(first) < _FEWEST_STIMULI:
        raise ValueError(
            f"Responses of shapes {first.shape} and {second.shape} cannot be aligned: "
            "give (stimulus, neuroid) twice, with the same four or more stimuli."
        )
    kernels = []
    for responses in (first, second):
        kernel = gram_matrix(responses)
        np.ldexp(kernel, -np.frexp(kernel.trace() / len(kernel))[1], out=kernel)
        if not biased:
            np.fill_diagonal(kernel, 0)
        kernels.append(kernel)
    return kernels[0], kernels[1]


def _unbiased(n: int, both: _Sums, first: _Sums, second: _Sums) -> Any:
    """Return the alignment from estimates of the Hilbert-Schmidt independence criterion; diagonals are 0."""
    dependence, one, other = (
        (sums.products + sums.of_all / ((n - 1) * (n - 2)) - 2 * sums.of_rows / (n - 2)) / (n * (n - 3))
        for sums in (both, first, second)
    )
    scale = one * other
    return np.where(scale > 0, dependence / np.sqrt(np.where(scale > 0, scale, 1)), 0.0)


def _biased(n: int, both: _Sums, first: _Sums, second: _Sums) -> Any:
    dependence, one, other = (
        sums.products - 2 * sums.of_rows / n + sums.of_all / n**2 for sums in (both, first, second)
    )
    scale = one * other
    return np.where(scale > 0, dependence / np.sqrt(np.where(scale > 0, scale, 1)), np.nan)
