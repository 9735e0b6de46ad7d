"""Reverse predictivity: neurons of the public recordings predict the units of a model, golden values and bad data."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import xarray as xr
from numpy.typing import NDArray

from pytest_brainscore.benchmarks import load_benchmark
from pytest_brainscore.errors import DataUnavailable, NoNumber
from pytest_brainscore.scoring.score import Score
from tests.support.given_data import score_on
from tests.support.published_files import PublishedFiles
from tests.support.table_models import TableModel, stimuli_named

IMAGES, REPETITIONS, NEURONS, V4 = 40, 6, 58, 28


def draw(seed: int, *shape: int) -> NDArray[np.float64]:
    return np.random.RandomState(seed).standard_normal(shape)


LATENT = draw(4, IMAGES, 12)
FEATURES = LATENT @ draw(5, 12, 20) + 0.5 * draw(6, IMAGES, 20)
RESPONSES = np.stack(
    [LATENT @ draw(7, 12, NEURONS) + 2 * draw(14 + repetition, IMAGES, NEURONS) for repetition in range(REPETITIONS)]
)
IDS = np.array([f"im{number:03d}" for number in np.random.RandomState(9).permutation(IMAGES)])
OBJECTS = np.array([f"obj{image % 4}" for image in range(IMAGES)])


def recorded(responses: NDArray[np.float64] = RESPONSES, order: Any = slice(None)) -> xr.DataArray:
    """Return the recordings in the published layout, presentations in any order."""
    repetition, image = (each.ravel()[order] for each in np.indices(responses.shape[:2]))
    neuron = np.arange(NEURONS)
    coordinates: dict[str, Any] = {
        "stimulus_id": ("presentation", IDS[image]),
        "image_id": ("presentation", IDS[image]),
        "repetition": ("presentation", repetition),
        "object_name": ("presentation", OBJECTS[image]),
        "neuroid_id": ("neuroid", [f"n{number:03d}" for number in neuron]),
        "region": ("neuroid", np.where(neuron < V4, "V4", "IT")),
        "animal": ("neuroid", ["A"] * NEURONS),
        "time_bin_start": ("time_bin", [70]),
        "time_bin_end": ("time_bin", [170]),
    }
    values = responses[repetition, image][:, :, np.newaxis]
    return xr.DataArray(values, coordinates, ("presentation", "neuroid", "time_bin"))


def scored(
    region: str, features: NDArray[np.float64] = FEATURES, rows: Any = slice(None), assembly: Any = None
) -> Score:
    benchmark = load_benchmark(f"MajajHong2015public.{region}-reverse_pls")
    model = TableModel(dict(zip(IDS, features, strict=True)), identifier="looked-up")
    stimuli = stimuli_named(IDS[rows].tolist(), 8.0, object_name=OBJECTS[rows])
    score = score_on(benchmark, model, stimuli=stimuli, assembly=recorded() if assembly is None else assembly)
    assert model.recordings == [(region, ((70, 170),))]
    return score


DEAD = np.where(np.arange(20) == 3, 0.0, FEATURES)
REORDERED = np.random.RandomState(99).permutation(IMAGES)


@pytest.mark.parametrize(
    ("region", "features", "rows", "value", "raw", "error", "ceiling", "ceiling_error"),
    [
        ("V4", FEATURES, slice(None), 0.964695391885, 0.951102560135, 0.008376750037, 0.937701255241, 0.001085908060),
        ("IT", FEATURES, slice(None), 0.971136500420, 0.949814188625, 0.006219789787, 0.928960030359, 0.001710187287),
        ("IT", DEAD, slice(None), 0.983088278207, 0.955640997848, 0.005779858734, 0.928960030359, 0.001710187287),
        ("IT", FEATURES, REORDERED, 0.966970102833, 0.947774538635, 0.005744626229, 0.928960030359, 0.001710187287),
    ],
    ids=["V4", "IT", "a dead unit", "rows of the stimulus set in another order"],
)
def test_golden_values(
    region: str,
    features: NDArray[np.float64],
    rows: Any,
    value: float,
    raw: float,
    error: float,
    ceiling: float,
    ceiling_error: float,
) -> None:
    score = scored(region, features, rows)
    assert score.values is not None
    found = (score.value, score.raw, score.values.raw_error, score.ceiling, score.values.ceiling_error)
    np.testing.assert_allclose(found, (value, raw, error, ceiling, ceiling_error), rtol=0, atol=1e-7)
    assert score.error == pytest.approx(2 * raw / ceiling * error, abs=1e-7)
    assert score.normalisation == "r^2/c"
    assert score.n["units"] == 20
    assert score.n["neuroids"] == {"V4": V4, "IT": NEURONS - V4}[region]
    assert score.n.get("undefined_units", 0) == (features is DEAD)


def test_golden_correlations_of_units_and_splits() -> None:
    values = scored("V4").values
    assert values is not None
    assert values.dims == ("split", "unit")
    expected = [0.9740873426, 0.9484781534, 0.9419116167, 0.7014602132, 0.4619514794]
    np.testing.assert_allclose(values.values[0, :5], expected, rtol=0, atol=1e-7)
    medians = [
        *(0.9593058919, 0.9384585100, 0.9334594830, 0.9631356658, 0.9677732293),
        *(0.9228107937, 0.9275466059, 0.9358763701, 0.9850222430, 0.9647530936),
    ]
    values = scored("IT").values
    assert values is not None
    np.testing.assert_allclose(np.median(values.values, axis=1), medians, rtol=0, atol=1e-7)


def test_the_order_of_presentations_does_not_matter() -> None:
    shuffled = recorded(order=np.random.RandomState(3).permutation(IMAGES * REPETITIONS))
    assert scored("IT", assembly=shuffled).value == pytest.approx(scored("IT").value, abs=1e-12)


def test_bootstrap_values_are_over_stimuli() -> None:
    score = scored("V4")
    assert score.replicates is not None
    assert score.replicates.score == score.value
    assert np.isfinite(score.replicates.values).all()
    assert 0.2 < score.replicates.values.std() / score.error < 5


def test_fewer_neurons_than_components_are_no_number() -> None:
    few = recorded().isel(neuroid=np.r_[0:20, V4:NEURONS])
    with pytest.raises(NoNumber, match="cannot be fitted to looked-up: 25 PLS components need as many features"):
        scored("V4", assembly=few)


def test_one_repetition_has_no_ceiling() -> None:
    with pytest.raises(DataUnavailable, match="have one repetition, so no ceiling"):
        scored("V4", assembly=recorded(RESPONSES[:1]))


def test_a_missing_image_is_a_sentence() -> None:
    with pytest.raises(DataUnavailable, match="1 of the former are missing"):
        scored("V4", rows=slice(1, None))


def test_the_two_keys() -> None:
    for region in ("V4", "IT"):
        benchmark = load_benchmark(f"MajajHong2015public.{region}-reverse_pls")
        assert (benchmark.version, benchmark.visual_degrees, benchmark.number_of_trials) == (4, 8.0, 50)
        assert benchmark.parents == ("average_vision", "neural_vision", region)
        assert benchmark.needs == (("stimulus_set", "hvm-public"), ("assembly", "MajajHong2015.public"))


def test_from_published_files(published_files: PublishedFiles) -> None:
    published_files.stimuli(stimuli_named(IDS.tolist(), 8.0, object_name=OBJECTS), "hvm-public")
    published_files.assembly(recorded(), "MajajHong2015.public")
    model = TableModel(dict(zip(IDS, FEATURES, strict=True)))
    score = load_benchmark("MajajHong2015public.IT-reverse_pls")(model)
    assert score.value == pytest.approx(0.971136500420, abs=1e-7)
