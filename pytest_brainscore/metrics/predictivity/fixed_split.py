"""Predictivity with one fixed split: fitted to training stimuli, correlated over test stimuli, for several subjects.

What the published ``*_split`` metrics compute (``ridge_split``, ``dual_ridgecv_split`` ...): one fit, and the median
over neuroids of the correlations. There are no splits to take an error from. Dual and primal are one here: the side
with the smaller matrix is taken, with the same numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Final, NamedTuple, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pytest_brainscore.metrics.predictivity.linear import predict_linear, predict_neuron_to_neuron
from pytest_brainscore.metrics.predictivity.neural_predictivity import Regression
from pytest_brainscore.metrics.predictivity.pls import predict_pls
from pytest_brainscore.metrics.predictivity.regression_data import StackedRows
from pytest_brainscore.metrics.predictivity.ridge import ALPHAS, fit_ridge_cv_each, predict_ridge
from pytest_brainscore.metrics.shared.correlation import pearson_correlation
from pytest_brainscore.metrics.shared.splits import Split

Matrix = NDArray[np.float64]


class Fit(NamedTuple):
    """What a regression makes of the recording of one subject."""

    prediction: Matrix
    """Responses to the test stimuli, shape (test stimulus, neuroid)."""
    alpha: float | None = None
    """The penalty, where one was chosen."""


class FixedSplitScore(NamedTuple):
    """How well features predict the recording of one subject."""

    value: float
    """Median over neuroids with a correlation; NaN where none has one."""
    correlations: Matrix
    """Shape (neuroid,); NaN where prediction or response does not vary over the test stimuli, or is NaN."""
    prediction: Matrix
    """Shape (test stimulus, neuroid)."""
    alpha: float | None
    """The penalty, where one was chosen: the same for all neuroids."""


FitEach = Callable[[NDArray[np.generic], Sequence[Matrix], Split], Sequence[Fit]]
"""Fits the training stimuli of a split, and predicts its test stimuli, for several recordings of the same stimuli."""


def ridge_each(
    features: NDArray[np.generic], recordings: Sequence[Matrix], split: Split, *, alpha: float = 1.0
) -> list[Fit]:
    """Fit with one given penalty, in one go: neuroids do not know each other."""
    (prediction,) = predict_ridge(features, np.concatenate(recordings, axis=1), [split], alpha=alpha)
    ends = np.cumsum([each.shape[1] for each in recordings])
    return [Fit(part) for part in np.split(prediction, ends[:-1], axis=1)]


def ridge_cv_each(
    features: NDArray[np.generic], recordings: Sequence[Matrix], split: Split, *, alphas: ArrayLike = ALPHAS
) -> list[Fit]:
    """Fit with the penalty that is best for all neuroids of a recording, in training stimuli left out one by one."""
    (fits,) = fit_ridge_cv_each(features, recordings, [split], alphas=alphas)
    return [Fit(fit.prediction, fit.alpha) for fit in fits]


def each_by(regression: Regression) -> FitEach:
    """Return what fits recordings one after the other with a regression."""

    def fit(features: NDArray[np.generic], recordings: Sequence[Matrix], split: Split) -> list[Fit]:
        return [Fit(next(iter(regression(features, each, [split])))) for each in recordings]

    return fit


SPLIT_REGRESSIONS: Final[Mapping[str, FitEach]] = MappingProxyType(
    {
        "ridge_split": ridge_each,
        "dual_ridge_split": ridge_each,
        "ridgecv_split": ridge_cv_each,
        "dual_ridgecv_split": ridge_cv_each,
        "pls_split": each_by(predict_pls),
        "linear_predictivity_split": each_by(predict_linear),
        "neuron_to_neuron_split": each_by(predict_neuron_to_neuron),
    }
)
"""By their published names. Other penalties: ``partial(ridge_cv_each, alphas=...)``."""


def fixed_split_scores(
    train_features: NDArray[np.generic],
    test_features: NDArray[np.generic],
    train_targets: Sequence[ArrayLike],
    test_targets: Sequence[ArrayLike],
    *,
    fit: FitEach = ridge_cv_each,
) -> list[FixedSplitScore]:
    """Fit features to the recordings of some subjects, and correlate over test stimuli.

    Parameters
    ----------
    train_features, test_features
        Shape (stimulus, feature), any real dtype; may be memory-mapped, and are read in blocks of columns.
    train_targets, test_targets
        For each subject responses of shape (stimulus, neuroid), in the order of the stimuli of the features, and the
        same neuroids in both. Test responses may be NaN: such neuroids have no correlation.
    fit
        What is fitted, for example one of `SPLIT_REGRESSIONS`. Features are read, and where there are more of them
        than training stimuli their inner products made and decomposed, once for all subjects.

    Returns
    -------
    The `FixedSplitScore` of every subject.

    Raises
    ------
    ValueError
        If shapes do not fit, features or training responses are NaN or infinite, and whatever the regression raises.

    """
    train = [np.asarray(each, dtype=np.float64) for each in train_targets]
    test = [np.asarray(each, dtype=np.float64) for each in test_targets]
    seen, unseen = len(train_features), len(test_features)
    for one, other in zip(train, test, strict=True):
        if one.shape != (seen, *other.shape[1:]) or other.ndim != 2 or len(other) != unseen:
            raise ValueError(
                f"Responses of shapes {one.shape} and {other.shape} do not fit {seen} training and {unseen} test "
                "stimuli: give (stimulus, neuroid) of the same neuroids twice."
            )
    features = cast("NDArray[np.generic]", StackedRows(train_features, test_features))
    split = Split(np.arange(seen), np.arange(seen, seen + unseen))
    # What is to be predicted is not shown to the fit.
    shown = [np.concatenate([each, np.zeros((unseen, each.shape[1]))]) for each in train]
    fits = fit(features, shown, split)
    del shown
    return [_scored(each, responses) for each, responses in zip(fits, test, strict=True)]


def fixed_split_score(
    train_features: NDArray[np.generic],
    test_features: NDArray[np.generic],
    train_targets: ArrayLike,
    test_targets: ArrayLike,
    *,
    metric: str = "ridgecv_split",
    alphas: ArrayLike | None = None,
) -> FixedSplitScore:
    """Score one recording by one of the published metrics; see `fixed_split_scores`.

    Parameters
    ----------
    train_features, test_features, train_targets, test_targets
        Shape (stimulus, feature) and (stimulus, neuroid).
    metric
        One of `SPLIT_REGRESSIONS`.
    alphas
        Penalties to choose from; the 99 published ones where None. Only for the metrics that choose.

    Raises
    ------
    ValueError
        As `fixed_split_scores`, and if there is no such metric, or it chooses no penalty and `alphas` are given (which
        the published metrics ignore).

    """
    if metric not in SPLIT_REGRESSIONS:
        raise ValueError(f"There is no metric {metric!r}; use one of {', '.join(SPLIT_REGRESSIONS)}.")
    fit = SPLIT_REGRESSIONS[metric]
    if alphas is not None:
        if fit is not ridge_cv_each:
            raise ValueError(f"{metric} chooses no penalty: leave out alphas, or use ridgecv_split.")
        fit = partial(ridge_cv_each, alphas=alphas)
    return fixed_split_scores(train_features, test_features, [train_targets], [test_targets], fit=fit)[0]


def _scored(fit: Fit, responses: Matrix) -> FixedSplitScore:
    correlations = pearson_correlation(fit.prediction, responses)
    defined = correlations[~np.isnan(correlations)]
    value = float(np.median(defined)) if defined.size else float("nan")
    return FixedSplitScore(value, correlations, fit.prediction, fit.alpha)
