"""Cadena2017: which images and presentations count, from files in the published layout, with two regressions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from numpy.typing import NDArray
from scipy.stats import pearsonr
from sklearn.cross_decomposition import PLSRegression
from sklearn.model_selection import ShuffleSplit

from pytest_brainscore.benchmarks import load_benchmark
from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.errors import DataUnavailable, NoNumber
from pytest_brainscore.metrics.predictivity.mask_regression import fit_mask
from tests.support.given_data import score_on
from tests.support.published_files import PublishedFiles
from tests.support.table_models import TableModel, stimuli_named
from tests.support.table_subjects import made_up_stimuli, shuffled

PLS = load_benchmark("Cadena2017-pls")
MASK = load_benchmark("Cadena2017-mask")
IMAGES, REPETITIONS, NEURONS, SIDE, CHANNELS = 60, 4, 5, 4, 3
UNITS = SIDE * SIDE * CHANNELS
INCOMPLETE = [3, 17, 40]
"""Images that a neuron has no response to."""


def draw(seed: int, *shape: int) -> NDArray[np.float64]:
    return np.random.RandomState(seed).standard_normal(shape)


IDS = np.array([f"{number:04d}" for number in 1000 + np.random.RandomState(5).permutation(IMAGES)])
FEATURES = draw(1, IMAGES, UNITS).astype(np.float32).astype(np.float64)


def responses() -> NDArray[np.float64]:
    """Return responses, repetition x image x neuron; some are missing in single presentations, some in all."""
    found = FEATURES @ draw(2, UNITS, NEURONS) + 4 * draw(3, REPETITIONS, IMAGES, NEURONS)
    found[:, INCOMPLETE, 2] = np.nan
    found[1, 8, 0] = np.nan
    return found


RESPONSES = responses()


def recorded(single: NDArray[np.float64] = RESPONSES) -> xr.DataArray:
    """Return single presentations; the fifth image was shown twice as often, under the same numbers."""
    repetition, image = (each.ravel() for each in np.indices(single.shape[:2]))
    rows = np.concatenate([np.arange(image.size), np.flatnonzero(image == 4)])
    values = single[repetition, image][rows]
    values[image.size :] += 2.0
    coordinates: dict[str, Any] = {
        "image_id": ("presentation", IDS[image[rows]]),
        "repetition_id": ("presentation", repetition[rows]),
        "id": ("presentation", np.arange(rows.size)),
        "neuroid_id": ("neuroid", [f"n{number}" for number in range(NEURONS)]),
        "region": ("neuroid", ["V1"] * NEURONS),
        "time_bin_start": ("time_bin", [40]),
        "time_bin_end": ("time_bin", [100]),
    }
    return xr.DataArray(values[:, :, np.newaxis], coordinates, ("presentation", "neuroid", "time_bin"))


class MappedModel(TableModel):
    """A model whose units have places in the maps of a layer."""

    def look_at(self, stimuli: StimulusSet, number_of_trials: int = 1) -> xr.DataArray:
        places = np.indices((CHANNELS, SIDE, SIDE)).reshape(3, -1).astype(float)
        named = dict(zip(("channel", "channel_x", "channel_y"), places, strict=True))
        return super().look_at(stimuli).assign_coords({name: ("neuroid", each) for name, each in named.items()})


def model(kind: type[TableModel] = TableModel) -> TableModel:
    return kind(dict(zip(IDS, FEATURES, strict=True)), degrees=2.0)


def averages() -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Return the images that count, sorted by their ids, and their means over all presentations."""
    frame = pd.DataFrame(recorded().values[:, :, 0]).groupby(recorded()["image_id"].values).mean().dropna()
    place = {name: number for number, name in enumerate(IDS)}
    return np.array([place[name] for name in frame.index]), frame.to_numpy()


def consistency(*, complete: bool) -> float:
    """Return the ceiling; of presentations without a missing neuron, or of all."""
    assembly = recorded()
    rows = pd.DataFrame(assembly.values[:, :, 0])
    names = pd.DataFrame({"image": assembly["image_id"].values, "repetition": assembly["repetition_id"].values})
    kept = rows.notna().all(axis=1) if complete else np.ones(len(rows), dtype=bool)
    medians = []
    for first, _ in ShuffleSplit(10, train_size=0.5, random_state=1).split(np.arange(REPETITIONS)):
        one, other = (
            rows[kept & (names["repetition"].isin(first) == which)]
            .groupby([names["image"], names["repetition"]])
            .mean()
            .groupby(level="image")
            .mean()
            for which in (True, False)
        )
        found = []
        for neuron in range(NEURONS):
            both = pd.concat([one[neuron], other[neuron]], axis=1).dropna().to_numpy()
            r = pearsonr(both[:, 0], both[:, 1])[0]
            found.append(2 * r / (1 + r))
        medians.append(np.median(found))
    return float(np.mean(medians))


