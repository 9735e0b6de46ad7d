"""Baker2022: accuracy lost on broken silhouettes, recomputed trial by trial as the published system describes it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray

from pytest_brainscore.benchmarks import benchmark_data, load_benchmark
from pytest_brainscore.benchmarks.baker2022 import protocol
from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.errors import DataUnavailable, NoNumber
from tests.support.given_data import score_on
from tests.support.table_subjects import (
    NeverAsked,
    TableSubject,
    made_up_stimuli,
    shuffled,
    statistics_of_all_stimuli,
    trials_of,
)

ANIMALS = ("bear", "cat", "frog")
SUBJECTS = 12


def experiment(orientations: tuple[str, ...] = ("upright",)) -> tuple[StimulusSet, pd.DataFrame, dict[object, object]]:
    """Return silhouettes, the trials of twelve subjects who saw two of three of them, and the answers of a model."""
    generator = np.random.RandomState(0)
    table = pd.DataFrame(
        [
            (f"{kind}{animal}{orientation}{number}", animal, kind, number, orientation)
            for orientation in orientations
            for animal in ANIMALS
            for kind in "wfo"
            for number in range(6)
        ],
        columns=["stimulus_id", "animal", "image_type", "image_number", "orientation"],
    )
    easiness = {"w": 0.9, "f": 0.6, "o": 0.7}
    trials = []
    for subject in range(1, SUBJECTS + 1):
        seen = table[generator.rand(len(table)) < 2 / 3]
        correct = generator.rand(len(seen)) < seen["image_type"].map(easiness)
        trials.append(seen.assign(subject=subject, truth=seen["animal"], correct=correct.astype(int)))
    right = generator.rand(len(table)) < table["image_type"].map({"w": 0.9, "f": 0.7, "o": 0.8})
    wrong = table["animal"].map({"bear": "cat", "cat": "frog", "frog": "bear"})
    answers = dict(zip(table["stimulus_id"], np.where(right, table["animal"], wrong), strict=True))
    return made_up_stimuli(table, 8.8), pd.concat(trials), dict(answers)


def expected(
    stimuli: StimulusSet, trials: pd.DataFrame, answers: dict[object, object], broken: str
) -> tuple[float, float]:
    """Return raw score and ceiling, recomputed with loops and pandas."""
    images = stimuli.table.assign(
        correct=[answers[name] == a for name, a in stimuli.table[["stimulus_id", "animal"]].values]
    )
    by_animal = images.groupby(["image_type", "animal"])["correct"].mean()
    model = np.mean([by_animal["w", animal] - by_animal[broken, animal] for animal in ANIMALS])

    def human(numbers: set[int]) -> float:
        deltas = []
        for number in numbers:
            own = trials[trials["subject"] == number]
            accuracies = [own.loc[own["image_type"] == kind, "correct"].mean() for kind in ("w", broken)]
            deltas.append(accuracies[0] - accuracies[1])
        return float(np.mean(deltas))

    def half(generator: np.random.RandomState) -> set[int]:
        return set(generator.choice(range(1, SUBJECTS), SUBJECTS // 2, replace=False).tolist())

    scores = []
    for seed in range(100):
        delta = human(half(np.random.RandomState(seed)))
        scores.append(max(0, 1 - abs(delta - model) / delta))
    generator, consistencies = np.random.RandomState(0), []
    for _ in range(100):
        first = half(generator)
        one, other = human(first), human(set(range(1, SUBJECTS + 1)) - first)
        consistency = max(0, 1 - abs(one - other) / other)
        consistencies.append(2 * consistency / (1 + consistency))
    return float(np.mean(scores)), float(np.median(consistencies))


@pytest.mark.parametrize(("name", "broken"), [("frankenstein", "f"), ("fragmented", "o")])
def test_score_and_ceiling_are_those_of_a_recomputation(name: str, broken: str) -> None:
    stimuli, trials, answers = experiment()
    model = TableSubject(answers)
    score = score_on(
        load_benchmark(f"Baker2022{name}-accuracy_delta"), model, stimuli=stimuli, assembly=trials_of(trials, "correct")
    )
    raw, ceiling = expected(stimuli, trials, answers, broken)
    assert score.raw == pytest.approx(raw, abs=1e-12)
    assert score.ceiling == pytest.approx(ceiling, abs=1e-12)
    assert score.unclipped == pytest.approx(raw / ceiling, abs=1e-12)
    assert score.value == pytest.approx(min(1, raw / ceiling), abs=1e-12)
    assert 0 < score.error < 1
    counted = trials["image_type"].isin(["w", broken])
    assert score.n == {"stimuli": 36, "subjects": SUBJECTS, "trials": counted.sum(), "bootstraps": 1000}


def test_the_error_comes_from_the_score_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    stimuli, trials, answers = experiment()
    statistics = statistics_of_all_stimuli(monkeypatch, protocol)
    benchmark = load_benchmark("Baker2022fragmented-accuracy_delta")
    score = score_on(benchmark, TableSubject(answers), stimuli=stimuli, assembly=trials_of(trials, "correct"))
    assert statistics == pytest.approx([score.raw] * 2, abs=1e-12)


def test_the_model_names_one_of_all_animals_and_sees_the_compared_types_at_their_size() -> None:
    stimuli, trials, answers = experiment()
    model = TableSubject(answers, screen=17.6)
    score_on(
        load_benchmark("Baker2022fragmented-accuracy_delta"),
        model,
        stimuli=stimuli,
        assembly=trials_of(trials, "correct"),
    )
    assert model.asked == ("label", ["bear", "cat", "frog"])
    assert set(model.shown[0].table["image_type"]) == {"w", "o"}
    assert model.shown[0].images[0].pixels().shape[0] == 32  # 16 pixels for 8.8 degrees, on 17.6


def test_only_inverted_images_and_trials_count_for_the_inverted_benchmark() -> None:
    stimuli, trials, answers = experiment(("upright", "inverted"))
    benchmark, model = load_benchmark("Baker2022inverted-accuracy_delta"), TableSubject(answers)
    score = score_on(benchmark, model, stimuli=stimuli, assembly=trials_of(trials, "correct"))
    inverted = stimuli.table["orientation"] == "inverted"
    kept = made_up_stimuli(stimuli.table[inverted], 8.8)
    raw, ceiling = expected(kept, trials[trials["orientation"] == "inverted"], answers, "f")
    assert [score.raw, score.ceiling] == pytest.approx([raw, ceiling], abs=1e-12)
    assert set(model.shown[0].table["orientation"]) == {"inverted"}


def test_subjects_are_in_the_order_of_their_numbers_also_where_these_are_text() -> None:
    stimuli, trials, answers = experiment()
    benchmark = load_benchmark("Baker2022frankenstein-accuracy_delta")
    numbers = score_on(benchmark, TableSubject(answers), stimuli=stimuli, assembly=trials_of(trials, "correct"))
    named = trials_of(trials.assign(subject=trials["subject"].astype(str)), "correct")
    assert score_on(benchmark, TableSubject(answers), stimuli=stimuli, assembly=named).raw == numbers.raw


def test_the_order_of_rows_does_not_matter() -> None:
    stimuli, trials, answers = experiment()
    benchmark = load_benchmark("Baker2022frankenstein-accuracy_delta")
    one = score_on(benchmark, TableSubject(answers), stimuli=stimuli, assembly=trials_of(trials, "correct"))
    mixed = trials_of(trials.sample(frac=1, random_state=3), "correct")
    other = score_on(benchmark, TableSubject(answers), stimuli=shuffled(stimuli), assembly=mixed)
    assert (one.value, one.error, one.ceiling) == (other.value, other.error, other.ceiling)
    assert one.provenance["data_sha256"] == other.provenance["data_sha256"]


def test_a_model_that_gains_from_broken_silhouettes_scores_0() -> None:
    stimuli, trials, _ = experiment()
    table = stimuli.table
    answers = dict(zip(table["stimulus_id"], table["animal"].where(table["image_type"] != "w", "none"), strict=True))
    benchmark = load_benchmark("Baker2022frankenstein-accuracy_delta")
    score = score_on(benchmark, TableSubject(dict(answers)), stimuli=stimuli, assembly=trials_of(trials, "correct"))
    assert (score.value, score.raw, score.clipped) == (0, 0, False)


def test_subjects_who_lose_nothing_give_no_number() -> None:
    stimuli, trials, answers = experiment()
    perfect = trials_of(trials.assign(correct=1), "correct")
    with pytest.raises(NoNumber, match="subjects who lose no accuracy"):
        score_on(
            load_benchmark("Baker2022frankenstein-accuracy_delta"),
            TableSubject(answers),
            stimuli=stimuli,
            assembly=perfect,
        )


class TestContradictoryData:
    """Files that do not belong together are refused, not scored."""

    BENCHMARK = load_benchmark("Baker2022frankenstein-accuracy_delta")

    def test_trials_on_unknown_images(self) -> None:
        stimuli, trials, _ = experiment()
        kept = made_up_stimuli(stimuli.table.iloc[1:], 8.8)
        with pytest.raises(DataUnavailable, match="1 stimuli of the trials are unknown to"):
            score_on(self.BENCHMARK, NeverAsked(), stimuli=kept, assembly=trials_of(trials, "correct"))

    def test_a_subject_without_whole_silhouettes(self) -> None:
        stimuli, trials, _ = experiment()
        kept = trials[(trials["subject"] != 4) | (trials["image_type"] != "w")]
        with pytest.raises(DataUnavailable, match="saw none of one type"):
            score_on(self.BENCHMARK, NeverAsked(), stimuli=stimuli, assembly=trials_of(kept, "correct"))

    def test_a_missing_coordinate_or_column(self) -> None:
        stimuli, trials, _ = experiment()
        with pytest.raises(DataUnavailable, match="lacks the coordinate image_type"):
            score_on(
                self.BENCHMARK,
                NeverAsked(),
                stimuli=stimuli,
                assembly=trials_of(trials.drop(columns="image_type"), "correct"),
            )
        bare = made_up_stimuli(stimuli.table.drop(columns="animal"), 8.8)
        with pytest.raises(DataUnavailable, match="no column 'animal'"):
            score_on(self.BENCHMARK, NeverAsked(), stimuli=bare, assembly=trials_of(trials, "correct"))


def test_data_are_looked_for_before_the_model_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    stimuli, _, _ = experiment()

    def absent(identifier: str) -> xarray.DataArray:
        raise DataUnavailable(f"{identifier} is not here.")

    monkeypatch.setattr(benchmark_data, "load_stimulus_set", lambda identifier, degrees: stimuli)
    monkeypatch.setattr(benchmark_data, "load_assembly", absent)
    with pytest.raises(DataUnavailable, match="Baker2022_normal_distortion is not here"):
        load_benchmark("Baker2022fragmented-accuracy_delta")(NeverAsked())
