"""Kar2019: models with and without a time course, solution times in the published layout."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from numpy.typing import NDArray

from pytest_brainscore.benchmarks import load_benchmark
from pytest_brainscore.benchmarks.kar2019.protocol import TIME_BINS
from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.errors import DataUnavailable, ModelError, NoNumber
from pytest_brainscore.metrics.behavior.object_solution_time import object_solution_time_correlation
from tests.support.given_data import score_on
from tests.support.table_models import TableModel, stimuli_named

BENCHMARK = load_benchmark("Kar2019-ost")
IMAGES, UNITS, OBJECTS = 60, 300, ("bear", "car", "plane")
IDS = [f"{(7 * number) % IMAGES:02d}" for number in range(IMAGES)]
ROWS = [*IDS, *IDS[3:5]]
"""Two images are twice in the table and in the recordings, as published."""
LABELS = np.array(OBJECTS)[np.array([int(name) % 3 for name in ROWS])]


def responses(name: str) -> NDArray[np.float64]:
    """Return a response (unit, time bin) that says more and more about the object in the image."""
    number = int(name)
    mean = np.random.default_rng(number % 3).standard_normal(UNITS)
    noise = np.random.default_rng(100 + number).standard_normal((UNITS, len(TIME_BINS)))
    late = 4 if number % 2 else 0
    return mean[:, None] * np.clip(np.arange(len(TIME_BINS)) - late, 0, None) / 4 + noise


@pytest.fixture
def model() -> TableModel:
    """Return a model with a time course."""
    found = TableModel({name: responses(name) for name in IDS})
    found.course = list(TIME_BINS)
    return found


@pytest.fixture
def stimuli() -> StimulusSet:
    """Return the images; some twice."""
    return stimuli_named(ROWS, 8.0, image_label=LABELS)


@pytest.fixture
def assembly() -> xr.DataArray:
    """Return solution times of two decoders."""
    odd = np.array([int(name) % 2 for name in ROWS])
    times = 100 + 40 * odd + np.random.default_rng(0).normal(0, 3, len(ROWS))
    times[-2:] = 999  # second rows of images do not count
    times[5] = np.nan
    coordinates = {
        "decoder": ["logistic", "svm"],
        "stimulus_id": ("presentation", ROWS),
        "image_label": ("presentation", LABELS),
        "i1": ("presentation", np.full(len(ROWS), 1.0)),
    }
    return xr.DataArray(np.stack([-times, times]), coordinates, ("decoder", "presentation"))


def test_the_score_is_the_metric_on_distinct_images_sorted_by_id(
    model: TableModel, stimuli: StimulusSet, assembly: xr.DataArray
) -> None:
    score = score_on(BENCHMARK, model, stimuli=stimuli, assembly=assembly)
    names = sorted(IDS)
    first = [IDS.index(name) for name in names]
    course = np.stack([responses(name) for name in names]).astype(np.float32)
    expected = object_solution_time_correlation(
        [course[:, :, time] for time in range(len(TIME_BINS))],
        [start for start, _ in TIME_BINS],
        LABELS[first],
        np.ones(IMAGES),
        assembly.values[1, first],
    )
    assert score.raw == expected.value
    assert score.ceiling == 0.79
    assert score.value == score.raw / 0.79
    assert score.error == pytest.approx(expected.error / 0.79)
    assert dict(score.n) == {"stimuli": IMAGES, "solved": IMAGES - 1, "time_bins": 18, "splits": 10}
    assert score.replicates is not None
    assert score.replicates.score == score.value
    assert abs(score.replicates.values.mean() - score.value) < 3 * score.replicates.values.std()
    assert score.attribution is not None
    (images,) = score.attribution.parts
    assert images.names.tolist() == names
    assert images.values.sum() == pytest.approx(score.value)
    assert TIME_BINS[0] == (70, 80)
    assert TIME_BINS[-1] == (240, 250)


def test_a_static_model_has_no_number_after_one_image(stimuli: StimulusSet, assembly: xr.DataArray) -> None:
    static = TableModel({name: responses(name)[:, 0] for name in IDS})
    with pytest.raises(NoNumber, match="the same response at all times"):
        score_on(BENCHMARK, static, stimuli=stimuli, assembly=assembly)
    assert [len(each) for each in static.seen] == [1]
    assert static.recordings == [("IT", TIME_BINS)]


def test_later_bins_are_not_recorded_once_all_images_are_solved(
    model: TableModel, stimuli: StimulusSet, assembly: xr.DataArray
) -> None:
    easy = assembly.assign_coords(i1=("presentation", np.full(len(ROWS), -6.0)))
    with pytest.raises(NoNumber, match="too few images"):
        score_on(BENCHMARK, model, stimuli=stimuli, assembly=easy)  # all solved at 70 ms: nothing to rank
    assert model.recordings == [("IT", TIME_BINS), ("IT", (TIME_BINS[0],))]


def test_a_model_that_ignores_time_bins_is_refused(
    model: TableModel, stimuli: StimulusSet, assembly: xr.DataArray, monkeypatch: pytest.MonkeyPatch
) -> None:
    model.course = []
    model.responses = {name: responses(name)[:, 0] for name in IDS}
    looked = model.look_at
    monkeypatch.setattr(model, "look_at", lambda shown: looked(shown).isel(time_bin=0))
    with pytest.raises(ModelError, match="returned no 18 time bins"):
        score_on(BENCHMARK, model, stimuli=stimuli, assembly=assembly)


def test_missing_images_or_decoders_are_refused(
    model: TableModel, stimuli: StimulusSet, assembly: xr.DataArray
) -> None:
    with pytest.raises(DataUnavailable, match=r"5 images of .* are not in named"):
        score_on(BENCHMARK, model, stimuli=stimuli.rows(slice(55)), assembly=assembly)
    with pytest.raises(DataUnavailable, match="has 0 decoders 'svm'"):
        score_on(BENCHMARK, model, stimuli=stimuli, assembly=assembly[:1])
    with pytest.raises(DataUnavailable, match="no coordinate 'i1'"):
        score_on(BENCHMARK, model, stimuli=stimuli, assembly=assembly.drop_vars("i1"))
    assert not model.recordings
