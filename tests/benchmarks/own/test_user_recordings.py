"""Cowley2023 and Kriegeskorte2008: recordings that users bring, made up, and real where BRAINSCORE_DATA has them."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from scipy.stats import spearmanr

from pytest_brainscore import load_model
from pytest_brainscore.benchmarks import load_benchmark
from pytest_brainscore.data.loading import load_assembly
from pytest_brainscore.errors import BenchmarkError
from pytest_brainscore.metrics.similarity.rdm import rsa_ceiling
from pytest_brainscore.models.interface import BrainModel
from tests.support.table_models import TableModel

IMAGES, NEURONS, UNITS = 60, 4, 40


@pytest.fixture
def sessions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make up two sessions: 210325 with repetitions, 210999 with averages only."""
    folder = tmp_path / "v4_cowley2023"
    for name in ("images", "responses_averaged", "responses_raw"):
        (folder / name).mkdir(parents=True)
    Image.new("L", (16, 16)).save(tmp_path / "image.jpg")
    for session in ("210325", "210999"):
        with zipfile.ZipFile(folder / "images" / f"images_{session}.zip", "w") as archive:
            for image in range(IMAGES):
                archive.write(tmp_path / "image.jpg", f"image{image + 1:04d}.jpg")
    single = _features()[:, :NEURONS].T[:, :, None] + np.random.default_rng(1).normal(size=(NEURONS, IMAGES, 6))
    single[:, 3:8, 5] = np.nan
    np.save(folder / "responses_raw" / "responses_210325.npy", single)
    for session in ("210325", "210999"):
        np.save(folder / "responses_averaged" / f"responses_{session}.npy", np.nanmean(single, axis=2))
    monkeypatch.setenv("BRAINSCORE_DATA", str(tmp_path))
    monkeypatch.setenv("BRAINSCORE_HOME", str(tmp_path / "home"))
    return folder


def _features() -> NDArray[np.float64]:
    values: NDArray[np.float64] = np.random.default_rng(0).standard_normal((IMAGES, UNITS))
    return values


def model() -> TableModel:
    return TableModel({f"image{image + 1:04d}": _features()[image] for image in range(IMAGES)}, degrees=5.0)


def test_every_session_in_the_folder_has_a_benchmark(sessions: Path) -> None:
    assert load_benchmark("Cowley2023.210999.V4-pls").unavailable() is None
    assert load_benchmark("Cowley2023.V4-pls").unavailable() is None
    with pytest.raises(BenchmarkError, match="no benchmark"):
        load_benchmark("Cowley2023.190101.V4-pls")


def test_without_the_folder_only_the_default_session_is_listed_and_says_what_to_bring(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("BRAINSCORE_DATA", raising=False)
    with pytest.raises(BenchmarkError):
        load_benchmark("Cowley2023.210325.V4-pls")
    assert "v4_cowley2023" in str(load_benchmark("Cowley2023.V4-pls").unavailable())
    assert "rdm_92images" in str(load_benchmark("Kriegeskorte2008.IT-rdm").unavailable())


def test_the_default_session_has_a_ceiling_and_one_without_repetitions_has_none(sessions: Path) -> None:
    default = load_benchmark("Cowley2023.V4-pls")(model())
    assert (default.normalisation, default.n["repetitions"]) == ("r^2/c", 6)
    assert default.value == pytest.approx(default.raw**2 / default.ceiling)
    averaged = load_benchmark("Cowley2023.210999.V4-pls")(model())
    assert (averaged.normalisation, averaged.ceiling, averaged.n["repetitions"]) == ("r", 1.0, 1)
    assert averaged.value == averaged.raw == pytest.approx(default.raw, abs=1e-9)
    assert averaged.values is not None
    assert averaged.error == averaged.values.attrs["raw_error"]


def test_images_fill_the_input_whatever_its_field_of_view(sessions: Path) -> None:
    shown = model()
    load_benchmark("Cowley2023.V4-pls")(shown)
    assert shown.seen[0].images[0].pixels().shape[:2] == (16, 16)


@pytest.fixture
def squeezenet_folder() -> Path:
    """Return the folder with real data."""
    folder = Path(os.environ.get("BRAINSCORE_DATA", "no folder"))
    if not (folder / "weights" / "squeezenet1_1.safetensors").is_file() or not (folder / "v4_cowley2023").is_dir():
        pytest.skip("set BRAINSCORE_DATA to the folder with weights, v4_cowley2023 and rdm_92images")
    return folder


def squeezenet(folder: Path, region: str, layer: str) -> BrainModel:
    weights = folder / "weights" / "squeezenet1_1.safetensors"
    return load_model("squeezenet1_1", weights=weights, device="cpu", layers={region: layer})


@pytest.mark.walkthrough
def test_squeezenet_on_real_v4_has_the_known_score(squeezenet_folder: Path) -> None:
    score = load_benchmark("Cowley2023.V4-pls")(squeezenet(squeezenet_folder, "V4", "features.9.expand3x3_activation"))
    # Computed with the published system's own metrics.
    assert score.n["units"] == 32448
    assert score.raw == pytest.approx(0.567795705184422, abs=1e-6)
    assert score.ceiling == pytest.approx(0.7594612410, abs=1e-9)
    assert score.values is not None
    assert score.values.attrs["raw_error"] == pytest.approx(0.007279174, abs=1e-6)
    assert score.value == pytest.approx(0.567795705184422**2 / 0.7594612410, abs=2e-6)


@pytest.mark.walkthrough
def test_squeezenet_on_real_it_has_the_known_similarities(squeezenet_folder: Path) -> None:
    model = squeezenet(squeezenet_folder, "IT", "features.12")
    monkey, human = (load_benchmark(f"Kriegeskorte2008.{name}-rdm")(model) for name in ("IT", "humanIT"))
    assert monkey.raw == pytest.approx(0.397, abs=5e-4)
    assert human.raw == pytest.approx(0.288, abs=5e-4)
    assert (monkey.value, monkey.ceiling, monkey.normalisation) == (monkey.raw, 1.0, "r")
    matrices = np.moveaxis(load_assembly("Kriegeskorte2008.IT").values, -1, 0)
    people = [matrices[2 + 2 * subject : 4 + 2 * subject].mean(axis=0) for subject in range(4)]
    assert human.ceiling == pytest.approx(rsa_ceiling(people).lower, abs=1e-12)
    above = np.triu_indices(92, 1)
    rest = [np.mean([people[o] for o in range(4) if o != s], axis=0) for s in range(4)]
    expected = np.mean([spearmanr(people[s][above], rest[s][above])[0] for s in range(4)])
    assert human.ceiling == pytest.approx(expected, abs=1e-12)
    assert human.value == human.raw / human.ceiling
    assert 0 < monkey.error < 0.1
