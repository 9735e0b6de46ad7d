"""Geirhos2021: names for distorted images, and whose errors they share."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import xarray
from PIL import Image

from pytest_brainscore.benchmarks import load_benchmark
from pytest_brainscore.benchmarks.geirhos2021 import BENCHMARKS, ERROR_CONSISTENCY, EXPERIMENTS
from pytest_brainscore.data.stimulus_set import StimulusSet
from pytest_brainscore.errors import DataUnavailable, NoNumber
from pytest_brainscore.models import load_model

EDGE = "Geirhos2021edge-error_consistency"
CATEGORIES = ("bear", "car", "knife", "oven")
IMAGES = 10
"""Images of each category."""


class Subject:
    """Answers by the grey level of an image, which encodes what it is to answer."""

    identifier = "subject"

    def __init__(self) -> None:
        self.sizes: list[tuple[int, ...]] = []

    def visual_degrees(self) -> float:
        return 8.0

    def start_task(self, task: str, fitting: object = None) -> None:
        assert task == "label"
        assert isinstance(fitting, Sequence)
        self.labels = list(fitting)

    def start_recording(self, target: str, time_bins: object) -> None:
        raise NotImplementedError

    def look_at(self, stimuli: StimulusSet, number_of_trials: int = 1) -> xarray.DataArray:
        pixels = [image.pixels() for image in stimuli.images]
        self.sizes = [each.shape for each in pixels]
        middle = [int(each[each.shape[0] // 2, each.shape[1] // 2, 0]) for each in pixels]
        answers = np.array([[self.labels[level]] for level in middle])
        return xarray.DataArray(answers, dims=("presentation", "choice"))


@pytest.fixture
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a data folder with a made-up edge experiment of 40 images and 3 subjects.

    The model and subject s err on images whose number is below 2 + s, so their errors overlap.
    """
    monkeypatch.setenv("BRAINSCORE_DATA", str(tmp_path))
    human = tmp_path / "geirhos2021" / "human" / "edge"
    human.mkdir(parents=True)
    rows: dict[int, list[list[str]]] = {subject: [] for subject in range(3)}
    for position, category in enumerate(CATEGORIES):
        folder = tmp_path / "geirhos2021" / "stimuli" / "edges" / category
        folder.mkdir(parents=True)
        other = CATEGORIES[(position + 1) % 4]
        for number in range(IMAGES):
            answer = (position + 1) % 4 if number < 2 else position
            Image.new("RGB", (24, 24), (answer, answer, answer)).save(folder / f"{category}{number}.png")
            for subject, trials in rows.items():
                response = other if number < 2 + subject else category
                name = f"{len(trials):04d}_edg_s0{subject}_0_{category}_00_{category}{number}.png"
                trials.append([f"subject-{subject}", "1", "1", "0.5", response, category, "0", name])
    for subject, trials in rows.items():
        with (human / f"edge_subject-{subject}_session_1.csv").open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["subj", "session", "trial", "rt", "object_response", "category", "condition", "imagename"])
            writer.writerows(trials)
    return tmp_path


def kappa(first_errors: int, second_errors: int) -> float:
    """Cohen's kappa where the smaller set of errors is part of the larger, out of ten images."""
    a, b = 1 - first_errors / 10, 1 - second_errors / 10
    expected, observed = a * b + (1 - a) * (1 - b), 1 - abs(first_errors - second_errors) / 10
    return (observed - expected) / (1 - expected)


def test_the_score_is_the_mean_kappa_with_the_subjects_over_theirs_with_each_other(data_folder: Path) -> None:
    score = load_benchmark(EDGE)(Subject())
    raw = np.mean([kappa(2, 2), kappa(2, 3), kappa(2, 4)])
    ceiling = np.mean([kappa(2, 3), kappa(2, 4), kappa(3, 4)])
    assert score.raw == pytest.approx(raw, abs=1e-12)
    assert score.ceiling == pytest.approx(ceiling, abs=1e-12)
    assert (score.value, score.clipped) == (1.0, True)  # the model is one of the subjects, and they differ
    assert score.error > 0
    assert score.n == {"stimuli": 40, "subjects": 3, "conditions": 1, "bootstraps": 1000}