def test_pls_is_that_of_a_recomputation_from_files(published_files: PublishedFiles) -> None:
    published_files.stimuli(made_up_stimuli(pd.DataFrame({"stimulus_id": IDS}), 8.0), "Cadena2017")
    published_files.assembly(recorded(), "Cadena2017")
    # Ids are numbers in the table, as pandas reads it, and text in the recordings.
    subject = model()
    score = PLS(subject)
    rows, mean = averages()
    assert len(rows) == IMAGES - len(INCOMPLETE)
    medians = []
    for train, test in ShuffleSplit(10, train_size=0.9, random_state=1).split(rows):
        fit = PLSRegression(25, scale=False).fit(FEATURES[rows[train]], mean[train])
        predicted = fit.predict(FEATURES[rows[test]])
        medians.append(np.median([pearsonr(predicted[:, each], mean[test, each])[0] for each in range(NEURONS)]))
    raw, ceiling = float(np.mean(medians)), consistency(complete=True)
    assert score.raw == pytest.approx(raw, abs=1e-9)
    assert score.ceiling == pytest.approx(ceiling, abs=1e-9)
    assert score.value == pytest.approx(raw**2 / ceiling, abs=1e-9)
    assert score.n["stimuli"] == IMAGES - len(INCOMPLETE)
    assert subject.recordings == [("V1", ((40, 100),))]
    assert not {str(each) for each in IDS[INCOMPLETE]} & {str(each) for each in subject.seen[0].table["stimulus_id"]}


def test_masks_are_fitted_in_four_splits_with_the_ceiling_of_all_presentations() -> None:
    stimuli = shuffled(stimuli_named(IDS.tolist(), 2.0))
    assembly = recorded().assign_coords(stimulus_id=("presentation", recorded()["image_id"].values))
    score = score_on(MASK, model(MappedModel), stimuli=stimuli, assembly=assembly)
    rows, mean = averages()
    maps = FEATURES[rows].reshape(-1, CHANNELS, SIDE, SIDE).transpose(0, 2, 3, 1)
    medians = []
    for train, test in ShuffleSplit(4, train_size=0.9, random_state=1).split(rows):
        train, test = np.sort(train), np.sort(test)  # batches are drawn from the images in the order of their ids
        predicted = fit_mask(maps[train], mean[train]).predict(maps[test])
        medians.append(np.median([pearsonr(predicted[:, each], mean[test, each])[0] for each in range(NEURONS)]))
    assert score.raw == pytest.approx(float(np.mean(medians)), abs=1e-6)
    assert score.ceiling == pytest.approx(consistency(complete=False), abs=1e-9)
    assert score.n["splits"] == 4
    assert "mask regression" in str(score.provenance["regression"])


def test_a_model_without_maps_has_no_number_for_masks() -> None:
    assembly = recorded().assign_coords(stimulus_id=("presentation", recorded()["image_id"].values))
    with pytest.raises(NoNumber, match=r"Units of table in V1 have no maps to lay a mask on: .* no place in a map"):
        score_on(MASK, model(), stimuli=stimuli_named(IDS.tolist(), 2.0), assembly=assembly)


@pytest.mark.parametrize(
    ("single", "words"),
    [
        (RESPONSES[:1], "1 repetitions of"),
        (np.where(np.arange(NEURONS) == 1, np.nan, RESPONSES), "No image of .* has responses of all 5 neurons"),
        (RESPONSES[:, :-1], "other stimuli"),
    ],
    ids=["one repetition", "a silent neuron", "an image missing"],
)
def test_bad_data_are_a_sentence(single: NDArray[np.float64], words: str) -> None:
    bare = recorded(single)
    assembly = bare.assign_coords(stimulus_id=("presentation", bare["image_id"].values))
    with pytest.raises(DataUnavailable, match=words) as refused:
        score_on(PLS, model(), stimuli=stimuli_named(IDS.tolist(), 2.0), assembly=assembly)
    assert str(refused.value).endswith(".")


def test_missing_images_are_named(published_files: PublishedFiles) -> None:
    published_files.assembly(recorded(), "Cadena2017")
    assert "Cadena2017" in str(PLS.unavailable())
    with pytest.raises(DataUnavailable, match="stimulus_Cadena2017"):
        PLS(model())


def test_versions_and_degrees_are_the_published_ones() -> None:
    assert [(each.version, each.visual_degrees, each.number_of_trials) for each in (PLS, MASK)] == [
        (1, 2.0, 2),
        (2, 2.0, 2),
    ]
