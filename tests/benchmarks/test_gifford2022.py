"""Gifford2022: golden values of the published protocol, and time bins in seconds."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from pytest_brainscore.benchmarks import load_benchmark
from pytest_brainscore.benchmarks.gifford2022.protocol import ALPHAS, channels_in_time
from pytest_brainscore.errors import DataUnavailable
from tests.support.published_files import PublishedFiles
from tests.support.train_test_recipe import Experiment, Recipe, experiment, neuroids, standardised

BINS = [(round(start / 100, 2), round((start + 1) / 100, 2)) for start in range(-20, 80)]


def recorded(features: int = 20) -> Experiment:
    coordinates = neuroids(("sub-01", "sub-02"), ("EEG",), 3)
    del coordinates["region"]
    coordinates["channel"] = np.tile(["O1", "Oz", "O2"], 2)
    recipe = Recipe(3, features, 40, 12, 6, 600, train_repetitions=2)
    return experiment(recipe, coordinates, 7.0, rescale=standardised, bins=BINS)


@pytest.mark.parametrize(
    ("leaf", "features", "value", "raw", "subjects"),
    [
        ("IT-ridgecv", 20, .936605864232, .941402290630,
         [(.943397027245, .944913323842, .946432057543, 10), (.929814701220, .937891257418, .946037968197, 10)]),
        ("IT-ridge", 20, .903717190515, .924715875275,
         [(.914502634349, .930330376724, .946432057543, None), (.892931746682, .919101373826, .946037968197, None)]),
        ("IT-ridgecv", 60, .964093424224, .955121568098,
         [(.961628298333, .953999920851, .946432057543, 50), (.966558550114, .956243215345, .946037968197, 100)]),
    ],
)  # fmt: skip
def test_golden_values(
    leaf: str, features: int, value: float, raw: float, subjects: list[tuple[float, float, float, float | None]]
) -> None:
    score = recorded(features).score(f"Gifford2022.{leaf}")
    assert (score.value, score.raw, score.ceiling) == pytest.approx((value, raw, 0.946377692102), abs=1e-6)
    assert score.values is not None
    assert score.values.attrs["ceiling_error"] == pytest.approx(0.000489514796, abs=1e-8)
    for found, (ceiled, of_raw, of_ceiling, alpha) in zip(score.details["subjects"].values(), subjects, strict=True):
        assert (found["score"], found["raw"], found["ceiling"]) == pytest.approx((ceiled, of_raw, of_ceiling), abs=1e-6)
        assert found.get("alpha") == alpha
        assert found["neuroids"] == 180
    if leaf == "IT-ridgecv" and features == 20:
        expected = [0.9651882604, 0.9708350210, 0.9512861122, 0.9780761708]
        np.testing.assert_allclose(score.values[:4], expected, rtol=0, atol=1e-6)


def test_from_files_the_model_is_asked_for_seconds(published_files: PublishedFiles) -> None:
    found = recorded()
    published_files.stimuli(found.train_stimuli, "Gifford2022_stim_train")
    published_files.stimuli(found.test_stimuli, "Gifford2022_stim_test")
    published_files.assembly(found.train, "Gifford2022_train")
    published_files.assembly(found.test, "Gifford2022_test")
    model = found.model(7.0)
    score = load_benchmark("Gifford2022.IT-ridge")(model)
    assert score.value == pytest.approx(0.903717190515, abs=1e-6)
    assert model.recordings == [("IT", ((0.0, 0.6),))] * 2


def test_the_channel_changes_slowest() -> None:
    values = np.zeros((2, 2, 60))
    values[:, 1] = np.arange(60)
    assembly = xr.DataArray(
        values,
        {
            "stimulus_id": ("presentation", ["a", "b"]),
            "channel": ("neuroid", ["O1", "O2"]),
            "time_bin_start": ("time_bin", np.arange(60) / 100),
        },
        ("presentation", "neuroid", "time_bin"),
    )
    flat = channels_in_time(assembly)
    assert flat.shape == (2, 120)
    assert flat["channel"].values.tolist() == ["O1"] * 60 + ["O2"] * 60
    assert flat["recording_time"].values[[0, 1, 59, 60]].tolist() == [0, 0.01, 0.59, 0]
    assert flat.values[0, 60:63].tolist() == [0, 1, 2]


def test_bins_in_milliseconds_are_refused() -> None:
    found = recorded()
    test = found.test.assign_coords(time_bin_start=found.test["time_bin_start"] * 1000)
    with pytest.raises(DataUnavailable, match=r"1 time bins that start from 0 to 0\.59 seconds instead of 60"):
        found.score("Gifford2022.IT-ridge", test=test)


def test_the_order_of_bins_in_a_file_does_not_matter() -> None:
    found = recorded()
    late_first = found.test.isel(time_bin=slice(None, None, -1))
    score = found.score("Gifford2022.IT-ridge", test=late_first)
    assert score.value == pytest.approx(0.903717190515, abs=1e-6)


def test_bins_in_words_are_a_sentence() -> None:
    found = recorded()
    test = found.test.assign_coords(time_bin_start=("time_bin", ["early"] * 100))
    with pytest.raises(DataUnavailable, match="'time_bin_start' of the recordings test is no number"):
        found.score("Gifford2022.IT-ridge", test=test)


def test_the_published_penalties() -> None:
    assert len(ALPHAS) == 23
    assert list(ALPHAS) == sorted(ALPHAS)
