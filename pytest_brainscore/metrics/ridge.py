"""Ridge regression, with a given penalty or the one with the least leave-one-out error.

The same predictions as ``sklearn.linear_model.Ridge`` and ``RidgeCV`` with an intercept, computed in float64 from the
features or, where there are more features than stimuli, from the inner products of stimuli ("dual" ridge): the
features are then read once for all splits, and the matrix of coefficients, (feature, neuroid), is never formed.
Leave-one-out errors of all penalties come from one decomposition (Rifkin & Lippert 2007, MIT-CSAIL-TR-2007-025).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import LinAlgError, eigh, qr, solve, svd

from pytest_brainscore.metrics.reduced_features import reduced_features
from pytest_brainscore.metrics.regression_data import checked_targets, gram_matrix
from pytest_brainscore.metrics.splits import Split
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
    for data in _centred_splits(features, responses, splits):
        yield _fit_ridge(data, alpha)


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
    penalties = _check_alphas(alphas)
    responses = checked_targets(features, targets, splits)
    if min(len(split.train) for split in splits) < 2:
        raise ValueError("Leave-one-out errors need two or more training stimuli: give larger training sets.")
    for data in _centred_splits(features, responses, splits):
        yield _fit_ridge_cv(data, penalties)


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


@one_thread()
def _fit_ridge(data: _CentredSplit, alpha: float) -> NDArray[np.float64]:
    # Of few features the covariance is inverted, of few stimuli their inner products.
    matrix = data.train if data.dual else data.train.T @ data.train
    right = data.responses if data.dual else data.train.T @ data.responses
    matrix[np.diag_indices_from(matrix)] += alpha
    try:
        weights = solve(matrix, right, assume_a="pos", overwrite_a=True)
    except LinAlgError as error:
        raise ValueError(
            f"A ridge penalty of {alpha} vanishes beside features this large: scale the features or raise alpha."
        ) from error
    return np.asarray(data.test @ weights + data.mean)


@one_thread()
def _fit_ridge_cv(data: _CentredSplit, penalties: NDArray[np.float64]) -> RidgeCVFit:
    basis, sizes, test = _decompose_gram(data) if data.dual else _decompose_features(data)
    components = basis.T @ data.responses
    errors = _leave_one_out_errors(basis, sizes, components, data, penalties)
    best = int(errors.argmin())
    weights = components / (sizes + penalties[best])[:, None]
    return RidgeCVFit(test @ weights + data.mean, float(penalties[best]), errors)


def _check_alphas(alphas: ArrayLike) -> NDArray[np.float64]:
    penalties = np.asarray(alphas, dtype=np.float64)
    if penalties.ndim != 1 or penalties.size == 0 or not (np.isfinite(penalties) & (penalties > 0)).all():
        raise ValueError("Ridge penalties must be positive numbers: give alphas above 0.")
    return penalties


def _centred_splits(
    features: NDArray[np.generic], responses: NDArray[np.float64], splits: Sequence[Split]
) -> Iterator[_CentredSplit]:
    dual = features.shape[1] > min(len(split.train) for split in splits)
    values = gram_matrix(features) if dual else reduced_features(features).matrix.values
    for split in splits:
        if dual:
            train, test = values[np.ix_(split.train, split.train)], values[np.ix_(split.test, split.train)]
            column_means = train.mean(axis=0)
            train -= train.mean(axis=1, keepdims=True)
            test -= test.mean(axis=1, keepdims=True)
            train -= train.mean(axis=0)
            test -= column_means - column_means.mean()
        else:
            train, test = values[split.train], values[split.test]
            feature_means = train.mean(axis=0)
            train -= feature_means
            test -= feature_means
        mean = responses[split.train].mean(axis=0)
        yield _CentredSplit(dual, train, test, responses[split.train] - mean, mean)


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
    data: _CentredSplit,
    penalties: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Mean squared error of predicting each training stimulus from all others, for every penalty.

    The error of a stimulus is its residual divided by 1 - its influence on its own prediction.
    """
    squared_basis: NDArray[np.float64] = basis**2
    unreached: NDArray[np.float64] = np.zeros_like(data.responses)
    unreached_share: NDArray[np.float64] = np.zeros(len(basis))
    if not data.dual:
        unreached = data.responses - basis @ components
        unreached_share = 1 - 1 / len(basis) - squared_basis.sum(axis=1)
    elif components.shape[1] > len(components):
        # The sum over neuroids is the same for fewer columns with the same inner products between directions.
        components = np.asarray(qr(components.T, mode="economic")[1].T, dtype=np.float64)
        unreached = np.zeros((len(basis), 1))
    count = data.responses.size
    errors = np.empty(penalties.size)
    for number, alpha in enumerate(penalties):
        kept = alpha / (sizes + alpha)
        residual = basis @ (kept[:, None] * components) + unreached
        residual /= (squared_basis @ kept + unreached_share)[:, None]
        errors[number] = np.einsum("sn,sn->", residual, residual) / count
    return errors
