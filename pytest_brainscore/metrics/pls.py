"""Partial least squares: how well features predict responses to held-out stimuli, as the published system has it.

25 components, features and targets centred but not scaled, fitted with scikit-learn's NIPALS iterates and stopping
rule (`nipals`), so that the correlation of every neuroid equals the one of a loop over
``sklearn.cross_decomposition.PLSRegression(25, scale=False)``. The algorithm is that of Wold et al. as described by
Wegelin (2000); scores from rotations instead of deflated features follow Dayal & MacGregor (1997),
doi 10.1002/(SICI)1099-128X(199701)11:1<73::AID-CEM435>3.0.CO;2-#.

NIPALS sees features X and targets Y only through the cross-covariance S = X'Y. It is held for each split as the whole
minus the rows left out, and never deflated: S of component k is S - P'B with the loadings P of the features and B of
the targets so far. The smaller of S'S and SS', which the iteration runs on, changes by rank two with each component.
Splits overlap, so all of them walk through the features together.

Two things scikit-learn leaves to rounding are defined here: a target that is constant over the training stimuli is
zero after centring, and fitting ends when what is left of the cross-covariance is rounding noise.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pytest_brainscore.metrics.correlation import pearson_correlation
from pytest_brainscore.metrics.nipals import MAX_ITERATIONS, TOLERANCE, power_iteration
from pytest_brainscore.metrics.regression_data import checked_targets, reduced_features
from pytest_brainscore.metrics.splits import Split
from pytest_brainscore.metrics.tiled_matrix import MOST_VECTORS, TiledMatrix, small_product, square

# Number of components of every published PLS benchmark (Schrimpf, Kubilius et al. 2018, doi 10.1101/407007).
COMPONENTS = 25

# Memory for what is kept per split decides how many splits walk together.
_SPLIT_BYTES = 2**27
# Rank-two updates of S'S lose a digit for every digit by which it shrinks; after two it is computed anew from S.
_SHRINKAGE = 1e-2
# The same for sums over the training stimuli, as the sum over all stimuli minus the test stimuli: four digits at most.
_CANCELLATION = 1e-8
# A cross-covariance this small against its first value is rounding noise (about 1000 times the machine precision).
_NOISE = 2e-13


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


def pls_correlation(
    features: NDArray[np.generic], targets: ArrayLike, splits: Sequence[Split], *, components: int = COMPONENTS
) -> NDArray[np.float64]:
    """Correlate responses to test stimuli with their PLS prediction, for every split and neuroid.

    Parameters are those of `fit_pls`.

    Returns
    -------
    Pearson correlation over the test stimuli, shape (split, neuroid). NaN where the response is constant over the
    training or the test stimuli.

    """
    fit = fit_pls(features, targets, splits, components=components)
    responses = np.asarray(targets, dtype=np.float64)
    return np.stack([pearson_correlation(fit.predict(s), responses[split.test]) for s, split in enumerate(splits)])


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
    if components > features.shape[1] or components >= fewest:
        raise ValueError(
            f"{components} PLS components need as many features and one more training stimulus, and there are "
            f"{features.shape[1]} features and {fewest} training stimuli: ask for fewer components or give more data."
        )
    if responses.shape[1] == 1:
        max_iterations = 1  # one target has one direction, and scikit-learn does not iterate
    reduced = reduced_features(features)
    centre = responses.mean(axis=0)
    centred = TiledMatrix(*responses.shape)
    centred.values[:] = responses - centre
    columns, neuroids = reduced.values.shape[1], responses.shape[1]
    bytes_per_split = 8 * (columns * neuroids + min(columns, neuroids) ** 2 + components * (3 * columns + 2 * neuroids))
    together = min(max(1, _SPLIT_BYTES // bytes_per_split), MOST_VECTORS)
    test_scores: list[NDArray[np.float64]] = []
    loadings = np.empty((len(splits), components, neuroids))
    means = np.empty((len(splits), neuroids))
    iterations = np.empty((len(splits), components), dtype=np.intp)
    for first in range(0, len(splits), together):
        group = slice(first, first + together)
        fit = _Lockstep(reduced, centred, splits[group], components)
        for component in range(components):
            fit.add_component(component, max_iterations, tolerance)
        test_scores += [scores[:, split.test].T for scores, split in zip(fit.scores, splits[group], strict=True)]
        loadings[group] = fit.loadings
        means[group] = fit.target_means + centre
        iterations[group] = fit.iterations
    return PLSFit(test_scores, loadings, means, iterations)


class _Sums(NamedTuple):
    """Sums over some stimuli, of which those over other stimuli can be subtracted."""

    products: NDArray[np.float64]
    features: NDArray[np.float64]
    targets: NDArray[np.float64]
    squares: NDArray[np.float64]

    @classmethod
    def over(cls, features: TiledMatrix, targets: NDArray[np.float64]) -> _Sums:
        squares = np.einsum("pn,pn->n", targets, targets)
        return cls(features.transposed_times(targets.T), features.values.sum(axis=0), targets.sum(axis=0), squares)


class _Lockstep:
    """Fits of several splits that grow by one component at a time; the first axis of every array is the split."""

    def __init__(self, features: TiledMatrix, targets: TiledMatrix, splits: Sequence[Split], components: int) -> None:
        self._features, self._targets = features, targets
        (stimuli, columns), neuroids, count = features.values.shape, targets.values.shape[1], len(splits)
        self._training = np.zeros((count, stimuli))
        self._feature_means = np.empty((count, columns))
        self.target_means = np.empty((count, neuroids))
        self._varies = np.ones((count, neuroids))  # 0 for targets that are constant over the training stimuli
        self._covariance = np.empty((count, neuroids, columns))  # Y'X, which is S' of the first component
        whole = _Sums.over(features, targets.values)
        for s, split in enumerate(splits):
            self._training[s, split.train] = 1
            self._cross_covariance(s, whole)
        self._noise = _NOISE**2 * np.einsum("snf,snf->sn", self._covariance, self._covariance)
        self._of_targets = neuroids <= columns  # as in `square`
        side = min(columns, neuroids)
        self._cross_product = np.empty((count, side, side))  # S'S or SS', of the present component
        self._fresh_diagonal = np.empty((count, side))  # its diagonal when it was last computed from S
        self._start = np.zeros(count, dtype=np.intp)  # the target the iteration starts from; past the last: finished
        self._rotations = np.zeros((count, components, columns))
        self._feature_loadings = np.zeros((count, components, columns))  # P
        self._target_products = np.zeros((count, components, neuroids))  # B
        self.scores = np.zeros((count, components, stimuli))
        self.loadings = np.zeros((count, components, neuroids))
        self.iterations = np.zeros((count, components), dtype=np.intp)
        for s in range(count):
            self._refresh(s)

    def add_component(self, component: int, max_iterations: int, tolerance: float) -> None:
        """Fit the next component in every split, and take it out of the cross product."""
        direction = np.zeros((len(self.scores), self._cross_product.shape[1]))
        for s in range(len(direction)):
            start = self._first_iterate(s)
            if start is not None:
                direction[s], self.iterations[s, component] = power_iteration(
                    self._cross_product[s] * (1 / np.trace(self._cross_product[s])),
                    start,
                    of_targets=self._of_targets,
                    max_iterations=max_iterations,
                    tolerance=tolerance,
                )
        weights = self._residual_times_targets(direction) if self._of_targets else direction
        weights /= _positive(np.sqrt(np.einsum("sf,sf->s", weights, weights)))[:, None]
        rotation = weights - _combine(self._rotations, _inner(self._feature_loadings, weights))
        scores = self._features.times(rotation)
        scores -= np.einsum("sf,sf->s", self._feature_means, rotation)[:, None]
        training = scores * self._training
        size = _positive(np.einsum("sp,sp->s", training, training))[:, None]
        # Zero but for rounding, and so are its products with the means.
        total = training.sum(axis=1)[:, None]
        feature_loading = (self._features.transposed_times(training) - total * self._feature_means) / size
        target_product = (self._targets.transposed_times(training) - total * self.target_means) * self._varies
        self._deflate(feature_loading, target_product)
        self._rotations[:, component] = rotation
        self._feature_loadings[:, component] = feature_loading
        self._target_products[:, component] = target_product
        self.scores[:, component] = scores
        self.loadings[:, component] = target_product / size
        for s in range(len(direction)):
            if np.trace(self._cross_product[s]) < _SHRINKAGE * self._fresh_diagonal[s].sum():
                self._refresh(s)

    def _cross_covariance(self, s: int, whole: _Sums) -> None:
        """Fill in the means and the cross-covariance of split s: all stimuli minus those left out, where few are."""
        features, targets = self._features.values, self._targets.values
        kept = self._training[s] == 1
        train = int(kept.sum())
        by_subtraction = 2 * train >= kept.size
        rows = np.flatnonzero(~kept if by_subtraction else kept)
        row_features = TiledMatrix(rows.size, features.shape[1])
        np.take(features, rows, axis=0, out=row_features.values, mode="clip")
        sums = _Sums.over(row_features, targets[rows])
        if by_subtraction:
            sums = _Sums(*(total - part for total, part in zip(whole, sums, strict=True)))
        self._feature_means[s] = sums.features / train
        self.target_means[s] = sums.targets / train
        self._covariance[s] = sums.products
        self._covariance[s] -= self.target_means[s][:, None] * sums.features
        variation = sums.squares - sums.targets * self.target_means[s]
        # Targets that vary little over the training stimuli against all stimuli would keep few digits.
        for neuroid in np.flatnonzero(variation <= _CANCELLATION * whole.squares):
            column = targets[kept, neuroid]
            self._varies[s, neuroid] = (column != column[0]).any()
            column -= column.mean()
            self._covariance[s, neuroid] = column @ (features[kept] - self._feature_means[s])
        self._covariance[s, self._varies[s] == 0] = 0

    def _refresh(self, s: int) -> None:
        """Compute the cross product of split s from the cross-covariance of the present component."""
        covariance = self._covariance[s] - small_product(self._target_products[s].T, self._feature_loadings[s])
        self._cross_product[s] = square(covariance)
        self._fresh_diagonal[s] = self._cross_product[s].diagonal()

    def _first_iterate(self, s: int) -> NDArray[np.float64] | None:
        """Start from the first target of split s that has anything left to fit; None if there is none."""
        for neuroid in range(self._start[s], self._noise.shape[1]):
            self._start[s] = neuroid
            if self._of_targets:
                if self._cross_product[s, neuroid, neuroid] < _SHRINKAGE * self._fresh_diagonal[s, neuroid]:
                    self._refresh(s)
                start = np.zeros(self._noise.shape[1])
                start[neuroid] = 1
                size = self._cross_product[s, neuroid, neuroid]
            else:
                start = self._covariance[s, neuroid]
                start = start - self._target_products[s, :, neuroid] @ self._feature_loadings[s]
                size = start @ start
            if size > self._noise[s, neuroid]:
                return start
        self._start[s] = self._noise.shape[1]
        return None

    def _residual_times_targets(self, targets: NDArray[np.float64]) -> NDArray[np.float64]:
        """Multiply the present S = X'Y - P'B of every split with one vector of targets each."""
        return _combine(self._covariance, targets) - _combine(
            self._feature_loadings, _inner(self._target_products, targets)
        )

    def _residual_times_features(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Multiply the present S' = Y'X - B'P of every split with one vector of features each."""
        return _inner(self._covariance, features) - _combine(
            self._target_products, _inner(self._feature_loadings, features)
        )

    def _deflate(self, feature_loading: NDArray[np.float64], target_product: NDArray[np.float64]) -> None:
        """Update the cross product for the next S, which is S - pb'."""
        if self._of_targets:
            near, far = target_product, feature_loading
            mixed = self._residual_times_features(far)
        else:
            near, far = feature_loading, target_product
            mixed = self._residual_times_targets(far)
        # (S - pb')'(S - pb') = S'S - (S'p)b' - b(S'p)' + (p'p)bb', as two symmetric outer products.
        mixed -= np.einsum("sf,sf->s", far, far)[:, None] / 2 * near
        for s in range(len(mixed)):
            pair = np.stack([mixed[s], near[s]])
            self._cross_product[s] -= small_product(pair.T, pair[::-1])


def _inner(rows: NDArray[np.float64], vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Multiply every matrix (split, row, column) with its vector (split, column)."""
    product: NDArray[np.float64] = np.matmul(rows, vectors[:, :, None])[:, :, 0]
    return product


def _combine(rows: NDArray[np.float64], coefficients: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum the rows of every matrix (split, row, column) with its coefficients (split, row)."""
    product: NDArray[np.float64] = np.matmul(coefficients[:, None, :], rows)[:, 0, :]
    return product


def _positive(sizes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Replace 0, the size of a component that was not fitted, by 1."""
    return np.where(sizes > 0, sizes, 1.0)
