"""PLS fits of many overlapping splits, component by component.

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
from numpy.typing import NDArray

from pytest_brainscore.metrics.nipals import power_iteration
from pytest_brainscore.metrics.splits import Split
from pytest_brainscore.metrics.tiled_matrix import TiledMatrix, small_product, square

# Rank-two updates of S'S lose a digit for every digit by which it shrinks; after two it is computed anew from S.
_SHRINKAGE = 1e-2
# The same for sums over the training stimuli, as the sum over all stimuli minus the test stimuli: four digits at most.
_CANCELLATION = 1e-8
# A cross-covariance this small against its first value is rounding noise (about 1000 times the machine precision).
_NOISE = 2e-13


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


class LockstepPLS:
    """PLS fits of several splits that grow by one component at a time; the first axis of every array is the split."""

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
