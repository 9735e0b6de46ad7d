"""Ridge regression, with a given penalty or the one with the least leave-one-out error.

The same predictions as ``sklearn.linear_model.Ridge`` and ``RidgeCV`` with an intercept, computed in float64 from the
features or, where there are more features than stimuli, from the inner products of stimuli ("dual" ridge): the
features are then read once for all splits, and the matrix of coefficients, (feature, neuroid), is never formed.
Leave-one-out errors of all penalties come from one decomposition (Rifkin & Lippert 2007, MIT-CSAIL-TR-2007-025).

Inner products keep half the digits of the features. Where penalty and smallest direction vanish beside the largest, as
for features of low rank in large units, a split is fitted from the singular values of features instead, rotated by
reflections where there are many. Directions that are rounding alone are left out there, so that no unit is too large.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import eigh, qr, solve_triangular, svd
from scipy.linalg.lapack import dpocon, dpotrf, dpotrs

from pytest_brainscore.metrics.predictivity.reduced_features import reduced_features
from pytest_brainscore.metrics.predictivity.regression_data import checked_targets, gram_matrix, gram_of_split
from pytest_brainscore.metrics.shared.splits import Split
from pytest_brainscore.one_thread import one_thread

# The 99 penalties of the published system.
ALPHAS = np.concatenate(
    [
        [0.01, 0.1, 0.5, 1],
        [10, 32.5, 55, 77.5],
        np.arange(100, 1e3, 50),
        np.arange(1e3, 1e4, 500),
        np.arange(1e4, 1e5, 5e3),
        np.arange(1e5, 1e6, 5e4),
        np.arange(1e6, 1.05e7, 5e5),
    ]
)

# Where penalty and smallest direction together are less than this share of the sum of squares of the features, their
# inner products leave fewer than about eight digits of a prediction.
_SMALLEST_SHARE = 1e-8

# Residuals of penalties that are made of those of others have so many digits of them.
_INTERPOLATED = 1e-11
# Errors closer than this to the least one are computed without that.
_NEAR = 1e-8
# With more of the penalties than this share to start from, making the others of them saves nothing.
_WORTH_MIXING = 2 / 3
# Residuals of all penalties are in memory for so many neuroids as fit into this.
_BLOCK_BYTES = 2**25


class RidgeCVFit(NamedTuple):
    """The fit of one split with the penalty chosen on its training stimuli."""

    prediction: NDArray[np.float64]
    """Responses to the test stimuli, shape (stimulus, neuroid)."""
    alpha: float
    """The penalty; the first of equals."""
    errors: NDArray[np.float64]
    """Mean squared leave-one-out error of every penalty over stimuli and neuroids, shape (alpha,)."""


def predict_ridge(
    features: NDArray[np.generic], targets: ArrayLike, splits: Sequence[Split], *, alpha: float = 1.0
) -> Iterator[NDArray[np.float64]]:
    """Predict test stimuli with a given penalty; 1 in the published system.

    Parameters
    ----------
    features
        Shape (stimulus, feature), any real dtype; may be memory-mapped.
    targets
        Responses, shape (stimulus, neuroid), finite, in the same order of stimuli.
    splits
        Row numbers of training and test stimuli.
    alpha
        Penalty on the sum of squared coefficients, against the sum of squared errors over stimuli. Above 0.

    Yields
    ------
    Prediction for the test stimuli of each split, shape (stimulus, neuroid).

    Raises
    ------
    ValueError
        If the penalty is not positive, shapes do not fit, or a value is NaN or infinite.

    """
    _check_alphas([alpha])
    responses = checked_targets(features, targets, splits)
    source = _Source(features, responses, splits)
    for split in splits:
        prediction = _fit_ridge(source.split(split, dual=source.dual), alpha)
        yield _fit_ridge_precisely(source.split(split, dual=False), alpha) if prediction is None else prediction


def predict_ridge_cv(
    features: NDArray[np.generic], targets: ArrayLike, splits: Sequence[Split], *, alphas: ArrayLike = ALPHAS
) -> Iterator[NDArray[np.float64]]:
    """Predict test stimuli as `fit_ridge_cv` does, without saying with which penalty."""
    return (fit.prediction for fit in fit_ridge_cv(features, targets, splits, alphas=alphas))


def fit_ridge_cv(
    features: NDArray[np.generic], targets: ArrayLike, splits: Sequence[Split], *, alphas: ArrayLike = ALPHAS
) -> Iterator[RidgeCVFit]:
    """Predict test stimuli with the penalty, one for all neuroids, that has the least leave-one-out error in training.

    Parameters
    ----------
    features, targets, splits
        As in `predict_ridge`.
    alphas
        Penalties to choose from, all above 0.

    Yields
    ------
    The `RidgeCVFit` of each split.

    Raises
    ------
    ValueError
        As `predict_ridge`, and if there are no penalties or fewer than two training stimuli.

    """
    return (fit for (fit,) in fit_ridge_cv_each(features, [targets], splits, alphas=alphas))


def fit_ridge_cv_each(
    features: NDArray[np.generic],
    recordings: Sequence[ArrayLike],
    splits: Sequence[Split],
    *,
    alphas: ArrayLike = ALPHAS,
) -> Iterator[list[RidgeCVFit]]:
    """Predict several recordings of the same stimuli, each with the penalty that is best for its neuroids.

    The features are read and decomposed once, however many recordings there are.

    Parameters
    ----------
    features, splits, alphas
        As in `fit_ridge_cv`.
    recordings
        Responses, shape (stimulus, neuroid) each.

    Yields
    ------
    For each split the `RidgeCVFit` of every recording.

    Raises
    ------
    ValueError
        As `fit_ridge_cv`, and if there are no recordings.

    """
    penalties = _check_alphas(alphas)
    if not recordings:
        raise ValueError("There is nothing to predict: give at least one recording.")
    responses = [checked_targets(features, each, splits) for each in recordings]
    if min(len(split.train) for split in splits) < 2:
        raise ValueError("Leave-one-out errors need two or more training stimuli: give larger training sets.")
    source = _Source(features, np.concatenate(responses, axis=1), splits)
    ends = np.cumsum([each.shape[1] for each in responses]).tolist()
    groups = [slice(start, end) for start, end in zip([0, *ends[:-1]], ends, strict=True)]
    for split in splits:
        for dual in (source.dual, False):
            fits = _fit_ridge_cv(source.split(split, dual=dual), penalties, groups)
            if fits:
                yield fits
                break


class _CentredSplit(NamedTuple):
    """One split, centred on its training stimuli."""

    dual: bool
    train: NDArray[np.float64]
    """Features (stimulus, feature), or inner products (stimulus, stimulus) if dual."""
    test: NDArray[np.float64]
    """Features (test stimulus, feature), or inner products (test stimulus, training stimulus)."""
    responses: NDArray[np.float64]
    """Of the training stimuli, with the mean 0."""
    mean: NDArray[np.float64]
    """Of the responses to the training stimuli, shape (neuroid,)."""
    feature_squares: float
    """Sum of the squares of the features of the training stimuli before these were centred."""


class _Source:
    """Features of all stimuli, of which splits are taken; read when first needed."""

    def __init__(self, features: NDArray[np.generic], responses: NDArray[np.float64], splits: Sequence[Split]) -> None:
        self._features, self._responses, self._splits = features, responses, splits
        self.dual = features.shape[1] > min(len(split.train) for split in splits)

    @cached_property
    def _inner_products(self) -> NDArray[np.float64]:
        return gram_matrix(self._features)

    def _inner_products_of(self, split: Split) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        if len(self._splits) == 1:
            return gram_of_split(self._features, split)
        values = self._inner_products
        return values[np.ix_(split.train, split.train)], values[np.ix_(split.test, split.train)]

    @cached_property
    def _directions(self) -> NDArray[np.float64]:
        return reduced_features(self._features, precise=self.dual).matrix.values

    def split(self, split: Split, *, dual: bool) -> _CentredSplit:
        """Centre a split, as inner products of its stimuli if dual, else as features or what they were rotated to."""
        if dual:
            train, test = self._inner_products_of(split)
            squares = float(train.trace())
            column_means = train.mean(axis=0)
            train -= train.mean(axis=1, keepdims=True)
            test -= test.mean(axis=1, keepdims=True)
            train -= train.mean(axis=0)
            test -= column_means - column_means.mean()
        else:
            values = self._directions
            train, test = values[split.train], values[split.test]
            squares = float(np.einsum("sf,sf->", train, train))
            feature_means = train.mean(axis=0)
            train -= feature_means
            test -= feature_means
        mean = self._responses[split.train].mean(axis=0)
        return _CentredSplit(dual, train, test, self._responses[split.train] - mean, mean, squares)


@one_thread()
def _fit_ridge(data: _CentredSplit, alpha: float) -> NDArray[np.float64] | None:
    """Predict from inner products of stimuli, or of features; None where these have too few digits for it."""
    # Of few features the covariance is inverted, of few stimuli their inner products.
    matrix = data.train if data.dual else data.train.T @ data.train
    right = data.responses if data.dual else data.train.T @ data.responses
    if data.dual:
        # Centring leaves the constant response the eigenvalue 0; no response has a share in it. Lifted to the mean of
        # the others, it is not taken for a direction that vanishes.
        matrix = matrix + matrix.trace() / len(matrix) ** 2
    matrix[np.diag_indices_from(matrix)] += alpha
    largest = np.abs(matrix).sum(axis=0).max()
    factor, failed = dpotrf(matrix, lower=1, overwrite_a=1)
    if failed or dpocon(factor, largest, uplo="L")[0] * largest < _SMALLEST_SHARE * data.feature_squares:
        return None
    weights = dpotrs(factor, right, lower=1)[0]
    return np.asarray(data.test @ weights + data.mean)


@one_thread()
def _fit_ridge_precisely(data: _CentredSplit, alpha: float) -> NDArray[np.float64]:
    basis, sizes, test = _decompose_features(data)
    weights = (basis.T @ data.responses) / (sizes + alpha)[:, None]
    return np.asarray(test @ weights + data.mean)


@one_thread()
def _fit_ridge_cv(
    data: _CentredSplit, penalties: NDArray[np.float64], groups: Sequence[slice]
) -> list[RidgeCVFit] | None:
    """Choose a penalty for each group of neuroids and predict; None where inner products have too few digits for it."""
    basis, sizes, test = _decompose_gram(data) if data.dual else _decompose_features(data)
    if data.dual and sizes.min() + penalties.min() < _SMALLEST_SHARE * data.feature_squares:
        return None
    fits = []
    for group in groups:
        responses = data.responses[:, group]
        components = basis.T @ responses
        errors = _leave_one_out_errors(basis, sizes, components, responses, penalties)
        best = int(errors.argmin())
        weights = components / (sizes + penalties[best])[:, None]
        fits.append(RidgeCVFit(test @ weights + data.mean[group], float(penalties[best]), errors))
    return fits


def _check_alphas(alphas: ArrayLike) -> NDArray[np.float64]:
    penalties = np.asarray(alphas, dtype=np.float64)
    if penalties.ndim != 1 or penalties.size == 0 or not (np.isfinite(penalties) & (penalties > 0)).all():
        raise ValueError("Ridge penalties must be positive numbers: give alphas above 0.")
    return penalties


def _decompose_gram(
    data: _CentredSplit,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return an orthonormal basis (stimulus, direction) of centred responses, its eigenvalues, and test stimuli in it.

    Centring leaves the constant response the eigenvalue 0. Lifted above all others it is the last one, and dropped.
    """
    bound = np.abs(data.train).sum(axis=1).max()  # no eigenvalue is larger
    sizes, basis = eigh(data.train + (2 * bound or 1.0) / len(data.train), driver="evd", overwrite_a=True)
    return basis[:, :-1], np.maximum(sizes[:-1], 0), data.test @ basis[:, :-1]


