"""Bracci2019: recordings in the published layout, against loops over subjects with SciPy."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from numpy.typing import NDArray
from scipy.stats import spearmanr

from pytest_brainscore.benchmarks import load_benchmark
from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.errors import DataUnavailable, NoNumber
from tests.support.given_data import score_on
from tests.support.table_models import TableModel, stimuli_named

BENCHMARK = load_benchmark("Bracci2019.anteriorVTC-rdm")
STIMULI, SUBJECTS, UNITS = 27, 4, 50
IDS = [str(number) for number in range(1, STIMULI + 1)]
UPPER = np.triu_indices(STIMULI, 1)


def responses() -> NDArray[np.float32]:
    values: NDArray[np.float32] = np.random.default_rng(0).standard_normal((STIMULI, UNITS)).astype(np.float32)
    return values


def model(values: NDArray[np.float32] | None = None) -> TableModel:
    found = responses() if values is None else values
    return TableModel(dict(zip(IDS, found, strict=True)))


@pytest.fixture
def stimuli() -> StimulusSet:
    """Return the images in another order than that of the recordings."""
    return stimuli_named(IDS[::-1], 8.0)


@pytest.fixture
def assembly() -> xr.DataArray:
    """Return voxels of three regions; subjects have different numbers of them."""
    draw = np.random.default_rng(1)
    columns, subject, roi, voxel = [], [], [], []
    weights = draw.standard_normal((UNITS, 40))
    for person in range(SUBJECTS):
        for region in (0, 1, 2):
            for number in range(30 + person):
                signal = responses() @ weights[:, number] if region == 2 else 0
                columns.append(signal + 5 * draw.standard_normal(STIMULI) + 100 * number)
                subject.append(person)
                roi.append(region)
                voxel.append(number)
    coordinates = {
        "stimulus_id": ("presentation", np.arange(1, STIMULI + 1)),
        "subject": ("neuroid", subject),
        "roi": ("neuroid", roi),
        "voxels": ("neuroid", voxel),
    }
    shuffled = draw.permutation(len(columns))
    return xr.DataArray(np.stack(columns, axis=1), coordinates, ("presentation", "neuroid"))[:, shuffled]


def test_the_score_is_that_of_the_published_loop(assembly: xr.DataArray, stimuli: StimulusSet) -> None:
    voxels = assembly[:, (assembly["roi"] == 2).values]
    centred = voxels - voxels.mean("presentation")
    target = 1 - np.corrcoef(centred.groupby("voxels").mean().transpose("presentation", ...).values)
    raw = spearmanr((1 - np.asarray(np.corrcoef(responses())))[UPPER], np.asarray(target)[UPPER])[0]
    people = [1 - np.corrcoef(centred[:, (centred["subject"] == s).values].values) for s in range(SUBJECTS)]
    lower = np.tril_indices(STIMULI, -1)
    ceiling = np.mean(
        [
            spearmanr(people[s][lower], np.mean([people[o] for o in range(SUBJECTS) if o != s], axis=0)[lower])[0]
            for s in range(SUBJECTS)
        ]
    )
    score = score_on(BENCHMARK, model(), stimuli=stimuli, assembly=assembly)
    assert score.raw == pytest.approx(raw, abs=1e-7)
    assert score.ceiling == pytest.approx(ceiling, abs=1e-10)
    assert score.value == pytest.approx(raw / ceiling, abs=1e-7)
    assert score.normalisation == "r/c"
    assert not score.clipped
    assert dict(score.n) == {"stimuli": 27, "units": UNITS, "voxels": 33, "subjects": SUBJECTS, "bootstraps": 1000}


def test_the_error_is_the_deviation_over_draws_of_stimuli(assembly: xr.DataArray, stimuli: StimulusSet) -> None:
    score = score_on(BENCHMARK, model(), stimuli=stimuli, assembly=assembly)
    assert score.error == score_on(BENCHMARK, model(), stimuli=stimuli, assembly=assembly).error
    assert 0.01 < score.error * score.ceiling < 0.2


def test_the_model_records_it_at_eight_degrees(assembly: xr.DataArray, stimuli: StimulusSet) -> None:
    shown = model()
    score_on(BENCHMARK, shown, stimuli=stimuli, assembly=assembly)
    assert shown.recordings == [("IT", ((70, 170),))]
    assert {each.identifier for each in shown.seen} == {"named"}  # once more, to see whether it answers alike


def test_a_model_without_dissimilarities_has_no_number(assembly: xr.DataArray, stimuli: StimulusSet) -> None:
    with pytest.raises(NoNumber, match="one unit"):
        score_on(BENCHMARK, model(responses()[:, :1]), stimuli=stimuli, assembly=assembly)
    flat = responses()
    flat[4] = 1
    with pytest.raises(NoNumber, match="respond alike to 1 of 27 stimuli"):
        score_on(BENCHMARK, model(flat), stimuli=stimuli, assembly=assembly)


def test_other_stimuli_are_refused(assembly: xr.DataArray, stimuli: StimulusSet) -> None:
    with pytest.raises(DataUnavailable, match="other stimuli"):
        score_on(BENCHMARK, model(), stimuli=stimuli, assembly=assembly[:26])


@pytest.mark.parametrize("broken", ["subjects", "values", "roi"])
def test_recordings_that_are_not_the_published_ones_are_refused(
    broken: str, assembly: xr.DataArray, stimuli: StimulusSet
) -> None:
    if broken == "subjects":
        assembly = assembly[:, (assembly["subject"] == 0).values]
    elif broken == "roi":
        assembly = assembly.drop_vars("roi")
    else:
        assembly = assembly.where(assembly != assembly.max())
        assembly = assembly.assign_coords(roi=("neuroid", np.full(assembly.sizes["neuroid"], 2)))
    with pytest.raises(DataUnavailable, match="use the published file"):
        score_on(BENCHMARK, model(), stimuli=stimuli, assembly=assembly)
