"""Simulated experiments with people: choices among images, image-level d' and accuracies; see `simulated`."""

from __future__ import annotations

import numpy as np

from pytest_brainscore.benchmarks.rajalingham2018.resampling import resampled_correlation
from pytest_brainscore.inference.answers import observer_design, triplet_design
from pytest_brainscore.inference.draws import units
from pytest_brainscore.inference.levels import Design, Level
from pytest_brainscore.metrics.behavior.accuracy_distance import accuracy_distance, accuracy_similarity
from tests.statistics.simulated import Scored


def triplets(
    generator: np.random.Generator,
    name: str,
    better: float = 0.0,
    *,
    alike: bool = False,
    stimuli: int = 120,
    count: int = 3000,
) -> tuple[Scored, Scored]:
    """Odd one out of three images: people and models see eight hidden dimensions, models with noise of their own."""
    hidden = generator.standard_normal((stimuli, 8))
    images = np.array([generator.choice(stimuli, 3, replace=False) for _ in range(count)])
    theirs = _odd_one_out(hidden, images, generator.gumbel(size=(count, 3)))
    drawn = units(name, "stimulus", stimuli)
    scored = []
    for spread in (1.0, 1.0 - better):
        seen = hidden + spread * generator.standard_normal(hidden.shape)
        correct = _odd_one_out(seen, images, np.zeros((count, 3))) == theirs
        scored.append(Scored(float(correct.mean()), triplet_design(correct, images, drawn)))
    return scored[0], scored[1]


def _odd_one_out(
    seen: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    images: np.ndarray[tuple[int, ...], np.dtype[np.int64]],
    noise: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
) -> np.ndarray[tuple[int, ...], np.dtype[np.intp]]:
    """Return which image is left of each triplet when the two that are most alike are taken together."""
    alike = [(seen[images[:, one]] * seen[images[:, other]]).sum(1) for one, other in ((1, 2), (0, 2), (0, 1))]
    return np.asarray((np.stack(alike, axis=1) + noise).argmax(axis=1), dtype=np.intp)


def image_level(
    generator: np.random.Generator,
    name: str,
    better: float = 0.0,
    *,
    alike: bool = False,
    stimuli: int = 240,
    objects: int = 8,
    trials: int = 10,
) -> tuple[Scored, Scored]:
    """Correlate d' of every image against every other object, people's from few trials, normalised in pairs (i2n)."""
    shown = np.arange(stimuli) % objects
    hard = generator.standard_normal((stimuli, objects)) + generator.standard_normal((stimuli, 1))
    own = np.equal.outer(shown, np.arange(objects))
    people = np.where(own, np.nan, hard + 2 / np.sqrt(trials) * generator.standard_normal(hard.shape))
    images = units(name, "stimulus", stimuli, strata=shown)
    scored = []
    for spread in (1.5, 1.5 - better):
        # What a model finds hard of an image is in all its d', as in those of people.
        of_images = generator.standard_normal((stimuli, 1))
        model = np.where(own, np.nan, hard + spread * (generator.standard_normal(hard.shape) + of_images))
        statistic = resampled_correlation(model, people, shown)
        scored.append(Scored(float(statistic(np.ones((1, stimuli)))[0]), Design((Level(images, statistic),))))
    return scored[0], scored[1]


def distance(
    generator: np.random.Generator,
    name: str,
    better: float = 0.0,
    *,
    alike: bool = False,
    stimuli: int = 300,
    subjects: int = 12,
) -> tuple[Scored, Scored]:
    """Accuracies of models that are better and worse than people, on images of ten categories."""
    categories = np.arange(stimuli) % 10
    hard = generator.standard_normal(stimuli)
    ability = 0.8 + 0.4 * generator.standard_normal((subjects, 1))
    people = ability - hard + generator.standard_normal((subjects, stimuli)) > 0
    drawn = units(name, "stimulus", stimuli, strata=categories), units(name, "subject", subjects)
    scored = []
    for ability_of_model in (0.2, 0.4 + better):
        right = ability_of_model - hard + generator.standard_normal(stimuli) > 0
        value = accuracy_distance(right, people).value
        design = observer_design(
            lambda right, theirs, _same, total: accuracy_similarity(right / total, theirs / total),
            right,
            people,
            None,
            *drawn,
            smooth=False,
        )
        scored.append(Scored(value, design))
    return scored[0], scored[1]
