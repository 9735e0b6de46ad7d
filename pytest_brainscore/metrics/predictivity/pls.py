"""Partial least squares: how well features predict responses to held-out stimuli, as the published system has it.

25 components, features and targets centred but not scaled, fitted with scikit-learn's NIPALS iterates and stopping
rule (`nipals`), so that the correlation of every neuroid equals the one of a loop over
``sklearn.cross_decomposition.PLSRegression(25, scale=False)``. The algorithm is that of Wold et al. as described by
Wegelin (2000); scores from rotations instead of deflated features follow Dayal & MacGregor (1997),
doi 10.1002/(SICI)1099-128X(199701)11:1<73::AID-CEM435>3.0.CO;2-#.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pytest_brainscore.metrics.predictivity.nipals import MAX_ITERATIONS, TOLERANCE
from pytest_brainscore.metrics.predictivity.pls_lockstep import LockstepPLS
from pytest_brainscore.metrics.predictivity.reduced_features import ReducedFeatures, reduced_features
from pytest_brainscore.metrics.predictivity.regression_data import checked_targets
from pytest_brainscore.metrics.predictivity.tiled_matrix import MOST_VECTORS, TiledMatrix, small_product
from pytest_brainscore.metrics.shared.splits import Split
from pytest_brainscore.one_thread import one_thread

# Number of components of every published PLS benchmark (Schrimpf, Kubilius et al. 2018, doi 10.1101/407007).
COMPONENTS = 25

# What a record says about how a number came about.
METHOD = (
    f"PLS regression, {COMPONENTS} components, unscaled, NIPALS until the squared change of the x-weights is below "
    f"{TOLERANCE:g} or after {MAX_ITERATIONS} iterations"
)

# Of the largest value, as a power of two. Products of four values, summed over many, are as large as it gets.
_LARGEST_EXPONENT = 64
# Memory for what is kept per split decides how many splits walk together.
_SPLIT_BYTES = 2**27


class PLSFit(NamedTuple):
    """Fits of all splits, reduced to what predicts their test stimuli."""

    test_scores: list[NDArray[np.float64]]
    """Scores of the test stimuli of every split, each of shape (stimulus, component)."""
    target_loadings: NDArray[np.float64]
    """Shape (split, component, neuroid)."""
    target_means: NDArray[np.float64]
    """Mean over training stimuli, shape (split, neuroid)."""
    iterations: NDArray[np.intp]
    """Power iterations, shape (split, component): as many as scikit-learn makes. 0 where nothing was left to fit."""

    def predict(self, split: int) -> NDArray[np.float64]:
        """Predict the test stimuli of a split in the order of its test rows, shape (stimulus, neuroid)."""
        prediction = small_product(self.test_scores[split], self.target_loadings[split])
        prediction += self.target_means[split]
        return prediction


class PLSPredictions:
    """Predictions for the test stimuli of each split, in the order of splits."""

    def __init__(self, fit: PLSFit) -> None:
        self._fit = fit

    def __iter__(self) -> Iterator[NDArray[np.float64]]:
        return (self._fit.predict(split) for split in range(len(self._fit.test_scores)))

    @property
    def counts(self) -> dict[str, int]:
        """Number of components of the split in which fitting ended first, if it ended before the last component."""
        fitted = self._fit.iterations > 0
        return {} if fitted.all() else {"components": int(fitted.sum(axis=1).min())}


def predict_pls(
    features: NDArray[np.generic], targets: ArrayLike, splits: Sequence[Split], *, components: int = COMPONENTS
) -> PLSPredictions:
    """Predict the test stimuli of each split, shape (stimulus, neuroid); parameters and errors as in `fit_pls`."""
    return PLSPredictions(fit_pls(features, targets, splits, components=components))


def fit_pls(
    features: NDArray[np.generic],
    targets: ArrayLike,
    splits: Sequence[Split],
    *,
    components: int = COMPONENTS,
    max_iterations: int = MAX_ITERATIONS,
    tolerance: float = TOLERANCE,
) -> PLSFit:
    """Fit PLS on the training stimuli of every split.

    Computed in float64. Memory grows with stimuli x the smaller of features and stimuli, not with features beyond.

    Where scores of a component get so small beside the features that digits are lost, as behind a bottleneck, or with
    one feature that dominates, the fit is repeated with features rotated by reflections. Single neuroids then have the
    correlation of a fit in extended precision to 1e-8, or as precisely as scikit-learn's where it has fewer digits: of
    features whose directions past the rank are 1e-9 of the first and below. Fitting ends where only rounding is left;
    `iterations` tells after how many components. The unit of features and targets has no influence.

    Parameters
    ----------
    features
        Shape (stimulus, feature), any real dtype; may be memory-mapped.
    targets
        Responses, shape (stimulus, neuroid), finite, in the same order of stimuli.
    splits
        Row numbers of training and test stimuli.
    components
        Number of components.
    max_iterations, tolerance
        The stopping rule of `power_iteration`.

    Returns
    -------
    The `PLSFit`.

    Raises
    ------
    ValueError
        If shapes do not fit, a value is NaN or infinite, or there are fewer features than components or no more
        training stimuli than components.

    """
    responses = checked_targets(features, targets, splits)
    fewest = min(len(split.train) for split in splits)
    most = min(features.shape[1], fewest - 1)
    if components > most:
        raise ValueError(
            f"{components} PLS components need as many features and one more training stimulus, and there are "
            f"{features.shape[1]} features and {fewest} training stimuli: ask for {most} components or fewer, or give "
            "more data."
        )
    if responses.shape[1] == 1:
        max_iterations = 1  # one target has one direction, and scikit-learn does not iterate
    rule = _Rule(components, max_iterations, tolerance)
    for precise in (False, True):
        fit = _fit(reduced_features(features, precise=precise), responses, splits, rule)
        if fit:
            return fit
    raise AssertionError("features reduced precisely are precise enough for any component")


class _Rule(NamedTuple):
    """What ends a fit."""

    components: int
    max_iterations: int
    tolerance: float


@one_thread()
def _fit(
    features: ReducedFeatures, responses: NDArray[np.float64], splits: Sequence[Split], rule: _Rule
) -> PLSFit | None:
    """Fit all splits, as many together as memory allows; None where features are not precise enough for it."""
    columns, neuroids, components = features.matrix.values.shape[1], responses.shape[1], rule.components
    centre = responses.mean(axis=0)
    centred = TiledMatrix(*responses.shape)
    centred.values[:] = responses - centre
    unit = _brought_near_one(centred.values)
    _brought_near_one(features.matrix.values)
    bytes_per_split = 8 * (columns * neuroids + min(columns, neuroids) ** 2 + components * (3 * columns + 2 * neuroids))
    together = min(max(1, _SPLIT_BYTES // bytes_per_split), MOST_VECTORS)
    test_scores: list[NDArray[np.float64]] = []
    loadings = np.empty((len(splits), components, neuroids))
    means = np.empty((len(splits), neuroids))
    iterations = np.empty((len(splits), components), dtype=np.intp)
    for first in range(0, len(splits), together):
        group = slice(first, first + together)
        fit = LockstepPLS(features, centred, splits[group], components)
        for component in range(components):
            fit.add_component(component, rule.max_iterations, rule.tolerance)
            if (fit.shares[:, component] < features.smallest_share).any():
                return None
        test_scores += [scores[:, split.test].T for scores, split in zip(fit.scores, splits[group], strict=True)]
        loadings[group] = fit.loadings / unit
        means[group] = fit.target_means / unit + centre
        iterations[group] = fit.iterations
    return PLSFit(test_scores, loadings, means, iterations)


def _brought_near_one(values: NDArray[np.float64]) -> float:
    """Multiply very large or small values, in place, so that float64 holds their products; return by what.

    Powers of two change no digit.
    """
    exponent = int(np.frexp(max(values.max(), -values.min()))[1])
    factor = float(np.ldexp(1.0, -exponent)) if abs(exponent) > _LARGEST_EXPONENT else 1.0
    if factor != 1:
        values *= factor
    return factor
