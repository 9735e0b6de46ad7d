"""Maniquet2024: confusions and accuracies of a model and of people, recomputed with pandas and scikit-learn."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest
import xarray
from sklearn.metrics import confusion_matrix

from pytest_brainscore.benchmarks import benchmark_data, load_benchmark
from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.benchmarks.maniquet2024 import protocol
from pytest_brainscore.benchmarks.maniquet2024.tasks import manipulation_of
from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.errors import DataUnavailable, NoNumber
from pytest_brainscore.scoring.score import Score
from tests.support.given_data import score_on
from tests.support.table_subjects import (
    NeverAsked,
    TableSubject,
    made_up_stimuli,
    shuffled,
    statistics_of_all_stimuli,
    trials_of,
)


class Made(NamedTuple):
    """Made-up data of both benchmarks."""

    assembly: xarray.DataArray
    stimuli: StimulusSet
    fitting: StimulusSet

    def score(self, benchmark: Benchmark, model: object) -> Score:
        return score_on(benchmark, model, **self._asdict())


CONFUSION = load_benchmark("Maniquet2024-confusion_similarity")
TASKS = load_benchmark("Maniquet2024-tasks_consistency")
CATEGORIES = ("person", "cat", "bird", "tree")
CONDITIONS = {
    "control": ("control", "control"),
    "clutter_heavy": ("clutter", "heavy"),
    "occlusion_few_large_blobs_high": ("occluder", "fewlarge-high"),
    "occlusion_few_large_deletion_high": ("occluder", "fewlarge-high"),
    "scrambling_highpass": ("phasescrambling", "highpass"),
}


def experiment() -> tuple[Made, pd.DataFrame, dict[object, object]]:
    """Return 160 test images, 500 human trials in five tasks, and a model's probabilities."""
    generator = np.random.RandomState(4)
    test = pd.DataFrame(
        [
            (f"{number}_{manipulation}_{details}_{category}", manipulation, details, category)
            for manipulation, details in dict.fromkeys(CONDITIONS.values())
            for category in CATEGORIES
            for number in range(10)
        ],
        columns=["stimulus_id", "manipulation", "manipulation_details", "image_label"],
    )
    train = pd.DataFrame({"stimulus_id": [f"t{row}" for row in range(8)], "image_label": CATEGORIES * 2})
    probabilities = generator.rand(len(test), 4)
    own = test["image_label"].map(CATEGORIES.index)
    probabilities[np.arange(len(test)), own] += np.linspace(1, 0, len(test))
    tasks = generator.choice(list(CONDITIONS), 500)
    easiness = pd.Series(tasks).map(dict(zip(CONDITIONS, (0.9, 0.7, 0.6, 0.5, 0.4), strict=True))).to_numpy()
    truth = generator.choice(CATEGORIES, 500)
    prediction = np.where(generator.rand(500) < easiness, truth, generator.choice(CATEGORIES, 500))
    trials = pd.DataFrame(
        {
            "stimulus_id": [f"human{row}" for row in range(500)],
            "task": tasks,
            "image_label": truth,
            "prediction": prediction,
            "accuracy": (truth == prediction).astype(float),
        }
    )
    answers = dict(zip(test["stimulus_id"], probabilities.tolist(), strict=True))
    stimuli, fitting = made_up_stimuli(test, 8.0), made_up_stimuli(train, 8.0)
    return Made(trials_of(trials, "accuracy"), stimuli, fitting), trials, dict(answers)


def choices(data: Made, answers: dict[object, object]) -> pd.DataFrame:
    table = data.stimuli.table
    return table.assign(choice=[CATEGORIES[int(np.argmax(np.array(answers[name])))] for name in table["stimulus_id"]])


def test_confusion_similarity_is_that_of_a_recomputation() -> None:
    data, trials, answers = experiment()
    score = data.score(CONFUSION, TableSubject(answers))
    images = choices(data, answers)
    model = confusion_matrix(images["image_label"], images["choice"], labels=CATEGORIES)
    human = confusion_matrix(trials["image_label"], trials["prediction"], labels=CATEGORIES)
    mistakes = ~np.eye(4, dtype=bool)
    raw = np.corrcoef(model[mistakes], human[mistakes])[0, 1]
    assert score.raw == pytest.approx(raw, abs=1e-12)
    assert score.value == pytest.approx(raw / 0.53526, abs=1e-12)
    assert (score.clipped, score.unclipped) == (False, None)
    assert score.error > 0
    assert score.n == {"stimuli": 160, "fitting_stimuli": 8, "trials": 500, "categories": 4, "bootstraps": 1000}


