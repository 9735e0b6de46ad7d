"""MajajHong2015 over time: golden values from files in the published layout, bins, static models and bad data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from numpy.typing import NDArray

from pytest_brainscore.benchmarks import load_benchmark
from pytest_brainscore.benchmarks.majajhong2015 import temporal
from pytest_brainscore.errors import DataUnavailable
from pytest_brainscore.scoring.score import Score
from tests.support.given_data import score_on
from tests.support.published_files import PublishedFiles
from tests.support.table_models import TableModel, stimuli_named
from tests.support.table_subjects import made_up_stimuli

IMAGES, REPETITIONS, NEURONS = 40, 4, 5
BINS = [(0, 10), (10, 20), (20, 30), (30, 40)]
BENCHMARK = load_benchmark("MajajHong2015public.IT-temporal-pls")


def draw(seed: int, *shape: int) -> NDArray[np.float64]:
    return np.random.RandomState(8 + seed).standard_normal(shape)


LATENT = draw(0, IMAGES, 12)
FEATURES = LATENT @ draw(1, 12, 30) + 0.5 * draw(2, IMAGES, 30)
SIGNAL = (LATENT @ draw(3, 12, NEURONS))[:, np.newaxis, :, np.newaxis] * [0.2, 1, 2, 1.5]
RESPONSES = SIGNAL + 1.5 * draw(4, IMAGES, REPETITIONS, NEURONS, 4)
IDS = np.array([f"im{number:03d}" for number in np.random.RandomState(13).permutation(IMAGES)])
OBJECTS = np.array([f"obj{image % 4}" for image in range(IMAGES)])


def recorded(responses: NDArray[np.float64] = RESPONSES, bins: list[tuple[int, int]] = BINS) -> xr.DataArray:
    """Return single presentations in the published layout, without the columns of the stimuli."""
    image, repetition = (each.ravel() for each in np.indices(responses.shape[:2]))
    coordinates: dict[str, Any] = {
        "stimulus_id": ("presentation", IDS[image]),
        "image_id": ("presentation", IDS[image]),
        "repetition": ("presentation", repetition),
        "object_name": ("presentation", OBJECTS[image]),
        "neuroid_id": ("neuroid", [f"n{number}" for number in range(NEURONS)]),
        "region": ("neuroid", ["IT"] * NEURONS),
        "time_bin_start": ("time_bin", [start for start, _ in bins]),
        "time_bin_end": ("time_bin", [end for _, end in bins]),
    }
    return xr.DataArray(responses[image, repetition], coordinates, ("presentation", "neuroid", "time_bin"))


def model(bins: int = 3) -> TableModel:
    """Return a model whose response in bin k is (1 + .1 k) times that of the first."""
    gains = 1 + 0.1 * np.arange(bins)
    found = TableModel({name: row[:, np.newaxis] * gains for name, row in zip(IDS, FEATURES, strict=True)})
    found.course = BINS[:bins]
    return found


def scored(assembly: xr.DataArray | None = None, subject: Any = None) -> Score:
    stimuli = stimuli_named(IDS.tolist(), 8.0, object_name=OBJECTS)
    return score_on(
        BENCHMARK, subject or model(), stimuli=stimuli, assembly=recorded() if assembly is None else assembly
    )


def test_golden_values_from_files(published_files: PublishedFiles) -> None:
    published_files.stimuli(
        made_up_stimuli(pd.DataFrame({"stimulus_id": IDS, "object_name": OBJECTS}), 8.0), "hvm-public"
    )
    published_files.assembly(recorded(), "MajajHong2015.temporal.public")
    subject = model()
    score = BENCHMARK(subject)
    course = score.details["time_course"]
    assert course["time_bins"] == [[0, 10], [10, 20], [20, 30]]
    assert course["score"] == pytest.approx([0.632515853047, 0.916728256272, 0.894822932117], abs=1e-6)
    assert course["raw"] == pytest.approx([0.603894938131, 0.923158273065, 0.939604275556], abs=1e-6)
    assert course["raw_error"] == pytest.approx([0.065533458991, 0.016821213034, 0.016735072219], abs=1e-6)
    assert course["ceiling"] == pytest.approx([0.576569100274, 0.929633390590, 0.986626697814], abs=1e-9)
    assert course["ceiling_error"] == pytest.approx([0.010774828452, 0.004812339237, 0.000334409650], abs=1e-9)
    assert {target for target, _ in subject.recordings} == {"IT"}


def test_the_score_is_the_mean_over_time_bins_which_the_published_system_does_not_have() -> None:
    score = scored()
    course = score.details["time_course"]
    assert score.value == pytest.approx(np.mean(course["score"]), abs=1e-12)
    assert score.raw == pytest.approx(np.mean(course["raw"]), abs=1e-12)
    assert score.ceiling == pytest.approx(np.mean(course["ceiling"]), abs=1e-12)
    assert score.normalisation == BENCHMARK.normalisation == "mean(r^2/c)"
    assert score.values is not None
    assert score.values.sizes == {"time_bin": 3, "split": 10, "neuroid": NEURONS}
    assert score.values.attrs["score"] == course["score"]
    assert "undefined_time_bins" not in score.n


def test_the_error_is_that_of_the_mean_over_bins_at_fixed_ceilings() -> None:
    score = scored()
    assert score.values is not None
    medians = score.values.median("neuroid").values
    raw, ceiling = (np.array(score.details["time_course"][name]) for name in ("raw", "ceiling"))
    step = 1e-6
    by_split = [
        (((raw + step * (medians[:, split] - raw)) ** 2 / ceiling).mean() - score.value) / step for split in range(10)
    ]
    assert score.error == pytest.approx(np.std(by_split) / np.sqrt(10), rel=1e-4)


def test_shorter_bins_are_averaged_and_the_last_10_ms_are_never_used() -> None:
    halves = [(start, start + 5) for start in range(0, 40, 5)]
    noise = draw(9, IMAGES, REPETITIONS, NEURONS, 4)
    fine = np.stack([RESPONSES + noise, RESPONSES - noise], axis=-1).reshape(*RESPONSES.shape[:3], 8)
    fine[..., 6:] = 1e6
    expected = scored().details["time_course"]
    found = scored(recorded(fine, halves)).details["time_course"]
    for name in ("score", "raw", "ceiling"):
        assert found[name] == pytest.approx(expected[name], abs=1e-9)
    assert found["time_bins"] == expected["time_bins"]


def test_reading_few_bins_at_a_time_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = scored()
    monkeypatch.setattr(temporal, "_READ_BYTES", RESPONSES[..., 0].nbytes)
    assert scored().details == whole.details
    assert scored().provenance == whole.provenance


def test_a_model_without_a_time_course_is_recorded_once_and_scored_as_if_it_had_one() -> None:
    responses = dict(zip(IDS, FEATURES, strict=True))
    asked_each = TableModel(responses)
    asked_once = TableModel(responses)
    asked_once.temporal = False  # type: ignore[attr-defined]
    one, other = scored(subject=asked_each), scored(subject=asked_once)
    assert one.details["time_course"]["raw"] == pytest.approx(other.details["time_course"]["raw"], abs=1e-10)
    assert (len(asked_each.recordings), len(asked_once.recordings)) == (3, 1)


def test_a_bin_without_a_ceiling_is_left_out_of_the_mean_and_counted() -> None:
    silent = RESPONSES.copy()
    silent[..., 0] = draw(20, IMAGES, REPETITIONS, NEURONS)
    silent[:, 1::2, :, 0] = -silent[:, ::2, :, 0]
    score = scored(recorded(silent))
    course = score.details["time_course"]
    assert not course["ceiling"][0] > 0
    assert score.n["undefined_time_bins"] == 1
    assert score.value == pytest.approx(np.mean(course["score"][1:]), abs=1e-12)


BAD: dict[str, tuple[Callable[[], xr.DataArray], str]] = {
    "one repetition": (lambda: recorded(RESPONSES[:, :1]), "one repetition, so no ceiling"),
    "too short": (lambda: recorded(RESPONSES[..., :1], BINS[:1]), "end 10 ms after stimulus onset"),
    "a gap": (lambda: recorded().isel(time_bin=[0, 2, 3]), "do not cover the response"),
    "recorded late": (lambda: recorded().isel(time_bin=[1, 2, 3]), "do not cover the response"),
    "another region": (lambda: recorded().assign_coords(region=("neuroid", ["V4"] * NEURONS)), "no neuroid in IT"),
    "noise": (lambda: recorded(np.tile(RESPONSES[:1], (IMAGES, 1, 1, 1))), "above 0 in none of 3 time bins"),
    "a missing image": (lambda: recorded(RESPONSES[:-1]), "other stimuli"),
}


@pytest.mark.parametrize(("assembly", "words"), BAD.values(), ids=BAD.keys())
def test_bad_data_are_a_sentence(assembly: Callable[[], xr.DataArray], words: str) -> None:
    with pytest.raises(DataUnavailable, match=words) as refused:
        scored(assembly())
    assert str(refused.value).endswith(".")


def test_missing_files_are_named(published_files: PublishedFiles) -> None:
    published_files.stimuli(
        made_up_stimuli(pd.DataFrame({"stimulus_id": IDS, "object_name": OBJECTS}), 8.0), "hvm-public"
    )
    reason = BENCHMARK.unavailable()
    assert reason is not None
    assert "assy_dicarlo_MajajHong2015_temporal_public.nc" in reason
    with pytest.raises(DataUnavailable, match="temporal_public"):
        BENCHMARK(model())


def test_bins_in_words_are_a_sentence() -> None:
    with pytest.raises(DataUnavailable, match=r"'time_bin_end' of the recordings .* is no number"):
        scored(recorded().assign_coords(time_bin_end=("time_bin", ["early", "early", "late", "late"])))
