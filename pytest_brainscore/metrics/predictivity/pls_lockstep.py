"""PLS fits of many overlapping splits, component by component.

NIPALS sees features X and targets Y only through the cross-covariance S = X'Y. It is held for each split as the whole
minus the rows left out, and never deflated: S of component k is S - P'B with the loadings P of the features and B of
the targets so far. The smaller of S'S and SS', which the iteration runs on, changes by rank two with each component.
Splits overlap, so all of them walk through the features together.

Scores come from the features as they are. Where those of a component are small, rounding leaves a part of them along
the scores before, which in deflated features it would not be; it is taken out again. Without that, loadings lose two
digits for each digit by which scores shrink, and all of them when features of single precision are used up.

Two things scikit-learn leaves to rounding are defined here: a target that is constant over the training stimuli is
zero after centring, and fitting ends when what is left of the cross-covariance is rounding noise.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.metrics.predictivity.nipals import power_iteration
from pytest_brainscore.metrics.predictivity.reduced_features import ReducedFeatures
from pytest_brainscore.metrics.predictivity.tiled_matrix import TiledMatrix, small_product, square
from pytest_brainscore.metrics.shared.splits import Split

# Rank-two updates of S'S lose a digit for every digit by which it shrinks; after two it is computed anew from S.
_SHRINKAGE = 1e-2
# The same for sums over the training stimuli, as the sum over all stimuli minus the test stimuli: four digits at most.
_CANCELLATION = 1e-8
# A cross-covariance this small against the lengths of its target and of its feature (or of the features rotated into
# it, whose rounding it carries) is rounding noise: about 100 times the machine precision.
_NOISE = 2e-14
# A part this large of scores along those before (of their squares) is taken out twice: the first time rounds too.
_OVERLAP = 1e-2


class _Sums(NamedTuple):
    """Sums over some stimuli, of which those over other stimuli can be subtracted."""

    products: NDArray[np.float64]
    features: NDArray[np.float64]
    targets: NDArray[np.float64]
    feature_squares: NDArray[np.float64]
    target_squares: NDArray[np.float64]

    @classmethod
    def over(cls, features: TiledMatrix, targets: NDArray[np.float64]) -> _Sums:
        values = features.values
        return cls(
            features.transposed_times(targets.T),
            values.sum(axis=0),
            targets.sum(axis=0),
            np.einsum("pf,pf->f", values, values),
            np.einsum("pn,pn->n", targets, targets),
        )


class LockstepPLS:
    """PLS fits of several splits that grow by one component at a time; the first axis of every array is the split."""

    def __init__(
        self, features: ReducedFeatures, targets: TiledMatrix, splits: Sequence[Split], components: int
    ) -> None:
        self._features, self._targets = features.matrix, targets
        (stimuli, columns), neuroids, count = self._features.values.shape, targets.values.shape[1], len(splits)
        self._training = np.zeros((count, stimuli))
        self._feature_means = np.empty((count, columns))
        self.target_means = np.empty((count, neuroids))
        self._varies = np.ones((count, neuroids))  # 0 for targets that are constant over the training stimuli
        self._covariance = np.empty((count, neuroids, columns))  # Y'X, which is S' of the first component
        whole = _Sums.over(self._features, targets.values)
        self._groups = features.groups
        self._feature_squares = np.empty(count)
        self._feature_lengths, self._target_lengths = np.empty((count, columns)), np.empty((count, neuroids))
        for s, split in enumerate(splits):
            self._training[s, split.train] = 1
            self._cross_covariance(s, whole)
        self._of_targets = neuroids <= columns  # as in `square`
        side = min(columns, neuroids)
        self._cross_product = np.empty((count, side, side))  # S'S or SS', of the present component
        self._fresh_diagonal = np.empty((count, side))  # its diagonal when it was last computed from S
        self._start = np.zeros(count, dtype=np.intp)  # the target the iteration starts from; past the last: finished
        self._rotations = np.zeros((count, components, columns))
        self._feature_loadings = np.zeros((count, components, columns))  # P
        self._target_products = np.zeros((count, components, neuroids))  # B
        self.squares = np.zeros((count, components))  # of the scores, summed over the training stimuli
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
        training, squares = self._without_overlap(component, rotation, scores)
        self.squares[:, component] = squares
        size = _positive(squares)[:, None]
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

    @property
    def shares(self) -> NDArray[np.float64]:
        """Squares of the scores against those of the features, both of the training stimuli, shape (split, component).

        Features are as they were given: their mean over the training stimuli takes digits too.
        """
        return np.asarray(self.squares / _positive(self._feature_squares)[:, None])

    def _cross_covariance(self, s: int, whole: _Sums) -> None:
        """Fill in the means and the cross-covariance of split s: all stimuli minus those left out, where few are."""
        features, targets = self._features.values, self._targets.values
        kept = self._training[s] == 1
        train = int(kept.sum())
        sums = None
        if 2 * train >= kept.size:
            sums = _Sums(*(total - part for total, part in zip(whole, self._sums(~kept), strict=True)))
            lost = sums.feature_squares <= _CANCELLATION * whole.feature_squares
            if (lost & (whole.feature_squares > 0)).any():
                sums = None
        sums = sums or self._sums(kept)
        self._feature_means[s] = sums.features / train
        self.target_means[s] = sums.targets / train
        self._feature_squares[s] = sums.feature_squares.sum()
        squares = np.maximum(sums.feature_squares - sums.features * self._feature_means[s], 0)
        by_group = np.bincount(self._groups, squares) / np.maximum(np.bincount(self._groups), 1)
        self._feature_lengths[s] = np.sqrt(by_group[self._groups])
        self._covariance[s] = sums.products
        self._covariance[s] -= self.target_means[s][:, None] * sums.features
        # Features and targets that vary little over the training stimuli against all stimuli would keep few digits.
        variation = sums.target_squares - sums.targets * self.target_means[s]
        for neuroid in np.flatnonzero(variation <= _CANCELLATION * whole.target_squares):
            column = targets[kept, neuroid]
            self._varies[s, neuroid] = (column != column[0]).any()
            column -= column.mean()
            variation[neuroid] = column @ column
            self._covariance[s, neuroid] = column @ (features[kept] - self._feature_means[s])
        self._covariance[s, self._varies[s] == 0] = 0
        self._target_lengths[s] = np.sqrt(variation)

    def _sums(self, kept: NDArray[np.bool_]) -> _Sums:
        """Sum over some stimuli."""
        rows = np.flatnonzero(kept)
        features = TiledMatrix(rows.size, self._features.values.shape[1])
        np.take(self._features.values, rows, axis=0, out=features.values, mode="clip")
        return _Sums.over(features, self._targets.values[rows])

    def _refresh(self, s: int) -> None:
        """Compute the cross product of split s from the cross-covariance of the present component."""
        covariance = self._covariance[s] - small_product(self._target_products[s].T, self._feature_loadings[s])
        self._cross_product[s] = square(covariance)
        self._fresh_diagonal[s] = self._cross_product[s].diagonal()

    def _first_iterate(self, s: int) -> NDArray[np.float64] | None:
        """Start from the first target of split s that has anything left to fit; None if there is none."""
        for neuroid in range(self._start[s], self._varies.shape[1]):
            self._start[s] = neuroid
            fitted = self._target_products[s, :, neuroid] @ self._feature_loadings[s]
            covariance: NDArray[np.float64] = self._covariance[s, neuroid] - fitted
            noise = _NOISE * self._target_lengths[s, neuroid] * self._feature_lengths[s]
            if (np.abs(covariance) > noise).any():
                if not self._of_targets:
                    return covariance
                start = np.zeros(self._varies.shape[1])
                start[neuroid] = 1
                return start
        self._start[s] = self._varies.shape[1]
        return None

    def _without_overlap(
        self, component: int, rotation: NDArray[np.float64], scores: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Take out, in place, what scores of the training stimuli have along those of earlier components.

        Returns the scores of the training stimuli, 0 elsewhere, and their sum of squares.
        """
        before = slice(component)
        sizes = _positive(self.squares[:, before])
        for _ in range(3):
            training = scores * self._training
            squares = np.einsum("sp,sp->s", training, training)
            products = _inner(self.scores[:, before], training)
            overlap = products / sizes
            rotation -= _combine(self._rotations[:, before], overlap)
            scores -= _combine(self.scores[:, before], overlap)
            taken = np.einsum("sk,sk->s", products, overlap)
            if not (taken > _OVERLAP * squares).any():
                break
        training = scores * self._training
        return training, np.einsum("sp,sp->s", training, training)

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