def _decompose_features(
    data: _CentredSplit,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return the same as `_decompose_gram` for the directions of responses that the features span."""
    basis, scales, rotation = svd(data.train, full_matrices=False)
    kept = scales > max(data.train.shape) * np.finfo(np.float64).eps * scales[0]
    return basis[:, kept], scales[kept] ** 2, (data.test @ rotation[kept].T) * scales[kept]


def _leave_one_out_errors(
    basis: NDArray[np.float64],
    sizes: NDArray[np.float64],
    components: NDArray[np.float64],
    responses: NDArray[np.float64],
    penalties: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Mean squared error of predicting each training stimulus from all others, for every penalty.

    The error of a stimulus is its residual divided by 1 - its influence on its own prediction.
    """
    squared_basis: NDArray[np.float64] = basis**2
    unreached: NDArray[np.float64] = np.zeros_like(responses)
    unreached_share: NDArray[np.float64] = np.zeros(len(basis))
    if basis.shape[1] < len(basis) - 1:  # else the basis spans all that has the mean 0, but for rounding
        unreached = responses - basis @ components
        unreached_share = 1 - 1 / len(basis) - squared_basis.sum(axis=1)
    elif components.shape[1] > len(components):
        # The sum over neuroids is the same for fewer columns with the same inner products between directions.
        components = np.asarray(qr(components.T, mode="economic")[1].T, dtype=np.float64)
        unreached = np.zeros((len(basis), 1))

    def squares(shrinking: NDArray[np.float64]) -> float:
        residual = basis @ (shrinking[:, None] * components) + unreached
        residual /= (squared_basis @ shrinking + unreached_share)[:, None]
        return float(np.einsum("sn,sn->", residual, residual))

    kept = penalties / (sizes[:, None] + penalties)
    few, mixing = _interpolation(kept) if sizes.size > penalties.size else (np.arange(penalties.size), kept)
    if len(few) > _WORTH_MIXING * penalties.size:
        return np.array([squares(shrinking) for shrinking in kept.T]) / responses.size
    by_stimulus = np.zeros((len(basis), penalties.size))
    width = max(1, _BLOCK_BYTES // (8 * len(basis) * penalties.size))
    for start in range(0, components.shape[1], width):
        some = slice(start, start + width)
        shrunk = kept[:, few, None] * components[:, None, some]
        residuals = (basis @ shrunk.reshape(len(shrunk), -1)).reshape(len(basis), len(few), -1)
        residual = mixing.T @ residuals
        residual += unreached[:, None, some]
        by_stimulus += np.einsum("san,san->sa", residual, residual)
    own_share = squared_basis @ kept + unreached_share[:, None]
    errors = (by_stimulus / own_share**2).sum(axis=0)
    # Which is least, and which is the first of equals, is not left to what interpolation rounds.
    for near in np.flatnonzero(~(errors > errors.min() * (1 + _NEAR))):
        errors[near] = squares(kept[:, near])
    return np.asarray(errors / responses.size)


def _interpolation(kept: NDArray[np.float64]) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Return a few columns, and how the others are made of them: ``kept == kept[:, few] @ mixing`` but for rounding.

    What penalties leave of each direction, penalty / (size + penalty), varies so slowly with the penalty that a dozen
    to fifty of them tell all others (Cheng, Gimbutas, Martinsson & Rokhlin 2005, doi 10.1137/030602678).
    """
    scales = kept.max(axis=0)
    triangle, order = qr(kept / scales, mode="r", pivoting=True)
    sizes = np.abs(triangle.diagonal())
    rank = int((sizes > _INTERPOLATED * sizes[0]).sum())
    mixing = np.zeros((rank, kept.shape[1]))
    mixing[:, order] = solve_triangular(triangle[:rank, :rank], triangle[:rank])
    few = order[:rank]
    return few, mixing * scales / scales[few, None]
