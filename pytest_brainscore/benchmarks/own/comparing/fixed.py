"""The published metrics of one fixed split in the form in which `score` calls them: what is tested is told."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pytest_brainscore.benchmarks.own.comparing.measured import Measured, measured
from pytest_brainscore.benchmarks.own.comparing.sampled import sampled_predictions
from pytest_brainscore.errors import RecordingError
from pytest_brainscore.metrics.predictivity.fixed_split import (
    FitEach,
    each_by,
    fixed_split_scores,
    ridge_cv_each,
    ridge_each,
)
from pytest_brainscore.metrics.predictivity.linear import predict_linear, predict_neuron_to_neuron
from pytest_brainscore.metrics.predictivity.pls import predict_pls
from pytest_brainscore.metrics.shared.splits import Split

Array = NDArray[Any]
TRAIN, TEST = "train", "test"


def ridge_split(features: Array, responses: Array, *, alpha: float, test: Array | None) -> Measured:
    """Predict test stimuli by ridge regression with one penalty."""
    return _predicted(features, responses, test, partial(ridge_each, alpha=alpha))


def ridgecv_split(features: Array, responses: Array, *, alphas: ArrayLike | None, test: Array | None) -> Measured:
    """Predict test stimuli by ridge regression with a penalty that is chosen among training stimuli."""
    fit = ridge_cv_each if alphas is None else partial(ridge_cv_each, alphas=alphas)
    return _predicted(features, responses, test, fit)


def pls_split(features: Array, responses: Array, *, components: int, test: Array | None) -> Measured:
    """Predict test stimuli by partial least squares."""
    return _predicted(features, responses, test, each_by(partial(predict_pls, components=components)))


def linear_split(features: Array, responses: Array, *, test: Array | None) -> Measured:
    """Predict test stimuli by least squares."""
    return _predicted(features, responses, test, each_by(predict_linear))


def neuron_to_neuron_split(features: Array, responses: Array, *, test: Array | None) -> Measured:
    """Predict test stimuli by the unit with the largest correlation in training."""
    return _predicted(features, responses, test, each_by(predict_neuron_to_neuron))


def _predicted(features: Array, responses: Array, test: Array | None, fit: FitEach) -> Measured:
    tested = _tested(test, len(features))
    seen, unseen = np.flatnonzero(~tested), np.flatnonzero(tested)
    if not seen.size or unseen.size < 2:
        raise RecordingError(
            f"The labels test leave {seen.size} stimuli to fit and {unseen.size} to test; a correlation needs two or "
            "more to test, and a regression something to fit."
        )
    (found,) = fixed_split_scores(features[seen], features[unseen], [responses[seen]], [responses[unseen]], fit=fit)
    sampled = sampled_predictions([found.prediction], [Split(seen, unseen)], responses, None)
    return measured(found.correlations, responses.shape[1], "predictivity")._replace(sampled=sampled)


def _tested(test: Array | None, stimuli: int) -> NDArray[np.bool_]:
    """Read which stimuli are tested: truth values, 0 and 1, or the words train and test."""
    mend = 'give test=..., one truth value for each stimulus or the words "train" and "test", or their coordinate'
    if test is None:
        raise RecordingError(f"A metric with one fixed split has to know which stimuli are tested; {mend}.")
    labels = np.asarray(test)
    words = {str(each) for each in labels.tolist()}
    if words <= {TRAIN, TEST}:
        return np.asarray(labels.astype(str) == TEST)
    if words <= {"True", "False", "0", "1", "0.0", "1.0"}:
        return np.asarray(labels.astype(np.float64) == 1)
    raise RecordingError(f"The labels test have the values {', '.join(sorted(words)[:3])}; {mend}.")
