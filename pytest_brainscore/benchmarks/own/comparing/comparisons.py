"""The shipped metrics in the one form in which `score` calls them: features, recording and settings in, numbers out.

Features are (stimulus, unit). The recording is (stimulus, neuroid), or (stimulus, stimulus) for metrics that compare
matrices. Labels are one for each stimulus. What comes back is described by `measured`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.benchmarks.own.comparing.measured import Measured, measured
from pytest_brainscore.benchmarks.own.comparing.sampled import of_stimuli, sampled_pairs, sampled_predictions
from pytest_brainscore.errors import NoNumber, RecordingError
from pytest_brainscore.metrics.predictivity.linear import predict_linear, predict_neuron_to_neuron
from pytest_brainscore.metrics.predictivity.neural_predictivity import Regression, predictivity, standardised
from pytest_brainscore.metrics.predictivity.object_readout import object_readout
from pytest_brainscore.metrics.predictivity.pls import predict_pls
from pytest_brainscore.metrics.predictivity.ridge import predict_ridge, predict_ridge_cv
from pytest_brainscore.metrics.shared.aggregation import score_subsets
from pytest_brainscore.metrics.shared.background_exclusion import without_shared_backgrounds
from pytest_brainscore.metrics.shared.splits import Split, fold_splits, shuffle_splits
from pytest_brainscore.metrics.similarity.cka import cka, cka_jackknife
from pytest_brainscore.metrics.similarity.pair_bootstrap import pair_bootstrap
from pytest_brainscore.metrics.similarity.rdm import rdm_similarity, representational_dissimilarity
from pytest_brainscore.metrics.similarity.rsm import (
    leave_one_out_similarity,
    pearson_of_pairs,
    representational_similarity,
    responsive_units,
    similarity_to_subjects,
    varied_units,
)

Array = NDArray[Any]


def pls(features: Array, responses: Array, *, components: int, **drawn: Any) -> Measured:
    """Predict by partial least squares."""
    return _predicted(features, responses, partial(predict_pls, components=components), **drawn)


def reverse_pls(features: Array, responses: Array, *, components: int, **drawn: Any) -> Measured:
    """Predict the units by the neuroids: values are those of units."""
    found = _predicted(responses, features, partial(predict_pls, components=components), **drawn)
    sampled = of_stimuli(found.sampled)
    if sampled is not None:
        sampled = sampled._replace(neuroids=features.shape[1])
    return Measured(found.raw, found.error, found.values, ("split", "unit"), found.counts, sampled)


def ridge(features: Array, responses: Array, *, alpha: float, **drawn: Any) -> Measured:
    """Predict by ridge regression."""
    return _predicted(features, responses, partial(predict_ridge, alpha=alpha), **drawn)


def ridgecv(features: Array, responses: Array, *, alphas: Any, **drawn: Any) -> Measured:
    """Predict by ridge regression with a penalty that is chosen, from the published ones unless others are given."""
    regression = predict_ridge_cv if alphas is None else partial(predict_ridge_cv, alphas=alphas)
    return _predicted(features, responses, regression, **drawn)


def linear(features: Array, responses: Array, **drawn: Any) -> Measured:
    """Predict by least squares."""
    return _predicted(features, responses, predict_linear, **drawn)


def neuron_to_neuron(features: Array, responses: Array, **drawn: Any) -> Measured:
    """Predict by the unit with the largest correlation."""
    return _predicted(features, responses, predict_neuron_to_neuron, **drawn)


def _predicted(
    features: Array, responses: Array, regression: Regression, *, scaled: bool, background: Array | None, **drawn: Any
) -> Measured:
    splits = _splits(len(features), **drawn)
    if background is not None:
        splits = without_shared_backgrounds(splits, background)
    targets = standardised(responses) if scaled else responses
    if scaled:
        targets = np.where(np.isnan(targets), 0, targets)  # a constant neuroid stays one, and has no correlation
    held_out: list[NDArray[np.float64]] = []
    found = predictivity(features, targets, regression=regression, splits=splits, held_out=held_out)
    sampled = sampled_predictions(held_out, splits, targets, drawn["stratify"])
    return measured(found, targets.shape[1], "predictivity")._replace(sampled=sampled)


def _splits(
    stimuli: int,
    *,
    splits: int,
    test_size: float | None,
    seed: int,
    stratify: Array | None,
    folds: int | None = None,
) -> Sequence[Split]:
    if stimuli < 3:
        raise RecordingError(f"{stimuli} stimuli cannot be split to fit some and test others; give more.")
    try:
        if folds is not None:
            drawn = fold_splits(stimuli, folds=folds, stratify=stratify, seed=seed)
        else:
            # As published, nine tenths are fitted, rounded down, and the rest is tested.
            train = 0.9 if test_size is None else None
            drawn = shuffle_splits(
                stimuli, splits=splits, train_size=train, test_size=test_size, stratify=stratify, seed=seed
            )
    except TypeError as error:
        raise RecordingError(f"The labels to stratify by are of several types ({error}); give one type.") from error
    tested = min(len(split.test) for split in drawn)
    if tested < 2:
        raise RecordingError(
            f"Splits of {stimuli} stimuli test {tested} each, and a correlation needs two or more; give more stimuli, "
            f"or a larger test_size{' (fewer folds)' if folds else ''}."
        )
    return drawn


def rdm(features: Array, dissimilarities: Array, *, seed: int, bootstraps: int) -> Measured:
    """Compare dissimilarities by rank; the error is that of a bootstrap over stimuli."""
    own = rdm_of_responses(features, "features")
    error = pair_bootstrap(own, dissimilarities, seed=seed, draws=bootstraps)
    sampled = sampled_pairs(own, dissimilarities, "spearman")
    return Measured(rdm_similarity(own, dissimilarities), error, counts={"bootstraps": bootstraps}, sampled=sampled)


def rdm_of_responses(responses: Array, what: str = "recording") -> NDArray[np.float64]:
    """Return dissimilarities, and refuse what has none."""
    dissimilarity = representational_dissimilarity(responses)
    undefined = int(np.isnan(dissimilarity.diagonal()).sum())
    if undefined:
        raise NoNumber(
            f"The {what} {'are' if what.endswith('s') else 'is'} the same in all columns for {undefined} of "
            f"{len(responses)} stimuli, whose dissimilarity to others is not defined then."
        )
    return dissimilarity


def rdm_among_subjects(matrices: Array) -> NDArray[np.float64]:
    """Compare the dissimilarities of every subject with the mean of the others: its mean is a lower bound.

    Nili et al. (2014), doi 10.1371/journal.pcbi.1003553.
    """
    others = (matrices.sum(axis=0) - matrices) / (len(matrices) - 1)
    return np.array([rdm_similarity(*pair) for pair in zip(matrices, others, strict=True)])


def rdm_cv(features: Array, responses: Array, **drawn: Any) -> Measured:
    """Compare dissimilarities in random parts of the stimuli."""
    return _in_parts(
        lambda one, other: rdm_similarity(rdm_of_responses(one, "features"), rdm_of_responses(other)),
        features,
        responses,
        **drawn,
    )


def rsm(features: Array, similarities: Array, *, seed: int, bootstraps: int) -> Measured:
    """Compare similarities over the most responsive units; the error is that of a bootstrap over stimuli."""
    units = responsive_units(features)
    if units.size < 2:
        raise NoNumber(
            f"{units.size} of {features.shape[1]} units have an extreme mean response, and similarities need two; the "
            "metric rdm takes all units."
        )
    own = representational_similarity(features[:, units])
    error = pair_bootstrap(own, similarities, seed=seed, draws=bootstraps, correlate=pearson_of_pairs)
    raw = float(similarity_to_subjects(own, similarities[np.newaxis])[0])
    counts = {"bootstraps": bootstraps, "responsive_units": int(units.size)}
    return Measured(raw, error, counts=counts, sampled=sampled_pairs(own, similarities, "pearson"))


def rsm_of_responses(responses: Array) -> NDArray[np.float64]:
    """Return similarities over all neuroids that vary."""
    return representational_similarity(responses[:, varied_units(responses)])


def rsm_among_subjects(matrices: Array) -> NDArray[np.float64]:
    """Compare the similarities of every subject with the mean of the others."""
    return leave_one_out_similarity(matrices)


def aligned(features: Array, responses: Array, *, seed: int = 0) -> Measured:
    """Align kernels without bias; the error is that of a jackknife over stimuli, which draws nothing."""
    return Measured(*cka_jackknife(features, responses))


def aligned_biased(features: Array, responses: Array, *, seed: int = 0) -> Measured:
    """Align kernels as first published."""
    return Measured(*cka_jackknife(features, responses, biased=True))


def cka_cv(features: Array, responses: Array, **drawn: Any) -> Measured:
    """Align kernels in random parts of the stimuli."""
    return _in_parts(cka, features, responses, **drawn)


def _in_parts(metric: Any, features: Array, responses: Array, **drawn: Any) -> Measured:
    found = score_subsets(metric, features, responses, _splits(len(features), **drawn))
    return Measured(found.value, found.error, found.medians, ("split",), found.counts())


def readout(
    features: Array,
    responses: Array,
    *,
    splits: int,
    test_size: float | None,
    seed: int,
    stratify: Array | None,
    domain: Array | None,
) -> Measured:
    """Read the objects of `stratify` out of the features."""
    if stratify is None:
        raise RecordingError(
            "The metric object_readout reads objects out; say which by stratify, for example stratify='object_name'."
        )
    drawn = _splits(len(features), splits=splits, test_size=test_size, seed=seed, stratify=stratify)
    domains = np.zeros(len(features)) if domain is None else domain
    found = object_readout(features, stratify, domains, drawn)
    by_split = found.accuracies.mean(axis=1) if domain is None else found.accuracies
    error = float(np.std(found.accuracies.mean(axis=1)) / np.sqrt(len(drawn))) if domain is None else found.error
    return Measured(found.value, error, by_split, ("split",) if domain is None else ("split", "domain"))
