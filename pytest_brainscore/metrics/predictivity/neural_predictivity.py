"""Neural predictivity: how well features predict responses to stimuli they were not fitted on.

Fit on the training stimuli of each split, correlate prediction and response over its test stimuli for every neuroid,
take the median over neuroids and the mean over splits (Schrimpf, Kubilius et al. 2018, doi 10.1101/407007).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pytest_brainscore.metrics.predictivity.pls import predict_pls
from pytest_brainscore.metrics.shared.aggregation import SplitScore, aggregate_splits
from pytest_brainscore.metrics.shared.correlation import correlate_predictions, pearson_correlation
from pytest_brainscore.metrics.shared.splits import Split


class Regression(Protocol):
    """A function that predicts the test stimuli of each split, (stimulus, neuroid), from features and targets."""

    def __call__(
        self, features: NDArray[np.generic], targets: ArrayLike, splits: Sequence[Split], /
    ) -> Iterable[NDArray[np.float64]]:
        """Yield one prediction per split, in the order of its test rows.

        What is iterated over may have `counts`: numbers for `n` of a record, by name.
        """
        ...


def predictivity(
    features: NDArray[np.generic],
    targets: ArrayLike,
    splits: Sequence[Split],
    *,
    regression: Regression = predict_pls,
    held_out: list[NDArray[np.float64]] | None = None,
) -> SplitScore:
    """Score how well features predict targets, cross-validated. For reverse predictivity, exchange the two.

    Parameters
    ----------
    features
        Shape (stimulus, feature), any real dtype; may be memory-mapped.
    targets
        Responses averaged over repetitions, shape (stimulus, neuroid), in the same order of stimuli.
    splits
        Row numbers of training and test stimuli; published are the ten of `shuffle_splits`.
    regression
        What is fitted.
    held_out
        Where given, the predictions for the test stimuli of each split are added to it, shape (stimulus, neuroid) each.

    Returns
    -------
    The `SplitScore` of correlations, shape (split, neuroid). With one split there is no error to speak of.

    Raises
    ------
    ValueError
        Whatever the regression raises.

    """
    responses = np.asarray(targets, dtype=np.float64)
    predictions = regression(features, responses, splits)
    kept = predictions if held_out is None else _kept(predictions, held_out)
    score = aggregate_splits(correlate_predictions(kept, responses, splits))
    return score._replace(fitted=getattr(predictions, "counts", score.fitted))


def _kept(
    predictions: Iterable[NDArray[np.float64]], held_out: list[NDArray[np.float64]]
) -> Iterator[NDArray[np.float64]]:
    for prediction in predictions:
        held_out.append(prediction)
        yield prediction


def time_shared_correlations(
    regression: Regression, features: NDArray[np.generic], targets: ArrayLike, splits: Sequence[Split]
) -> NDArray[np.float64]:
    """Fit one regression for all time bins, and correlate in each of them ("span time").

    Every time bin of a training stimulus is a row to fit on, so the weights do not depend on time.

    Parameters
    ----------
    regression
        What is fitted.
    features
        Shape (stimulus, feature, time bin).
    targets
        Responses, shape (stimulus, neuroid, time bin), the same bins.
    splits
        Row numbers of training and test stimuli.

    Returns
    -------
    Pearson correlation over test stimuli, shape (time bin, split, neuroid), to be aggregated bin by bin.

    Raises
    ------
    ValueError
        If stimuli or time bins differ, and whatever the regression raises.

    """
    responses = np.asarray(targets, dtype=np.float64)
    if features.ndim != 3 or responses.ndim != 3 or features.shape[::2] != responses.shape[::2]:
        raise ValueError(
            f"Features of shape {features.shape} and targets of shape {responses.shape} do not fit: "
            "give (stimulus, feature, time bin) and (stimulus, neuroid, time bin) with the same stimuli and bins."
        )
    bins = responses.shape[2]
    rows = np.arange(len(responses) * bins).reshape(-1, bins)
    stacked = responses.transpose(0, 2, 1).reshape(rows.size, -1)
    stacked_splits = [Split(rows[split.train].ravel(), rows[split.test].ravel()) for split in splits]
    predictions = regression(features.transpose(0, 2, 1).reshape(rows.size, -1), stacked, stacked_splits)
    return np.stack(
        [
            pearson_correlation(
                prediction.reshape(-1, bins, stacked.shape[1]).transpose(1, 0, 2),
                responses[split.test].transpose(2, 0, 1),
            )
            for prediction, split in zip(predictions, splits, strict=True)
        ],
        axis=1,
    )


def constant_in_time_correlations(
    regression: Regression, features: NDArray[np.generic], targets: ArrayLike, splits: Sequence[Split]
) -> NDArray[np.float64]:
    """Return what `time_shared_correlations` has for features that are the same in all time bins, at the cost of one.

    Where all time bins of a stimulus have the same features, least squares and PLS depend on the mean over time bins of
    its responses only. (Ridge does not do: its penalty would count as often as there are time bins.)

    Parameters
    ----------
    regression
        What is fitted: `predict_pls` or `predict_linear`.
    features
        Shape (stimulus, feature).
    targets, splits
        As in `time_shared_correlations`.

    Returns
    -------
    As `time_shared_correlations`, equal but for rounding.

    Raises
    ------
    ValueError
        If stimuli differ, and whatever the regression raises.

    """
    responses = np.asarray(targets, dtype=np.float64)
    if responses.ndim != 3 or len(features) != len(responses):
        raise ValueError(
            f"Features of shape {features.shape} and targets of shape {responses.shape} do not fit: "
            "give (stimulus, feature) and (stimulus, neuroid, time bin) with the same stimuli."
        )
    return np.stack(
        [
            pearson_correlation(
                np.broadcast_to(prediction, (responses.shape[2], *prediction.shape)),
                responses[split.test].transpose(2, 0, 1),
            )
            for prediction, split in zip(regression(features, responses.mean(axis=2), splits), splits, strict=True)
        ],
        axis=1,
    )


def standardised(targets: ArrayLike) -> NDArray[np.float64]:
    """Scale every neuroid to the mean 0 and the standard deviation 1 (ddof 0) over stimuli, shape (stimulus, neuroid).

    What the published "scaled" metrics do to targets before they fit. A constant neuroid becomes NaN.
    """
    responses = np.asarray(targets, dtype=np.float64)
    deviation = responses.std(axis=0)
    deviation[(responses == responses[:1]).all(axis=0)] = np.nan
    scaled: NDArray[np.float64] = (responses - responses.mean(axis=0)) / deviation
    return scaled
