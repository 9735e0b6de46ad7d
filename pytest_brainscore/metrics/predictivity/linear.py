"""Two regressions without a free parameter: least squares, and the single most correlated unit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import lstsq

from pytest_brainscore.metrics.predictivity.reduced_features import reduced_features
from pytest_brainscore.metrics.predictivity.regression_data import centred_blocks, checked_targets
from pytest_brainscore.metrics.shared.splits import Split
from pytest_brainscore.one_thread import one_thread


def predict_linear(
    features: NDArray[np.generic], targets: ArrayLike, splits: Sequence[Split]
) -> Iterator[NDArray[np.float64]]:
    """Predict test stimuli by least squares with an intercept, in float64.

    With more features than training stimuli, of all exact fits the one with the smallest coefficients, as
    ``sklearn.linear_model.LinearRegression`` gives. Such fits amplify rounding where features are nearly dependent.

    Parameters
    ----------
    features
        Shape (stimulus, feature), any real dtype; may be memory-mapped.
    targets
        Responses, shape (stimulus, neuroid), finite, in the same order of stimuli.
    splits
        Row numbers of training and test stimuli.

    Yields
    ------
    Prediction for the test stimuli of each split, shape (stimulus, neuroid).

    Raises
    ------
    ValueError
        If shapes do not fit or a value is NaN or infinite.

    """
    responses = checked_targets(features, targets, splits)
    values = reduced_features(features, precise=True).matrix.values
    for split in splits:
        yield _least_squares(values, responses, split)


@one_thread()
def _least_squares(values: NDArray[np.float64], responses: NDArray[np.float64], split: Split) -> NDArray[np.float64]:
    train, mean = values[split.train], responses[split.train].mean(axis=0)
    centre = train.mean(axis=0)
    cutoff = max(train.shape) * np.finfo(np.float64).eps
    weights = lstsq(train - centre, responses[split.train] - mean, cond=cutoff, check_finite=False)[0]
    return np.asarray((values[split.test] - centre) @ weights + mean)


def predict_neuron_to_neuron(
    features: NDArray[np.generic], targets: ArrayLike, splits: Sequence[Split]
) -> Iterator[NDArray[np.float64]]:
    """Predict each neuroid by the activity of the one feature with the largest correlation in training.

    The correlation is signed, the first of equals wins, features that are constant in training are passed over, and
    the activity is neither scaled nor shifted.

    Parameters, yields and raises are those of `predict_linear`. NaN where no feature has a correlation.
    """
    responses = checked_targets(features, targets, splits)
    best = [np.full(responses.shape[1], -np.inf) for _ in splits]
    chosen = [np.zeros(responses.shape[1], dtype=np.intp) for _ in splits]
    normalised = [_normalised(responses[split.train]) for split in splits]
    for columns, block in centred_blocks(features):
        for s, split in enumerate(splits):
            with one_thread():
                correlation = _normalised(block[split.train]).T @ normalised[s]
            correlation[np.isnan(correlation)] = -np.inf
            first = correlation.argmax(axis=0)
            largest = correlation[first, np.arange(first.size)]
            better = largest > best[s]
            best[s][better] = largest[better]
            chosen[s][better] = columns.start + first[better]
    for s, split in enumerate(splits):
        units, place = np.unique(chosen[s], return_inverse=True)
        activity = np.asarray(features[:, units], dtype=np.float64)[split.test][:, place.ravel()]
        activity[:, np.isneginf(best[s])] = np.nan
        yield activity


def _normalised(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Centre columns and scale them to length 1; NaN for constant columns."""
    constant = (values == values[:1]).all(axis=0)
    centred: NDArray[np.float64] = values - values.mean(axis=0)
    # A power of two changes no digit, and keeps the squares of very large or small values.
    centred = np.ldexp(centred, -np.frexp(np.abs(centred).max(axis=0))[1])
    length = np.sqrt(np.einsum("sv,sv->v", centred, centred))
    length[constant | (length == 0)] = np.nan
    centred /= length
    return centred