def test_tasks_consistency_is_that_of_a_recomputation() -> None:
    data, trials, answers = experiment()
    score = data.score(TASKS, TableSubject(answers))
    images = choices(data, answers)
    model, human = [], []
    for task, (manipulation, details) in CONDITIONS.items():
        shown = images[(images["manipulation"] == manipulation) & (images["manipulation_details"] == details)]
        model.append((shown["choice"] == shown["image_label"]).mean())
        human.append(trials.loc[trials["task"] == task, "accuracy"].mean())
    raw = np.corrcoef(model, human)[0, 1]
    assert score.raw == pytest.approx(raw, abs=1e-12)
    assert score.value == pytest.approx(raw / 0.99810, abs=1e-12)
    assert score.n["tasks"] == 5
    assert score.values is not None
    assert score.values.sel(observer="model", task="control").item() == pytest.approx(model[0], abs=1e-12)


@pytest.mark.parametrize("benchmark", [CONFUSION, TASKS], ids=lambda each: each.metric)
class TestBoth:
    """What holds for both benchmarks."""

    def test_the_error_comes_from_the_score_itself(self, monkeypatch: pytest.MonkeyPatch, benchmark: Benchmark) -> None:
        data, _, answers = experiment()
        statistics = statistics_of_all_stimuli(monkeypatch, protocol)
        scored = data.score(benchmark, TableSubject(answers))
        assert statistics == pytest.approx([scored.raw] * 2, abs=1e-12)

    def test_the_order_of_rows_does_not_matter(self, benchmark: Benchmark) -> None:
        data, trials, answers = experiment()
        one = data.score(benchmark, TableSubject(answers))
        mixed = trials_of(trials.sample(frac=1, random_state=2), "accuracy")
        other = Made(mixed, shuffled(data.stimuli), data.fitting).score(benchmark, TableSubject(answers))
        assert (one.value, one.error) == (other.value, other.error)

    def test_a_model_without_mistakes_has_no_number(self, benchmark: Benchmark) -> None:
        data, _, _ = experiment()
        table = data.stimuli.table
        perfect = {
            name: [float(label == category) for category in CATEGORIES]
            for name, label in table[["stimulus_id", "image_label"]].to_numpy()
        }
        with pytest.raises(NoNumber, match="do not correlate"):
            data.score(benchmark, TableSubject(dict(perfect)))

    def test_probabilities_that_are_not_finite_have_no_number(self, benchmark: Benchmark) -> None:
        data, _, answers = experiment()
        answers[data.stimuli.table["stimulus_id"].iloc[0]] = [np.nan] * 4
        with pytest.raises(NoNumber, match="not finite"):
            data.score(benchmark, TableSubject(answers))

    def test_data_are_looked_for_before_the_model_runs(
        self, monkeypatch: pytest.MonkeyPatch, benchmark: Benchmark
    ) -> None:
        def absent(identifier: str) -> xarray.DataArray:
            raise DataUnavailable(f"{identifier} is not here.")

        monkeypatch.setattr(benchmark_data, "load_assembly", absent)
        monkeypatch.setattr(benchmark_data, "load_stimulus_set", lambda *_: experiment()[0].stimuli)
        with pytest.raises(DataUnavailable, match="Maniquet2024 is not here"):
            benchmark(NeverAsked())


@pytest.mark.parametrize(
    ("task", "manipulation", "details"),
    [
        ("control", "control", "control"),
        ("clutter_control", "control", "control"),
        ("clutter_heavy", "clutter", "heavy"),
        ("clutter_light", "clutter", "light"),
        ("scrambling_highpass", "phasescrambling", "highpass"),
        ("scrambling_lowpass", "phasescrambling", "lowpass"),
        ("occlusion_few_large_blobs_high", "occluder", "fewlarge-high"),
        ("occlusion_few_large_partial_viewing_low", "occluder", "fewlarge-low"),
        ("occlusion_many_small_deletion_low", "occluder", "manysmall-low"),
        ("many_small_occlusion_blobs_high", "occluder", "manysmall-high"),
        ("occlusion_few_large_high", "occluder", "control"),
        ("clutter_unknown", "clutter", "control"),
    ],
)
def test_names_of_human_tasks_and_of_the_images_of_the_model(task: str, manipulation: str, details: str) -> None:
    assert manipulation_of(task) == (manipulation, details)


def test_a_task_without_a_manipulation_is_refused() -> None:
    with pytest.raises(DataUnavailable, match="'blur_heavy' of Maniquet2024 names none of clutter"):
        manipulation_of("blur_heavy")


def test_a_task_without_images_is_refused() -> None:
    data, _, answers = experiment()
    kept = made_up_stimuli(data.stimuli.table[data.stimuli.table["manipulation"] != "clutter"], 8.0)
    with pytest.raises(DataUnavailable, match="no images of the task 'clutter_heavy'"):
        data._replace(stimuli=kept).score(TASKS, TableSubject(answers))


def test_a_decoder_that_learnt_other_categories_is_refused() -> None:
    data, _, answers = experiment()
    fitting: StimulusSet = made_up_stimuli(data.fitting.table.drop(columns="image_label"), 8.0)
    with pytest.raises(DataUnavailable, match="no column 'image_label'"):
        data._replace(fitting=fitting).score(TASKS, TableSubject(answers))
