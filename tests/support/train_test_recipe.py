"""Synthetic recordings with training and test stimuli, several subjects and repetitions, in the published layout."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from pytest_brainscore.benchmarks import load_benchmark
from pytest_brainscore.benchmarks.shared.train_test_data import TrainTestData
from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.scoring.score import Score
from tests.support.table_models import TableModel, stimuli_named

Array = NDArray[Any]


class Recipe(NamedTuple):
    """Latent signals of images, seen by a model and by units, drawn from the legacy generator of NumPy."""

    seed: int
    features: int
    train: int
    test: int
    repetitions: int
    units: int
    train_repetitions: int = 1

    def draw(self, stream: int, *shape: int) -> NDArray[np.float64]:
        return np.random.RandomState(self.seed + stream).standard_normal(shape)

    @property
    def images(self) -> int:
        return self.train + self.test

    @property
    def ids(self) -> list[str]:
        order = np.random.RandomState(self.seed + 5).permutation(self.images)
        return [f"im{number:03d}" for number in order]

    def model_features(self) -> NDArray[np.float64]:
        hidden = self.draw(0, self.images, 12)
        noise = self.draw(2, self.images, self.features)
        return np.asarray(hidden @ self.draw(1, 12, self.features) + 0.5 * noise)

    def responses(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return single presentations to fit and to test, (image x repetition, unit) each, image by image."""
        signal = self.draw(0, self.images, 12) @ self.draw(3, 12, self.units)
        train = [
            signal[: self.train] + 1.5 * self.draw(4 + 100 * repetition, self.train, self.units)
            for repetition in range(self.train_repetitions)
        ]
        test = [
            signal[self.train :] + 2 * self.draw(10 + repetition, self.test, self.units)
            for repetition in range(self.repetitions)
        ]
        return by_image(train), by_image(test)


class Experiment(NamedTuple):
    """Recordings and stimuli, as files of the catalogue have them."""

    recipe: Recipe
    train: xr.DataArray
    test: xr.DataArray
    train_stimuli: StimulusSet
    test_stimuli: StimulusSet

    def model(self, degrees: float) -> TableModel:
        return TableModel(dict(zip(self.recipe.ids, self.recipe.model_features(), strict=True)), degrees)

    def score(self, identifier: str, **changes: Any) -> Score:
        """Score the model of the recipe by the protocol of a benchmark; recordings or stimuli may be given."""
        benchmark = load_benchmark(identifier)
        changed = self._replace(**changes)
        data = TrainTestData(
            benchmark,
            train_stimuli=changed.train_stimuli,
            test_stimuli=changed.test_stimuli,
            train=changed.train,
            test=changed.test,
        )
        module, _, name = str(benchmark.protocol).partition(":")
        score: Score = getattr(import_module(module), name)(benchmark, changed.model(benchmark.visual_degrees), data)
        return score


def by_image(repetitions: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    stacked = np.stack(repetitions, axis=1)
    return stacked.reshape(-1, stacked.shape[2])


def neuroids(
    subjects: Sequence[str], regions: Sequence[str], units: int, **pattern: Sequence[float]
) -> dict[str, Array]:
    """Return coordinates: subjects change slowest, then regions; ids count within subjects; qualities repeat."""
    total = len(subjects) * len(regions) * units
    return {
        "subject": np.repeat(subjects, len(regions) * units),
        "region": np.tile(np.repeat(regions, units), len(subjects)),
        "neuroid_id": np.tile(np.arange(len(regions) * units), len(subjects)),
        **{name: np.resize(values, total) for name, values in pattern.items()},
    }


def experiment(
    recipe: Recipe,
    coordinates: dict[str, Array],
    degrees: float,
    *,
    rescale: Callable[[NDArray[np.float64]], NDArray[np.float64]] | None = None,
    bins: Sequence[tuple[float, float]] = ((70, 170),),
    nsd: bool = False,
) -> Experiment:
    """Write recordings of a recipe in the published layout.

    Parameters
    ----------
    recipe
        What was recorded; columns of its responses are neuroids, or neuroids x time bins.
    coordinates
        Of the neuroids.
    degrees
        Side of the stimuli.
    rescale
        Applied to all rows of each of the two recordings.
    bins
        Time bins, which change faster than neuroids.
    nsd
        Whether presentations have the coordinates of the Natural Scenes Dataset: training rows have no repetition.

    """
    ids = recipe.ids
    assemblies = []
    for name, values, chosen, repetitions in zip(
        ("train", "test"),
        recipe.responses(),
        (range(recipe.train), range(recipe.train, recipe.images)),
        (recipe.train_repetitions, recipe.repetitions),
        strict=True,
    ):
        rows = np.repeat(np.array(chosen), repetitions)
        presentation: dict[str, Any] = {"stimulus_id": np.array(ids)[rows]}
        if nsd:
            presentation["nsd_id"] = rows - chosen[0] + (0 if name == "train" else 1000)
        else:
            labels = np.array([f"obj{row % 4}" for row in rows])
            presentation |= {"stimulus_label": labels, "object_name": labels, "stimulus_label_idx": rows % 4}
        if not nsd or name == "test":
            presentation["repetition"] = np.tile(np.arange(repetitions), len(chosen))
        scaled = values if rescale is None else rescale(values)
        assemblies.append(
            xr.DataArray(
                scaled.reshape(len(rows), -1, len(bins)),
                {
                    **{key: ("presentation", each) for key, each in presentation.items()},
                    **{key: ("neuroid", each) for key, each in coordinates.items()},
                    "time_bin_start": ("time_bin", [start for start, _ in bins]),
                    "time_bin_end": ("time_bin", [end for _, end in bins]),
                },
                ("presentation", "neuroid", "time_bin"),
                name=name,
            )
        )
    return Experiment(
        recipe,
        assemblies[0],
        assemblies[1],
        stimuli_named(ids[: recipe.train], degrees),
        stimuli_named(ids[recipe.train :], degrees),
    )


def standardised(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Scale every unit to the mean 0 and the deviation 1 over all rows, as the packagers do."""
    return np.asarray((values - values.mean(axis=0)) / values.std(axis=0))