def test_the_same_data_give_the_same_bits(data_folder: Path) -> None:
    assert load_benchmark(EDGE)(Subject()) == load_benchmark(EDGE)(Subject())


def test_images_of_three_degrees_are_placed_on_the_screen_but_not_for_top1(data_folder: Path) -> None:
    subject = Subject()
    load_benchmark(EDGE)(subject)
    assert subject.sizes[0][:2] == (64, 64)  # 24 pixels for 3 degrees, on 8
    score = load_benchmark("Geirhos2021edge-top1")(subject)
    assert subject.sizes[0][:2] == (24, 24)
    assert score.value == pytest.approx(0.8)
    assert score.error == pytest.approx(math.sqrt(0.8 * 0.2 / 40))


def test_without_any_defined_kappa_there_is_no_number(data_folder: Path) -> None:
    for file in (data_folder / "geirhos2021" / "human" / "edge").glob("*.csv"):
        lines = [line.split(",") for line in file.read_text().splitlines()]
        for line in lines[1:]:
            line[4] = line[5]
        file.write_text("\n".join(",".join(line) for line in lines) + "\n")
    for category, level in zip(CATEGORIES, range(4), strict=True):
        for image in (data_folder / "geirhos2021" / "stimuli" / "edges" / category).iterdir():
            Image.new("RGB", (24, 24), (level, level, level)).save(image)
    with pytest.raises(NoNumber, match="always right"):
        load_benchmark(EDGE)(Subject())


def test_a_missing_image_is_named(data_folder: Path) -> None:
    (data_folder / "geirhos2021" / "stimuli" / "edges" / "car" / "car3.png").unlink()
    with pytest.raises(DataUnavailable, match=r"1 of 40 images of edge are missing, the first is .*car3\.png"):
        load_benchmark(EDGE)(Subject())


class TestAvailability:
    """What is missing is said before anything runs."""

    def test_with_images_and_trial_tables_it_is_ready(self, data_folder: Path) -> None:
        assert load_benchmark(EDGE).unavailable() is None

    def test_without_a_data_folder_the_option_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("BRAINSCORE_DATA", raising=False)
        assert "--brainscore-data DIR" in str(load_benchmark(EDGE).unavailable())

    def test_what_is_missing_in_the_folder_is_named(self, data_folder: Path) -> None:
        reason = str(load_benchmark("Geirhos2021silhouette-top1").unavailable())
        assert str(data_folder / "geirhos2021" / "stimuli" / "filled-silhouettes") in reason


def test_there_are_17_experiments_with_two_benchmarks_each() -> None:
    assert (len(EXPERIMENTS), len(BENCHMARKS)) == (17, 34)
    assert np.mean([benchmark.ceiling for benchmark in ERROR_CONSISTENCY]) == pytest.approx(0.43122, abs=1e-5)


class TestPublishedScores:
    """The published page of squeezenet1_1, from its weights, the real images and the real trials."""

    @pytest.mark.parametrize(
        ("benchmark", "published", "tolerance"),
        [
            ("Geirhos2021edge-error_consistency", 0.107, 0.001),
            ("Geirhos2021silhouette-error_consistency", 0.194, 0.001),
            ("Geirhos2021edge-top1", 23 / 160, 1 / 160),
            ("Geirhos2021silhouette-top1", 46 / 160, 1 / 160),
        ],
    )
    def test_squeezenet1_1(
        self,
        reference_data: Path,
        brainscore_home: Path,
        monkeypatch: pytest.MonkeyPatch,
        benchmark: str,
        published: float,
        tolerance: float,
    ) -> None:
        monkeypatch.setenv("BRAINSCORE_DATA", str(reference_data))
        model = load_model("squeezenet1_1", weights=reference_data / "weights" / "squeezenet1_1.safetensors")
        assert load_benchmark(benchmark)(model).value == pytest.approx(published, abs=tolerance + 1e-9)
