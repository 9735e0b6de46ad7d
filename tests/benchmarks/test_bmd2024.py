"""BMD2024: accuracies of a model and of subjects, recomputed with pandas."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
import xarray

from pytest_brainscore.benchmarks import benchmark_data, load_benchmark
from pytest_brainscore.benchmarks.bmd2024 import BENCHMARKS
from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.errors import DataUnavailable, ModelError
from tests.support.given_data import score_on
from tests.support.table_subjects import NeverAsked, TableSubject, made_up_stimuli, shuffled, trials_of

BENCHMARK = load_benchmark("BMD2024.dotted_2Behavioral-accuracy_distance")
CATEGORIES = np.array(["bear", "bicycle", "cat", "knife"])


def experiment(model_accuracy: float = 0.5) -> tuple[StimulusSet, pd.DataFrame, dict[object, object]]:
    """Return 40 images, the answers of seven subjects to all of them, and those of a model."""
    generator = np.random.RandomState(1)
    truth = np.repeat(CATEGORIES, 10)
    ids = [f"{category}{number}.png" for category in CATEGORIES for number in range(10)]
    table = pd.DataFrame({"stimulus_id": ids, "truth": truth, "condition": "dotted_2"})

    def answers(accuracy: float) -> np.ndarray[tuple[int], np.dtype[np.str_]]:
        return np.where(generator.rand(40) < accuracy, truth, np.roll(truth, 10))

    subjects = [
        table.assign(subject=f"s{number:02d}", subject_answer=answers(0.5 + number / 20)) for number in range(7)
    ]
    answered: dict[object, object] = dict(zip(ids, answers(model_accuracy).tolist(), strict=True))
    return made_up_stimuli(table, 8.0), pd.concat(subjects), answered


def similarity(accuracy: float, target: float) -> float:
    return 1 - abs(accuracy - target) / max(target, 1 - target)


def test_score_and_ceiling_are_those_of_a_recomputation() -> None:
    stimuli, trials, answers = experiment()
    score = score_on(BENCHMARK, TableSubject(answers), stimuli=stimuli, assembly=trials_of(trials, "subject_answer"))
    own = np.mean([answers[name] == truth for name, truth in stimuli.table[["stimulus_id", "truth"]].values])
    humans = (trials["subject_answer"] == trials["truth"]).groupby(trials["subject"]).mean().to_list()
    raw = np.mean([similarity(float(own), human) for human in humans])
    ceiling = np.mean([similarity(one, other) for one, other in combinations(humans, 2)])
    assert score.raw == pytest.approx(raw, abs=1e-12)
    assert score.ceiling == pytest.approx(ceiling, abs=1e-12)
    assert score.value == min(1, score.unclipped or 0)
    assert score.unclipped == pytest.approx(raw / ceiling, abs=1e-12)
    assert score.clipped == (raw > ceiling)
    assert score.n == {"stimuli": 40, "subjects": 7, "trials": 280, "bootstraps": 1000}
    assert score.values is not None
    assert score.values.sizes == {"subject": 7}


def test_a_model_in_the_middle_of_the_subjects_is_cut_to_1() -> None:
    stimuli, trials, answers = experiment(model_accuracy=0.65)
    score = score_on(BENCHMARK, TableSubject(answers), stimuli=stimuli, assembly=trials_of(trials, "subject_answer"))
    assert (score.value, score.clipped) == (1.0, True)
    assert score.unclipped is not None
    assert score.unclipped > 1


def test_the_error_is_the_deviation_over_draws_of_images_on_the_scale_of_the_score() -> None:
    stimuli, trials, answers = experiment()
    score = score_on(BENCHMARK, TableSubject(answers), stimuli=stimuli, assembly=trials_of(trials, "subject_answer"))
    table = trials.assign(right=trials["subject_answer"] == trials["truth"]).pivot(
        index="subject", columns="stimulus_id", values="right"
    )[stimuli.table["stimulus_id"]]
    own = np.array([answers[name] == truth for name, truth in stimuli.table[["stimulus_id", "truth"]].values])
    generator, draws = np.random.RandomState(9), []
    for _ in range(1000):
        drawn = np.concatenate([start + generator.randint(0, 10, 10) for start in range(0, 40, 10)])
        humans = table.to_numpy(float)[:, drawn].mean(axis=1)
        draws.append(np.mean([similarity(own[drawn].mean(), human) for human in humans]))
    assert score.error == pytest.approx(np.std(draws) / score.ceiling, rel=0.1)


def test_the_order_of_rows_does_not_matter() -> None:
    stimuli, trials, answers = experiment()
    one = score_on(BENCHMARK, TableSubject(answers), stimuli=stimuli, assembly=trials_of(trials, "subject_answer"))
    mixed = trials_of(trials.sample(frac=1, random_state=2), "subject_answer")
    other = score_on(BENCHMARK, TableSubject(answers), stimuli=shuffled(stimuli), assembly=mixed)
    assert (one.value, one.error, one.raw, one.ceiling) == (other.value, other.error, other.raw, other.ceiling)


def test_the_model_names_one_of_the_sorted_categories() -> None:
    stimuli, trials, answers = experiment()
    model = TableSubject(answers)
    score_on(BENCHMARK, model, stimuli=stimuli, assembly=trials_of(trials, "subject_answer"))
    assert model.asked == ("label", sorted(CATEGORIES))
    assert model.trials == [1]


def test_subjects_who_saw_different_images_are_refused() -> None:
    stimuli, trials, answers = experiment()
    for kept in (trials.iloc[1:], pd.concat([trials, trials.iloc[:1]])):
        with pytest.raises(DataUnavailable, match="answered once to each of 40 images"):
            score_on(BENCHMARK, TableSubject(answers), stimuli=stimuli, assembly=trials_of(kept, "subject_answer"))


def test_a_model_that_answers_too_rarely_is_refused() -> None:
    stimuli, trials, answers = experiment()

    class Lazy(TableSubject):
        def look_at(self, stimuli: StimulusSet, number_of_trials: int = 1) -> xarray.DataArray:
            return super().look_at(stimuli, number_of_trials)[1:]

    with pytest.raises(ModelError, match="gave 39 answers to the 40 stimuli"):
        score_on(BENCHMARK, Lazy(answers), stimuli=stimuli, assembly=trials_of(trials, "subject_answer"))


def test_data_are_looked_for_before_the_model_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(identifier: str, degrees: float) -> StimulusSet:
        assert degrees == 8.0
        raise DataUnavailable(f"{identifier} is not here.")

    monkeypatch.setattr(benchmark_data, "load_stimulus_set", absent)
    for benchmark in BENCHMARKS:
        with pytest.raises(DataUnavailable, match=benchmark.stimulus_set):
            benchmark(NeverAsked())
