"""Li2026: golden values of the published protocol, the order of images, reliabilities, and bad data."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import xarray as xr
from numpy.typing import NDArray

from pytest_brainscore.benchmarks import load_benchmark
from pytest_brainscore.benchmarks.li2026 import further_benchmarks
from pytest_brainscore.errors import DataUnavailable, NoNumber
from pytest_brainscore.scoring.score import Score
from tests.support.given_data import score_on
from tests.support.published_files import PublishedFiles
from tests.support.table_models import TableModel, stimuli_named

IMAGES = 40


def normal(stream: int, *shape: int) -> NDArray[np.float64]:
    return np.random.RandomState(6 + stream).standard_normal(shape)


LATENT = normal(0, IMAGES, 12)
FEATURES = LATENT @ normal(1, 12, 60) + 0.5 * normal(2, IMAGES, 60)
RESPONSES = LATENT @ normal(3, 12, 40) + 2 * normal(4, IMAGES, 40)
IDS = [f"nsd_{number:05}" for number in np.random.RandomState(11).permutation(IMAGES)]
RELIABILITY = np.random.RandomState(12).uniform(0.2, 1, 40).round(6)


def recorded(responses: NDArray[np.float64] = RESPONSES, reliability: Any = RELIABILITY) -> xr.DataArray:
    coordinates: dict[str, Any] = {
        "stimulus_id": ("presentation", IDS),
        "nsd_id": ("presentation", [int(name[-5:]) for name in IDS]),
        "neuroid_id": ("neuroid", [f"unit{number:04}" for number in range(40)]),
        "region": ("neuroid", np.repeat(["V1", "IT"], [16, 24])),
        "animal": ("neuroid", np.repeat(["M1", "M2", "M1", "M3", "M4"], 8)),
        "reliability_window": ("neuroid", reliability),
        "time_bin_start": ("time_bin", [70]),
        "time_bin_end": ("time_bin", [170]),
    }
    return xr.DataArray(responses[:, :, np.newaxis], coordinates, ("presentation", "neuroid", "time_bin"))


def scored(key: str, assembly: xr.DataArray | None = None, rows: Any = slice(None)) -> Score:
    model = TableModel(dict(zip(IDS, FEATURES, strict=True)), degrees=11.0)
    shown = stimuli_named(np.array(IDS)[rows].tolist(), 11.0)
    assembly = recorded() if assembly is None else assembly
    return score_on(load_benchmark(f"Li2026.{key}"), model, stimuli=shown, assembly=assembly)


@pytest.mark.parametrize(
    ("key", "value", "raw", "error", "ceiling", "ceiling_error", "units"),
    [
        ("V1-ridgecv", 0.895588113314, 0.842224203683, 0.022438202226, 0.792040000000, 0.113538819131, 11),
        ("IT-ridgecv", 0.986907124670, 0.842026065548, 0.016047176306, 0.718414000000, 0.070519568690, 20),
        ("V1-pls", 0.861005664840, 0.825803200999, 0.031609487869, 0.792040000000, 0.113538819131, 11),
    ],
)
def test_golden_values_of_predictivity(
    key: str, value: float, raw: float, error: float, ceiling: float, ceiling_error: float, units: int
) -> None:
    score = scored(key)
    assert score.values is not None
    found = (score.value, score.raw, score.values.raw_error, score.ceiling, score.values.ceiling_error)
    np.testing.assert_allclose(found, (value, raw, error, ceiling, ceiling_error), rtol=0, atol=1e-7)
    assert score.n["neuroids"] == units
    assert score.normalisation == "r^2/c"
    assert score.error == pytest.approx(2 * raw / ceiling * error, abs=1e-7)
    assert score.replicates is not None


@pytest.mark.parametrize(
    ("key", "value", "raw", "upper", "lower", "animals"),
    [
        (
            *("V1-rdm", 0.467052747427, 0.345928070736, 0.740661676099, 0.123858318181),
            {"M1": 0.289528392741, "M2": 0.402327748731},
        ),
        (
            *("IT-rdm", 0.461822820427, 0.304003357109, 0.658268374065, 0.218811642714),
            {"M1": 0.239100858280, "M3": 0.319498830917, "M4": 0.353410382129},
        ),
    ],
)
def test_golden_values_of_similarity(
    key: str, value: float, raw: float, upper: float, lower: float, animals: dict[str, float]
) -> None:
    score = scored(key)
    bounds = score.details["ceiling"]
    found = (score.value, score.raw, score.ceiling, bounds["lower"])
    np.testing.assert_allclose(found, (value, raw, upper, lower), rtol=0, atol=1e-7)
    assert {name: each["raw"] for name, each in score.details["subjects"].items()} == pytest.approx(animals, abs=1e-7)
    assert score.normalisation == "r/c"


@pytest.mark.parametrize("key", ["V1-ridgecv", "IT-rdm"])
def test_the_order_of_the_stimulus_set_does_not_matter(key: str) -> None:
    order = np.random.RandomState(0).permutation(IMAGES)
    assert scored(key, rows=order).value == pytest.approx(scored(key).value, abs=1e-9)


def test_splits_follow_the_stored_order_of_images() -> None:
    order = np.random.RandomState(0).permutation(IMAGES)
    assert abs(scored("V1-ridgecv", recorded().isel(presentation=order)).raw - scored("V1-ridgecv").raw) > 1e-3
    same = scored("V1-rdm", recorded().isel(presentation=order))
    assert same.value == pytest.approx(scored("V1-rdm").value, abs=1e-12)


def test_reliability_has_to_be_above_the_threshold() -> None:
    at_threshold = np.where(np.arange(40) < 3, 0.4, RELIABILITY)
    missing = np.where(np.arange(40) < 3, np.nan, RELIABILITY)
    kept = int((RELIABILITY[3:16] > 0.4).sum())
    for reliability in (at_threshold, missing):
        assert scored("V1-ridgecv", recorded(reliability=reliability)).n["neuroids"] == kept


def test_no_reliable_unit_is_a_sentence() -> None:
    with pytest.raises(DataUnavailable, match=r"no unit in V1 with reliability_window above 0\.4"):
        scored("V1-ridgecv", recorded(reliability=np.full(40, 0.1)))


def test_a_missing_image_is_a_sentence() -> None:
    for key in ("V1-ridgecv", "V1-rdm"):
        with pytest.raises(DataUnavailable, match="1 of the former are missing"):
            scored(key, rows=slice(1, None))


def test_an_image_that_is_there_twice_is_a_sentence() -> None:
    with pytest.raises(DataUnavailable, match="41 rows for 40 images"):
        scored("V1-pls", recorded().isel(presentation=[*range(IMAGES), 0]))


def test_a_missing_response_is_a_sentence() -> None:
    broken = RESPONSES.copy()
    broken[3, int(np.flatnonzero(RELIABILITY > 0.4)[0])] = np.nan
    with pytest.raises(DataUnavailable, match="neuroids without responses to some stimuli: 1"):
        scored("V1-ridgecv", recorded(broken))


def test_a_model_with_few_units_has_no_pls() -> None:
    benchmark = load_benchmark("Li2026.V1-pls")
    small = TableModel(dict(zip(IDS, FEATURES[:, :5], strict=True)), degrees=11.0)
    with pytest.raises(NoNumber, match="25 PLS components"):
        score_on(benchmark, small, stimuli=stimuli_named(IDS, 11.0), assembly=recorded())


def test_the_twelve_keys() -> None:
    found = {each.identifier: each for each in further_benchmarks()}
    assert sorted(found) == sorted(
        f"Li2026.{region}-{metric}" for region in ("V1", "V2", "V4", "IT") for metric in ("ridgecv", "pls", "rdm")
    )
    for each in found.values():
        assert (each.version, each.visual_degrees, each.number_of_trials) == (1, 11.0, 1)
        assert each.needs == (("stimulus_set", "Li2026"), ("assembly", "Li2026"))
    assert found["Li2026.V4-rdm"].parents == ("average_vision", "neural_vision", "V4", "Li2026.V4")
    assert found["Li2026.V4-pls"].parents == ("further_recordings", "V4")


def test_from_published_files(published_files: PublishedFiles) -> None:
    published_files.stimuli(stimuli_named(IDS, 11.0), "Li2026")
    published_files.assembly(recorded(), "Li2026")
    model = TableModel(dict(zip(IDS, FEATURES, strict=True)), degrees=11.0)
    assert load_benchmark("Li2026.V1-rdm")(model).value == pytest.approx(0.467052747427, abs=1e-7)
    assert load_benchmark("Li2026.V1-ridgecv")(model).value == pytest.approx(0.895588113314, abs=1e-7)


def test_infinite_reliabilities_are_a_sentence() -> None:
    with pytest.raises(DataUnavailable, match="infinite for all units in V1"):
        scored("V1-ridgecv", recorded(reliability=np.full(40, np.inf)))
