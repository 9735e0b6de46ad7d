"""Ferguson2024: search asymmetry of a model and of people, recomputed cell by cell."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
import xarray

from pytest_brainscore.benchmarks import benchmark_data, load_benchmark
from pytest_brainscore.benchmarks.ferguson2024 import BENCHMARKS, EXPERIMENTS, protocol
from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.errors import DataUnavailable
from pytest_brainscore.inference.differences import score_error
from tests.support.given_data import score_on
from tests.support.table_subjects import (
    NeverAsked,
    TableSubject,
    made_up_stimuli,
    shuffled,
    statistics_of_all_stimuli,
    trials_of,
)

BENCHMARK = load_benchmark("Ferguson2024quarter-value_delta")
LAPSE = 0.0534
SET_SIZE = {0: 1, 1: 1, 2: 5, 3: 5, 4: 11, 5: 11}


def table_of(numbers: int) -> pd.DataFrame:
    rows = [(f"{block}_{number}", number, block) for block in ("first", "second") for number in range(numbers)]
    return pd.DataFrame(rows, columns=["stimulus_id", "image_number", "block"])


def experiment(first: int = 0) -> tuple[StimulusSet, StimulusSet, pd.DataFrame, dict[object, object]]:
    """Return 48 test and 24 training images, trials of four participants, and a model's two numbers per image.

    `first` is the position of the training image that comes first.
    """
    generator = np.random.RandomState(2)
    training = table_of(12)
    training = pd.concat([training.iloc[first:], training.iloc[:first]]).assign(
        stimulus_id=lambda each: "t" + each["stimulus_id"]
    )
    easiness = {"first": 0.95, "second": 0.8}
    rows = [
        (participant, block, f"{size}.0", kind, float(generator.rand() < easiness[block] - size / 30))
        for participant in ("p1", "p2", "p3", "p4")
        for block in ("first", "second")
        for size in (1, 5, 11)
        for kind in ["normal"] * 7 + ["practice"]
    ]
    trials = pd.DataFrame(rows, columns=["participant_id", "block", "distractor_nums", "trial_type", "correct"])
    test = table_of(24)
    answers = dict(zip(test["stimulus_id"], generator.rand(48, 2).tolist(), strict=True))
    return made_up_stimuli(test, 8.0), made_up_stimuli(training, 8.0), trials, dict(answers)


def integral(accuracies: dict[tuple[str, int], float], lapse: float = LAPSE) -> float:
    corrected = {cell: (value - lapse / 2) / (1 - lapse) for cell, value in accuracies.items()}
    delta = {size: corrected["second", size] - corrected["first", size] for size in (1, 5, 11)}
    return round(4 * (delta[1] + delta[5]) / 2 + 6 * (delta[5] + delta[11]) / 2, 4)


def model_accuracies(answers: dict[object, object]) -> dict[tuple[str, int], float]:
    right: dict[tuple[str, int], list[bool]] = {}
    for name, number, block in table_of(24).to_numpy():
        values = np.array(answers[name])
        right.setdefault((block, SET_SIZE[number % 6]), []).append(bool(values[0] > values[1]) == (number % 2 == 0))
    return {cell: float(np.mean(values)) for cell, values in right.items()}


def human_accuracies(trials: pd.DataFrame) -> dict[tuple[str, int], float]:
    normal = trials[trials["trial_type"] == "normal"]
    cells = {}
    for block in ("first", "second"):
        for size in (1, 5, 11):
            cell = normal[(normal["block"] == block) & (normal["distractor_nums"] == f"{size}.0")]
            cells[block, size] = float(np.mean([own["correct"].mean() for _, own in cell.groupby("participant_id")]))
    return cells


def test_score_is_that_of_a_recomputation() -> None:
    stimuli, fitting, trials, answers = experiment()
    score = score_on(
        BENCHMARK, TableSubject(answers), stimuli=stimuli, assembly=trials_of(trials, "correct"), fitting=fitting
    )
    model, human = integral(model_accuracies(answers)), integral(human_accuracies(trials))
    raw = math.exp(-0.75 * abs(model - human))
    assert score.raw == pytest.approx(raw, abs=1e-12)
    assert score.ceiling == 0.876
    assert score.value == pytest.approx(min(1, raw / 0.876), abs=1e-12)
    assert score.values is not None
    assert score.values.sel(observer="model").item() == pytest.approx(model, abs=1e-12)
    assert score.values.sel(observer="human").item() == pytest.approx(human, abs=1e-12)
    assert score.n == {"stimuli": 48, "fitting_stimuli": 24, "subjects": 4, "trials": 192, "bootstraps": 1000}
    assert score.provenance["taken_for_oddball"] == "oddball"
    assert score.error > 0


def test_the_error_comes_from_the_integral_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    stimuli, fitting, trials, answers = experiment()
    statistics = statistics_of_all_stimuli(monkeypatch, protocol)
    score_on(BENCHMARK, TableSubject(answers), stimuli=stimuli, assembly=trials_of(trials, "correct"), fitting=fitting)
    assert statistics == pytest.approx([integral(model_accuracies(answers))] * 2, abs=1e-12)


def test_images_and_people_are_drawn_and_both_have_a_part_in_the_score() -> None:
    stimuli, fitting, trials, answers = experiment()
    assembly = trials_of(trials, "correct")
    score = score_on(BENCHMARK, TableSubject(answers), stimuli=stimuli, assembly=assembly, fitting=fitting)
    again = score_on(BENCHMARK, TableSubject(answers), stimuli=shuffled(stimuli), assembly=assembly, fitting=fitting)
    assert score.replicates is not None
    assert again.replicates is not None
    np.testing.assert_array_equal(score.replicates.values, again.replicates.values)
    assert score_error(score.replicates) > 0.8 * score.error, "people count, too"
    assert score.attribution is not None
    images, people = score.attribution.parts
    assert set(images.names) == set(stimuli.table["stimulus_id"])
    assert people.names.tolist() == ["p1", "p2", "p3", "p4"]
    for part in (images, people):
        assert part.values.sum() == pytest.approx(score.value)


def test_a_decoder_learns_even_images_as_oddball() -> None:
    stimuli, fitting, trials, answers = experiment()
    model = TableSubject(answers)
    score_on(BENCHMARK, model, stimuli=stimuli, assembly=trials_of(trials, "correct"), fitting=fitting)
    task, learnt = model.asked
    assert task == "probabilities"
    assert isinstance(learnt, StimulusSet)
    assert learnt.table["image_label"].tolist() == ["oddball", "same"] * 12
    assert model.trials == [3]
    assert "image_label" not in fitting.table


def test_as_published_the_label_that_comes_first_in_training_is_taken_for_the_oddball() -> None:
    stimuli, fitting, trials, answers = experiment(first=1)
    score = score_on(
        BENCHMARK, TableSubject(answers), stimuli=stimuli, assembly=trials_of(trials, "correct"), fitting=fitting
    )
    # The model's first column is now "same"; as published, it counts as oddball all the same.
    expected = math.exp(-0.75 * abs(integral(model_accuracies(answers)) - integral(human_accuracies(trials))))
    assert score.raw == pytest.approx(expected, abs=1e-12)
    assert score.provenance["taken_for_oddball"] == "same"


def test_a_perfect_searcher_has_no_asymmetry() -> None:
    stimuli, fitting, trials, _ = experiment()
    table = stimuli.table
    perfect = {name: [1.0 - number % 2, number % 2] for name, number in table[["stimulus_id", "image_number"]].values}
    score = score_on(
        BENCHMARK, TableSubject(dict(perfect)), stimuli=stimuli, assembly=trials_of(trials, "correct"), fitting=fitting
    )
    assert score.values is not None
    assert score.values.sel(observer="model").item() == 0
    assert score.error == pytest.approx(0, abs=1e-12)


def test_a_participant_without_trials_of_a_cell_is_left_out_of_its_mean() -> None:
    stimuli, fitting, trials, answers = experiment()
    kept = trials[(trials["participant_id"] != "p2") | (trials["block"] != "first")]
    score = score_on(
        BENCHMARK, TableSubject(answers), stimuli=stimuli, assembly=trials_of(kept, "correct"), fitting=fitting
    )
    expected = integral(human_accuracies(kept))
    assert score.values is not None
    assert score.values.sel(observer="human").item() == pytest.approx(expected, abs=1e-12)


def test_the_order_of_rows_does_not_matter() -> None:
    stimuli, fitting, trials, answers = experiment()
    one = score_on(
        BENCHMARK, TableSubject(answers), stimuli=stimuli, assembly=trials_of(trials, "correct"), fitting=fitting
    )
    mixed = trials_of(trials.sample(frac=1, random_state=2), "correct")
    other = score_on(BENCHMARK, TableSubject(answers), stimuli=shuffled(stimuli), assembly=mixed, fitting=fitting)
    assert (one.value, one.error, one.raw) == (other.value, other.error, other.raw)


@pytest.mark.parametrize("block", ["third", "first"])
def test_trials_with_another_block_or_only_one_are_refused(block: str) -> None:
    stimuli, fitting, trials, _ = experiment()
    wrong = trials_of(trials.assign(block=block), "correct")
    with pytest.raises(DataUnavailable, match="lacks a block"):
        score_on(BENCHMARK, NeverAsked(), stimuli=stimuli, assembly=wrong, fitting=fitting)


def test_data_are_looked_for_before_the_model_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def found(identifier: str, degrees: float) -> StimulusSet:
        asked.append(identifier)
        return experiment()[0]

    def absent(identifier: str) -> xarray.DataArray:
        raise DataUnavailable(f"{identifier} is not here.")

    monkeypatch.setattr(benchmark_data, "load_stimulus_set", found)
    monkeypatch.setattr(benchmark_data, "load_assembly", absent)
    with pytest.raises(DataUnavailable, match="Ferguson2024_quarter is not here"):
        BENCHMARK(NeverAsked())
    assert asked == ["Ferguson2024_quarter_training_stimuli", "Ferguson2024_quarter"]


def test_there_are_fourteen_experiments() -> None:
    assert (len(EXPERIMENTS), len(BENCHMARKS)) == (14, 14)
    # Published scores of AlexNet are its raw scores over these ceilings.
    assert 0.645 / EXPERIMENTS[1].ceiling == pytest.approx(0.719, abs=0.001)
    assert 0.191 / EXPERIMENTS[7].ceiling == pytest.approx(0.248, abs=0.002)
