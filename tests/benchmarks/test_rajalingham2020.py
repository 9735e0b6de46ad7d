"""Rajalingham2020: predictivity of IT from files in the published layout, against loops over scikit-learn."""

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
from pytest_brainscore.errors import DataUnavailable
from tests.support.given_data import score_on
from tests.support.published_files import PublishedFiles
from tests.support.table_models import TableModel, stimuli_named
from tests.support.table_subjects import made_up_stimuli

BENCHMARK = load_benchmark("Rajalingham2020.IT-pls")
IMAGES, REPETITIONS, SITES, UNITS = 50, 33, 4, 30


def draw(seed: int, *shape: int) -> NDArray[np.float64]:
    return np.random.RandomState(seed).standard_normal(shape)


IDS = np.array([f"word{number:02d}" for number in np.random.RandomState(5).permutation(IMAGES)])
FEATURES = draw(1, IMAGES, UNITS).astype(np.float32).astype(np.float64)
RESPONSES = FEATURES @ draw(2, UNITS, SITES) + 6 * draw(3, REPETITIONS, IMAGES, SITES)


def recorded(responses: NDArray[np.float64] = RESPONSES, **changes: Any) -> xr.DataArray:
    """Return single presentations in one time bin."""
    repetition, image = (each.ravel() for each in np.indices(responses.shape[:2]))
    coordinates: dict[str, Any] = {
        "stimulus_id": ("presentation", IDS[image]),
        "repetition": ("presentation", repetition),
        "neuroid_id": ("neuroid", [f"site{number}" for number in range(SITES)]),
        "region": ("neuroid", ["IT"] * SITES),
        "time_bin_start": ("time_bin", [70]),
        "time_bin_end": ("time_bin", [170]),
    }
    values = responses[repetition, image][:, :, np.newaxis]
    return xr.DataArray(values, coordinates | changes, ("presentation", "neuroid", "time_bin"))


def model() -> TableModel:
    return TableModel(dict(zip(IDS, FEATURES, strict=True)))


def recomputed() -> tuple[float, float]:
    """Return raw score and ceiling of the reference's wording."""
    order = np.argsort(IDS)
    single, features = RESPONSES[:, order], FEATURES[order]
    mean = single.mean(axis=0)
    medians = []
    for train, test in ShuffleSplit(10, train_size=0.9, random_state=1).split(features):
        fit = PLSRegression(25, scale=False).fit(features[train], mean[train])
        predicted = fit.predict(features[test])
        medians.append(np.median([pearsonr(predicted[:, site], mean[test, site])[0] for site in range(SITES)]))
    halves = []
    for first, _ in ShuffleSplit(10, train_size=0.5, random_state=1).split(np.arange(REPETITIONS)):
        rest = np.setdiff1d(np.arange(REPETITIONS), first)
        one, other = single[first].mean(axis=0), single[rest].mean(axis=0)
        r = np.array([pearsonr(one[:, site], other[:, site])[0] for site in range(SITES)])
        halves.append(np.median(2 * r / (1 + r)))
    return float(np.mean(medians)), float(np.mean(halves))


def test_score_and_ceiling_are_those_of_a_recomputation_from_files(published_files: PublishedFiles) -> None:
    published_files.stimuli(made_up_stimuli(pd.DataFrame({"stimulus_id": IDS}), 8.0), "Rajalingham2020")
    published_files.assembly(recorded(), "Rajalingham2020")
    subject = model()
    score = BENCHMARK(subject)
    raw, ceiling = recomputed()
    assert score.raw == pytest.approx(raw, abs=1e-9)
    assert score.ceiling == pytest.approx(ceiling, abs=1e-9)
    assert score.value == pytest.approx(raw**2 / ceiling, abs=1e-9)
    assert score.replicates is not None
    assert subject.recordings == [("IT", ((70, 170),))]


def test_a_file_without_region_and_time_bins_is_taken_for_it_from_70_to_170_ms() -> None:
    bare = recorded().isel(time_bin=0).drop_vars(["region", "time_bin_start", "time_bin_end"])
    subject, stimuli = model(), stimuli_named(IDS.tolist(), 8.0)
    assert score_on(BENCHMARK, subject, stimuli=stimuli, assembly=bare).raw == pytest.approx(recomputed()[0], abs=1e-9)
    assert subject.recordings == [("IT", ((70, 170),))]


def test_another_single_time_bin_is_asked_for_as_recorded() -> None:
    subject = model()
    late = recorded(time_bin_start=("time_bin", [80]), time_bin_end=("time_bin", [180]))
    score_on(BENCHMARK, subject, stimuli=stimuli_named(IDS.tolist(), 8.0), assembly=late)
    assert subject.recordings == [("IT", ((80, 180),))]


@pytest.mark.parametrize(
    ("assembly", "words"),
    [
        (recorded(RESPONSES[:32]), "have 32 repetitions instead of 33"),
        (recorded(region=("neuroid", ["V4"] * SITES)), "no neuroid in IT"),
        (recorded(RESPONSES[:, :-1]), "other stimuli"),
        (xr.concat([recorded(), recorded(time_bin_start=("time_bin", [0]))], "time_bin").isel(time_bin=[1, 1]), "once"),
    ],
    ids=["repetitions", "region", "an image missing", "time bins"],
)
def test_bad_data_are_a_sentence(assembly: xr.DataArray, words: str) -> None:
    with pytest.raises(DataUnavailable, match=words):
        score_on(BENCHMARK, model(), stimuli=stimuli_named(IDS.tolist(), 8.0), assembly=assembly)


def test_missing_recordings_are_named(published_files: PublishedFiles) -> None:
    published_files.stimuli(made_up_stimuli(pd.DataFrame({"stimulus_id": IDS}), 8.0), "Rajalingham2020")
    assert "Rajalingham2020" in str(BENCHMARK.unavailable())
    with pytest.raises(DataUnavailable, match="Rajalingham2020"):
        BENCHMARK(model())


def test_the_definition_is_the_published_one() -> None:
    assert (BENCHMARK.version, BENCHMARK.visual_degrees, BENCHMARK.number_of_trials) == (2, 8.0, 33)
    assert BENCHMARK.ceiling == 0.561013
