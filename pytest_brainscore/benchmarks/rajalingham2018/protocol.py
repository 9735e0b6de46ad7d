"""How a model is scored on the two-way choices of Rajalingham et al. (2018)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from pytest_brainscore.benchmarks.rajalingham2018.resampling import resampled_correlation
from pytest_brainscore.benchmarks.shared.behavior import (
    answer_table,
    as_identifiers,
    category_probabilities,
    digest,
    outcome,
    require_ceiling,
    require_columns,
    require_shown,
    trial_table,
)
from pytest_brainscore.benchmarks.shared.replicating import stimulus_units, with_replicates
from pytest_brainscore.data.stimuli.screen import place_on_screen
from pytest_brainscore.errors import DataUnavailable, NoNumber
from pytest_brainscore.inference.levels import Design, Level, Statistic, unchanged
from pytest_brainscore.metrics.behavior.image_level_behavior import (
    BehavioralPattern,
    Trials,
    behavioral_consistency,
    behavioral_consistency_ceiling,
    human_pattern,
    model_pattern,
    trial_halves,
)
from pytest_brainscore.metrics.reliability.bootstrap import bootstrap, deviation
from pytest_brainscore.metrics.reliability.explained_variance import NormalisedScore
from pytest_brainscore.metrics.shared.aggregation import defined_mean

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.benchmarks.benchmark_data import BenchmarkData
    from pytest_brainscore.models.interface import BrainModel
    from pytest_brainscore.scoring.score import Score

PROTOCOL_REVISION: Final = 2
"""Raise it with every change of this family that may change a score."""


def i2n_score(benchmark: Benchmark, model: BrainModel, data: BenchmarkData, *, skip_undefined: bool = False) -> Score:
    """Score whether a model takes the same images for the same other objects as people do.

    A decoder of the model learns the objects from the fitting stimuli. Its probabilities give a d' for each image and
    distractor, which is correlated with that of half of the human trials, and divided by the root of the correlation
    of the two halves; twice. As published, the halves depend on the order of the trials in the assembly: this is the
    one order that matters.

    Parameters
    ----------
    benchmark
        One of the benchmarks of this family.
    model
        Afterwards it does the probabilities task.
    data
        ``assembly``: chosen object of each trial, with the coordinates ``stimulus_id``, ``sample_obj`` and
        ``dist_obj``. ``stimuli`` and ``fitting``: images with the column ``image_label``.

    skip_undefined
        Leave d' that are undefined in one of the halves out of the ceiling; see `i2n_score_of_few_trials`.

    Returns
    -------
    Score
        Mean over the halvings of raw score / sqrt(ceiling), not cut. The error is the deviation of a bootstrap over
        images (within objects), for model and people at once, at fixed ceilings; the published one is that over the two
        halvings. ``values`` are raw score and ceiling of each halving. A halving in which one of them is undefined, or
        the ceiling is not above 0, has no score and is left out, as published; ``n`` counts it.

    Raises
    ------
    DataUnavailable
        When model and people did not see the same images and objects.
    NoNumber
        When d' of the model is undefined where that of people is not: it is certain of an object in all images of
        another one; or when all d' of the model are the same.

    """
    fitting, stimuli, assembly = data.fitting, data.stimuli, data.assembly
    require_columns(stimuli, "image_label")
    require_columns(fitting, "image_label")
    table = trial_table(assembly, "stimulus_id", "sample_obj", "dist_obj")
    require_shown(table, stimuli, benchmark)
    trials = Trials(
        as_identifiers(assembly["stimulus_id"].values),
        assembly["sample_obj"].values.astype(str),
        assembly["dist_obj"].values.astype(str),
        assembly.values.astype(str),
    )
    degrees = model.visual_degrees()
    answers = category_probabilities(
        model, place_on_screen(fitting, degrees), place_on_screen(stimuli, degrees), benchmark.number_of_trials
    )
    images = answer_table(stimuli, {"row": np.arange(len(stimuli))}, "image_label")
    objects = set(trials.samples) | set(trials.distractors) | set(images["image_label"])
    if not objects <= set(answers.categories.tolist()):
        raise DataUnavailable(
            f"{benchmark.assembly} or {benchmark.stimulus_set} has objects that are not among the "
            f"{len(answers.categories)} of {benchmark.fitting_stimulus_set}; fetch them again."
        )
    probabilities = answers.values[images["row"].to_numpy(np.intp)]
    seen, truth = images["stimulus_id"].to_numpy(str), images["image_label"].to_numpy(str)
    pattern = model_pattern(probabilities, seen, truth, answers.categories, normalised=True)
    try:
        raw = behavioral_consistency(pattern, trials, normalised=True, over_objects=False)
    except ValueError as error:
        raise NoNumber(
            f"{model.identifier} is so certain of an object in all images of another one that its d' is undefined."
        ) from error
    if np.isnan(raw.value):
        raise NoNumber(
            f"All d' of {model.identifier} on {benchmark.stimulus_set} are the same, so they do not correlate."
        )
    try:
        ceiling = behavioral_consistency_ceiling(
            trials, normalised=True, over_objects=False, skip_undefined=skip_undefined
        )
    except ValueError as error:
        raise DataUnavailable(
            f"{benchmark.assembly} has too few trials to compare its halves ({error.args[0].split(':')[0]}); fetch it "
            "again."
        ) from error
    ceilings = np.where(ceiling.correlations > 0, ceiling.correlations, np.nan)
    require_ceiling(float(np.fmax.reduce(ceilings)), benchmark)
    by_half = raw.correlations / np.sqrt(ceilings)
    if np.isnan(by_half).all():
        raise NoNumber(
            f"Neither half of the trials of {benchmark.assembly} gives both {model.identifier} a correlation and the "
            "halves one above 0."
        )
    undefined = int(np.isnan(by_half).sum())
    unnormalised = model_pattern(probabilities, seen, truth, answers.categories, normalised=False)
    roots = np.where(np.isnan(by_half), np.nan, np.sqrt(ceilings))
    statistic, strata = _resampled(unnormalised, truth, trials, roots)
    draws = bootstrap(statistic, strata)
    score = outcome(
        benchmark,
        NormalisedScore(float(np.nanmean(by_half)), deviation(draws), benchmark.normalisation),
        raw=raw.value,
        ceiling=ceiling.value,
        bounded=False,
        n={
            "stimuli": len(stimuli),
            "fitting_stimuli": len(fitting),
            "trials": len(table),
            "objects": len(objects),
            **({"undefined_repetitions": undefined} if undefined else {}),
        },
        provenance={
            "protocol": PROTOCOL_REVISION,
            "data_sha256": digest(table),
            "stimuli": stimuli.digest(),
            "fitting_stimuli": fitting.digest(),
        },
        values=xr.DataArray(
            np.stack([raw.correlations, ceiling.correlations]),
            {"of": ["raw", "ceiling"]},
            ("of", "repetition"),
        ),
    )
    # Images are sorted by their id, as those of the draws are.
    design = Design((Level(stimulus_units(benchmark, unnormalised.images, strata), statistic),))
    return with_replicates(score, design, raw=score.value, scale=unchanged, categories=truth)


def i2n_score_of_few_trials(benchmark: Benchmark, model: BrainModel, data: BenchmarkData) -> Score:
    """Score as `i2n_score` where people saw few distractors of each image, as of the public images.

    The halves then lack trials of some images and distractors, whose d' is left out of the ceiling.
    """
    return i2n_score(benchmark, model, data, skip_undefined=True)


def _resampled(
    model: BehavioralPattern, truth: NDArray[np.str_], trials: Trials, roots: NDArray[np.float64]
) -> tuple[Statistic, NDArray[np.intp]]:
    """Return the score as a function of how often each image counts, and the objects within which images are drawn.

    The objects in the images are `truth`; patterns are not normalised yet.
    """
    position = {str(name): column for column, name in enumerate(model.objects)}
    shown = np.array([position[name] for name in truth])
    correlations = []
    for half, _ in trial_halves(trials):
        people = human_pattern(half, normalised=False)
        dprimes = np.full(model.dprimes.shape, np.nan)
        rows = pd.Index(model.images).get_indexer(pd.Index(people.images))
        columns = pd.Index(model.objects).get_indexer(pd.Index(people.objects))
        dprimes[np.ix_(rows, columns)] = people.dprimes
        correlations.append(resampled_correlation(model.dprimes, dprimes, shown))

    def score(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        by_half = [correlation(weights) / root for correlation, root in zip(correlations, roots, strict=True)]
        return defined_mean(np.stack(by_half, axis=-1))

    return score, shown
