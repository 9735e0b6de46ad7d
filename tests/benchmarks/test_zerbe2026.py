"""Zerbe2026_fmri: golden values over people, images of the user's folder, splits, and bad data."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
from numpy.typing import NDArray

from pytest_brainscore.benchmarks import load_benchmark
from pytest_brainscore.benchmarks.zerbe2026 import further_benchmarks
from pytest_brainscore.benchmarks.zerbe2026.subject_data import SubjectsData
from pytest_brainscore.errors import DataUnavailable
from pytest_brainscore.scoring.score import Score
from tests.support.published_files import PublishedFiles
from tests.support.table_models import TableModel, stimuli_named

IMAGES, TRAIN, REPETITIONS = 40, 30, 4
PEOPLE = ("sub-01", "sub-03", "sub-05")
PERCENT = np.tile([29.0, 30.0, 40.0, 64.0, 81.0, 90.0], 2)


def normal(seed: int, *shape: int) -> NDArray[np.float64]:
    return np.random.RandomState(seed).standard_normal(shape)


LATENT = normal(7, IMAGES, 12)
FEATURES = LATENT @ normal(8, 12, 60) + 0.5 * normal(9, IMAGES, 60)
IDS = [f"im{number:03}" for number in np.random.RandomState(12).permutation(IMAGES)]
SPLIT = {name: "train" if place < TRAIN else "test" for place, name in enumerate(IDS)}


def recorded(person: int, percent: NDArray[np.float64] = PERCENT, **presentation: Any) -> xr.DataArray:
    signal = LATENT @ normal(17 + 10 * person, 12, 12)
    single = np.stack([signal + 2 * normal(18 + 10 * person + each, IMAGES, 12) for each in range(REPETITIONS)], axis=1)
    rows = np.repeat(np.arange(IMAGES), REPETITIONS)
    coordinates: dict[str, Any] = {
        "stimulus_id": ("presentation", np.array(IDS)[rows]),
        "repetition": ("presentation", np.tile(np.arange(REPETITIONS), IMAGES)),
        "subject_id_pres": ("presentation", [PEOPLE[person]] * len(rows)),
        "subject_id": ("neuroid", [PEOPLE[person]] * 12),
        "region": ("neuroid", np.repeat(["V1", "IT"], 6)),
        "voxel_index_in_brain_mask": ("neuroid", np.arange(12) * 7),
        "nc_12rep": ("neuroid", percent),
        "time_bin_start": ("time_bin", [0]),
        "time_bin_end": ("time_bin", [0]),
        **{name: ("presentation", values) for name, values in presentation.items()},
    }
    values = single.reshape(len(rows), 12, 1)
    return xr.DataArray(values, coordinates, ("presentation", "neuroid", "time_bin"), name=PEOPLE[person])


def scored(key: str, people: dict[str, xr.DataArray] | None = None, **changes: Any) -> Score:
    benchmark = load_benchmark(key)
    model = TableModel(dict(zip(IDS, FEATURES, strict=True)), degrees=9.2)
    given: dict[str, Any] = {"stimuli": stimuli_named(IDS, 9.2), "split": lambda subject: SPLIT} | changes
    assemblies = people or {name: recorded(place) for place, name in enumerate(PEOPLE)}
    module, _, name = str(benchmark.protocol).partition(":")
    score: Score = getattr(import_module(module), name)(
        benchmark, model, SubjectsData(benchmark, assemblies=assemblies, **given)
    )
    return score


def numbers(score: Score) -> tuple[float, float, float, float, float]:
    assert score.values is not None
    return score.value, score.raw, score.error, score.ceiling, score.values.ceiling_error


def test_golden_values_of_regression() -> None:
    score = scored("Zerbe2026_fmri.V1-tau-ridgecv")
    golden = (1.052313022297, 0.945163882787, 0.043365366527, 0.850000023842, 0)
    np.testing.assert_allclose(numbers(score), golden, rtol=0, atol=1e-6)
    assert score.values is not None
    ceiled = [1.110804963878, 0.948090296543, 1.098043806470]
    np.testing.assert_allclose(score.values.values, ceiled, rtol=0, atol=1e-6)
    raws = [0.971691435477, 0.897706396694, 0.966093816189]
    np.testing.assert_allclose(score.values["raw"].values, raws, rtol=0, atol=1e-6)
    assert score.values.sem == pytest.approx(0.052241408248, abs=1e-6)
    assert [each["alpha"] for each in score.details["subjects"].values()] == [10, 100, 10]
    assert score.n["neuroids"] == 3 * 4
    assert score.replicates is not None


def test_golden_values_of_dissimilarities() -> None:
    score = scored("Zerbe2026_fmri.V1-rdm-pearson")
    golden = (0.360084574346, 0.295371875769, 0.027226617157, 0.820284724236, 0)
    np.testing.assert_allclose(numbers(score), golden, rtol=0, atol=1e-6)
    assert score.values is not None
    raws = [0.252142223973, 0.288834364392, 0.345139038943]
    np.testing.assert_allclose(score.values["raw"].values, raws, rtol=0, atol=1e-6)
    assert score.replicates is not None
    assert score.replicates.score == pytest.approx(score.value, abs=1e-9)


def test_golden_values_of_kernels() -> None:
    score = scored("Zerbe2026_fmri.V1-cka")
    golden = (3.168810985805, 0.392921588207, 0.260917439740, 0.123996536861, 0.013986874068)
    np.testing.assert_allclose(numbers(score), golden, rtol=0, atol=1e-6)
    assert score.values is not None
    raws = [0.438291501269, 0.315429319725, 0.425043943627]
    np.testing.assert_allclose(score.values["raw"].values, raws, rtol=0, atol=1e-6)


def test_one_person_has_no_error_and_says_why() -> None:
    score = scored("Zerbe2026_fmri.V1-tau-ridgecv", {"sub-01": recorded(0)})
    np.testing.assert_allclose(
        (score.value, score.raw, score.ceiling), (1.110804963878, 0.971691435477, 0.850000023842), rtol=0, atol=1e-6
    )
    assert np.isnan(score.error)
    assert score.details["notes"] == ["One person alone has no spread, so the score has no error."]


def test_trials_are_averaged_whatever_tells_them_apart() -> None:
    trials = IMAGES * REPETITIONS
    told: dict[str, Any] = {
        "session": np.arange(trials) % 7,
        "run": np.arange(trials) % 3,
        "beta_index": np.arange(trials),
    }
    people = {"sub-01": recorded(0, **told, repetition=np.zeros(trials, int))}
    score = scored("Zerbe2026_fmri_persubject.V1-tau-ridgecv", people)
    assert score.raw == pytest.approx(0.971691435477, abs=1e-6)


def test_people_may_have_images_of_their_own() -> None:
    own = recorded(1).isel(presentation=np.flatnonzero(recorded(1)["stimulus_id"] != IDS[0]))
    score = scored("Zerbe2026_fmri_persubject.V1-tau-ridgecv", {"sub-01": recorded(0), "sub-03": own})
    assert score.values is not None
    assert score.values["raw"].values[0] == pytest.approx(0.971691435477, abs=1e-6)
    with pytest.raises(DataUnavailable, match="sub-03 has 39 images, and they are not those of sub-01"):
        scored("Zerbe2026_fmri.V1-cka", {"sub-01": recorded(0), "sub-03": own})


def test_a_noise_ceiling_of_30_is_not_enough() -> None:
    few = np.where(PERCENT > 80, PERCENT, 30.0)
    score = scored("Zerbe2026_fmri.V1-tau-ridgecv", {"sub-01": recorded(0, few), "sub-03": recorded(1)})
    assert {name: each["neuroids"] for name, each in score.details["subjects"].items()} == {"sub-01": 2, "sub-03": 4}


def test_a_person_without_reliable_voxels_is_a_sentence() -> None:
    with pytest.raises(DataUnavailable, match="sub-01 have no unit in V1 with nc_12rep above 30"):
        scored("Zerbe2026_fmri.V1-tau-ridgecv", {"sub-01": recorded(0, np.full(12, 12.0)), "sub-03": recorded(1)})


def test_one_person_cannot_be_compared_with_others() -> None:
    with pytest.raises(DataUnavailable, match="compares people with one another"):
        scored("Zerbe2026_fmri.V1-cka", {"sub-01": recorded(0)})


def test_missing_images_are_a_sentence() -> None:
    for key in ("tau-ridgecv", "cka", "rdm-pearson"):
        with pytest.raises(DataUnavailable, match="1 of the former are missing"):
            scored(f"Zerbe2026_fmri.V1-{key}", stimuli=stimuli_named(IDS[1:], 9.2))


def test_splits_of_other_images_are_a_sentence() -> None:
    with pytest.raises(DataUnavailable, match=r"None of the images of sub-01 is for train in the splits of sub-01"):
        scored("Zerbe2026_fmri.V1-tau-ridgecv", split=lambda subject: {"elsewhere": "train"})


def test_the_24_keys() -> None:
    found = {each.identifier: each for each in further_benchmarks()}
    regions = ("V1", "V2", "V4", "IT")
    assert sorted(found) == sorted(
        [f"{prefix}.{region}-{split}-ridgecv"
         for prefix in ("Zerbe2026_fmri", "Zerbe2026_fmri_persubject")
         for region in regions for split in ("tau", "ood")]
        + [f"Zerbe2026_fmri.{region}-{metric}" for region in regions for metric in ("rdm-pearson", "cka")]
    )  # fmt: skip
    for each in found.values():
        assert (each.version, each.visual_degrees, each.number_of_trials) == (1, 9.2, 1)
        node = (f"Zerbe2026_fmri.{each.region}",) if each.metric == "cka" else ()
        assert each.parents == ("average_vision", "neural_vision", each.region, *node)
        assert len(each.needs) == 6


def test_without_images_or_splits_it_is_unavailable(user_folder: Path) -> None:
    benchmark = load_benchmark("Zerbe2026_fmri.V1-tau-ridgecv")
    assert "manifest.csv" in str(benchmark.unavailable())
    folder = user_folder / "laion_fmri"
    (folder / "images_extracted").mkdir(parents=True)
    (folder / "images_extracted/manifest.csv").write_text("stimulus_id,filename\na,a.png\n")
    assert "splits.csv" in str(benchmark.unavailable())
    (folder / "splits.csv").write_text("stimulus_id,tau,ood\na,train,test\n")
    assert "Zerbe2026_fmri_full_sub-01" in str(benchmark.unavailable())


def test_from_files(published_files: PublishedFiles, draw: Callable[[Path, int], Path]) -> None:
    folder = published_files.folder / "laion_fmri"
    for name in IDS:
        draw(folder / f"images_extracted/{name}.png", 50)
    manifest = "".join(f"{name},{name}.png\n" for name in IDS)
    (folder / "images_extracted/manifest.csv").write_text(f"stimulus_id,filename\n{manifest}")
    splits = "".join(f"{name},{SPLIT[name]},\n" for name in IDS)
    (folder / "splits.csv").write_text(f"stimulus_id,tau,ood\n{splits}")
    benchmark = load_benchmark("Zerbe2026_fmri.V1-cka")
    for place, name in enumerate((*PEOPLE, "sub-06", "sub-07")):
        assert name in str(benchmark.unavailable())
        published_files.assembly(recorded(min(place, 2)), f"Zerbe2026_fmri_full_{name}")
    assert benchmark.unavailable() is None
    model = TableModel(dict(zip(IDS, FEATURES, strict=True)), degrees=9.2)
    score = benchmark(model)
    assert score.values is not None
    assert score.values["subject"].values.tolist() == ["sub-01", "sub-03", "sub-05", "sub-06", "sub-07"]
    np.testing.assert_allclose(score.values["raw"].values[:2], [0.438291501269, 0.315429319725], rtol=0, atol=1e-6)
    with pytest.raises(DataUnavailable, match=r"None of the images of .* is for train in the splits of sub-01"):
        load_benchmark("Zerbe2026_fmri.V1-ood-ridgecv")(model)
