"""Simulated recordings: two models scored on the same draw of stimuli, neurons and people, from known populations.

Each family returns what a protocol has at hand at the end of scoring: the score of each model and its design.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.inference.answers import accuracy_design, observer_design
from pytest_brainscore.inference.distributions import distribution_design
from pytest_brainscore.inference.draws import units
from pytest_brainscore.inference.levels import Design
from pytest_brainscore.inference.predictivity import predictivity_design
from pytest_brainscore.inference.similarity import similarity_design
from pytest_brainscore.metrics.behavior.accuracy import accuracy
from pytest_brainscore.metrics.behavior.error_consistency import error_consistency, kappa_of_counts
from pytest_brainscore.metrics.predictivity.pls import predict_pls
from pytest_brainscore.metrics.shared.aggregation import aggregate_splits
from pytest_brainscore.metrics.shared.correlation import correlate_predictions
from pytest_brainscore.metrics.shared.splits import shuffle_splits
from pytest_brainscore.metrics.similarity.rdm import rdm_similarity, representational_dissimilarity
from pytest_brainscore.metrics.tuning.ks_similarity import ks_similarity

Array = NDArray[np.float64]


class Scored(NamedTuple):
    """A model on a simulated recording."""

    value: float
    design: Design


class Family(Protocol):
    """Simulates a recording."""

    def __call__(
        self, generator: np.random.Generator, name: str, better: float = 0.0, *, alike: bool = False
    ) -> tuple[Scored, Scored]:
        """Score two models on a recording of some name; the second is better by so much, and else alike if asked."""
        ...


def predictivity(
    generator: np.random.Generator,
    name: str,
    better: float = 0.0,
    *,
    alike: bool = False,
    stimuli: int = 200,
    neurons: int = 60,
) -> tuple[Scored, Scored]:
    """PLS with five components; neurons see twenty hidden dimensions of the stimuli, models see them with noise."""
    hidden = generator.standard_normal((stimuli, 20)) * np.arange(1, 21) ** -0.4
    tuning = generator.standard_normal((20, neurons))
    noise = 1.5 * np.exp(0.4 * generator.standard_normal(neurons))
    responses = hidden @ tuning + noise * generator.standard_normal((stimuli, neurons))
    splits = shuffle_splits(stimuli)
    drawn = units(name, "stimulus", stimuli), units(name, "neuroid", neurons)
    scored = []
    for model, spread in enumerate((1.0, 1.0 - better)):
        weights = np.random.default_rng(1000 + model * (not alike)).standard_normal(
            (20, 40)
        )  # one model in all recordings
        features = hidden @ weights + 1.5 * spread * generator.standard_normal((stimuli, 40))
        predictions = list(predict_pls(features, responses, splits, components=5))
        value = aggregate_splits(correlate_predictions(predictions, responses, splits)).value
        tests = [split.test for split in splits]
        scored.append(Scored(value, predictivity_design(predictions, tests, responses, *drawn)))
    return scored[0], scored[1]


def dissimilarity(
    generator: np.random.Generator,
    name: str,
    better: float = 0.0,
    *,
    alike: bool = False,
    stimuli: int = 60,
    subjects: int = 0,
) -> tuple[Scored, Scored]:
    """Dissimilarities of models and of one recording, or of several people; Spearman."""
    hidden = generator.standard_normal((stimuli, 10)) * np.arange(1, 11) ** -0.5
    people = np.random.default_rng(1) if not subjects else generator
    targets = []
    for _ in range(max(subjects, 1)):
        voxels = hidden @ people.standard_normal((10, 80)) + 2.0 * generator.standard_normal((stimuli, 80))
        targets.append(representational_dissimilarity(voxels))
    images = units(name, "stimulus", stimuli)
    drawn = units(name, "subject", subjects) if subjects else None
    scored = []
    for model, spread in enumerate((1.5, 1.5 - better)):
        weights = np.random.default_rng(1000 + model * (not alike)).standard_normal((10, 100))
        matrix = representational_dissimilarity(hidden @ weights + spread * generator.standard_normal((stimuli, 100)))
        value = float(np.mean([rdm_similarity(matrix, target) for target in targets]))
        scored.append(Scored(value, similarity_design(matrix, np.stack(targets), images, drawn)))
    return scored[0], scored[1]


def consistency(
    generator: np.random.Generator,
    name: str,
    better: float = 0.0,
    *,
    alike: bool = False,
    stimuli: int = 240,
    subjects: int = 8,
) -> tuple[Scored, Scored]:
    """Errors of models and people in four conditions, on images that are hard for all, or for the models alone."""
    conditions = np.arange(stimuli) % 4
    hard = generator.standard_normal(stimuli)
    ability = 0.8 + 0.3 * generator.standard_normal((subjects, 1)) - 0.3 * conditions
    people = ability - hard + generator.standard_normal((subjects, stimuli)) > 0
    hard_for_models = generator.standard_normal(stimuli)
    drawn = units(name, "stimulus", stimuli, strata=conditions), units(name, "subject", subjects)
    scored = []
    for share in (0.6, 0.6 + better):
        right = 0.3 - 0.3 * conditions - share * hard - (
            1 - share
        ) * hard_for_models > -0.8 * generator.standard_normal(stimuli)
        value = error_consistency(right, people, conditions).signed
        scored.append(Scored(value, observer_design(kappa_of_counts, right, people, conditions, *drawn)))
    return scored[0], scored[1]


def share_right(
    generator: np.random.Generator,
    name: str,
    better: float = 0.0,
    *,
    alike: bool = False,
    stimuli: int = 500,
    shared: float = 1.5,
) -> tuple[Scored, Scored]:
    """Right answers of two models that find the same images hard, `shared` times as much as others of their own."""
    hard = shared * generator.standard_normal(stimuli)
    drawn = units(name, "stimulus", stimuli)
    scored = []
    for ability in (0.5, 0.5 + better):
        right = ability - hard + generator.standard_normal(stimuli) > 0
        value = accuracy(right, np.ones(stimuli, dtype=bool)).value
        scored.append(Scored(value, accuracy_design(right, drawn)))
    return scored[0], scored[1]


def distribution(
    generator: np.random.Generator,
    name: str,
    better: float = 0.0,
    *,
    alike: bool = False,
    model_units: tuple[int, int] = (300, 400),
    neurons: int = 120,
) -> tuple[Scored, Scored]:
    """Compare a property of the units of two models with that of neurons, in ten bins.

    Where the models are not alike, one is shifted to either side: what a draw of neurons takes from one it gives to the
    other, which is the hardest case; the difference is then less exact than if the scores were independent.
    """
    bins = np.linspace(-3, 3, 11)
    recorded = generator.standard_normal(neurons)
    scored = []
    for model, shift in enumerate((0.5, 0.5 - better)):
        count = model_units[0 if alike else model]
        values = (1 if alike else (-1) ** model) * shift + 1.1 * generator.standard_normal(count)
        raw = ks_similarity(values, recorded, bins, np.random.RandomState(0))
        draws = np.random.RandomState(0).randint(0, count, size=(1000, neurons))
        drawn = units(name, "unit", count), units(name, "neuron", neurons)
        scored.append(Scored(raw.value, distribution_design(raw.value, values, recorded, bins, draws, *drawn)))
    return scored[0], scored[1]
