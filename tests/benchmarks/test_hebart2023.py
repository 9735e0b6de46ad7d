"""Hebart2023: odd ones out of triplets, as a share of what lies between chance and ceiling."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
import xarray

from pytest_brainscore.benchmarks import benchmark_data, load_benchmark
from pytest_brainscore.benchmarks.hebart2023 import protocol
from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.errors import DataUnavailable, ModelError
from tests.support.given_data import score_on
from tests.support.table_subjects import (
    NeverAsked,
    TableSubject,
    made_up_stimuli,
    shuffled,
    statistics_of_all_stimuli,
    trials_of,
)

BENCHMARK = load_benchmark("Hebart2023-match")
OBJECTS = 12


def experiment(agreement: float = 0.5) -> tuple[StimulusSet, pd.DataFrame, dict[object, object]]:
    """Return 12 images, all 220 triplets with a participant's choice, and how odd a model finds each image."""
    generator = np.random.RandomState(3)
    table = pd.DataFrame({"stimulus_id": range(OBJECTS), "unique_id": [f"object-{row}" for row in range(OBJECTS)]})
    oddness = generator.rand(OBJECTS)
    rows = []
    for triplet in combinations(range(OBJECTS), 3):
        own = max(triplet, key=lambda name: oddness[name])
        others = [name for name in triplet if name != own]
        chosen = own if generator.rand() < agreement else others[generator.randint(2)]
        rows.append((*generator.permutation([name for name in triplet if name != chosen]).tolist(), chosen))
    trials = pd.DataFrame(rows, columns=["image_1", "image_2", "image_3"])
    return made_up_stimuli(table, 8.0), trials, dict(enumerate(oddness.tolist()))


def matches(trials: pd.DataFrame, answers: dict[object, object]) -> float:
    own = trials.map(lambda name: float(str(answers[name]))).to_numpy().argmax(axis=1)
    return float(np.mean(own == 2))


def test_score_is_the_share_of_matches_above_chance() -> None:
    stimuli, trials, answers = experiment()
    model = TableSubject(answers)
    score = score_on(BENCHMARK, model, stimuli=stimuli, assembly=trials_of(trials, "image_3"))
    raw = matches(trials, answers)
    assert score.raw == raw
    assert score.value == pytest.approx((raw - 1 / 3) / (0.6767 - 1 / 3), abs=1e-12)
    assert (score.ceiling, score.clipped) == (0.6767, False)
    assert score.n == {"stimuli": 12, "triplets": 220, "bootstraps": 1000}
    assert model.asked == ("odd_one_out", None)


def test_the_model_sees_the_images_of_each_triplet_one_after_the_other() -> None:
    stimuli, trials, answers = experiment()
    model = TableSubject(answers, screen=16.0)
    score_on(BENCHMARK, model, stimuli=stimuli, assembly=trials_of(trials, "image_3"))
    shown = model.shown[0]
    in_order = trials.sort_values(["image_1", "image_2", "image_3"]).to_numpy().ravel()
    assert shown.table["stimulus_id"].tolist() == in_order.tolist()
    assert len({id(image) for image in shown.images}) == OBJECTS  # placed on the screen once each
    assert shown.images[0].pixels().shape[0] == 32


@pytest.mark.parametrize(("agreement", "value"), [(1.0, 1.0), (0.0, 0.0)])
def test_scores_beyond_chance_and_ceiling_are_cut_and_kept(agreement: float, value: float) -> None:
    stimuli, trials, answers = experiment(agreement)
    score = score_on(BENCHMARK, TableSubject(answers), stimuli=stimuli, assembly=trials_of(trials, "image_3"))
    assert (score.value, score.clipped) == (value, True)
    assert score.unclipped == pytest.approx((agreement - 1 / 3) / (0.6767 - 1 / 3))


def test_the_error_is_that_of_images_drawn_again_which_many_triplets_share() -> None:
    stimuli, trials, answers = experiment()
    score = score_on(BENCHMARK, TableSubject(answers), stimuli=stimuli, assembly=trials_of(trials, "image_3"))
    correct = trials.map(lambda name: float(str(answers[name]))).to_numpy().argmax(axis=1) == 2
    generator, shares = np.random.RandomState(8), []
    for _ in range(1000):
        drawn = np.bincount(generator.randint(0, OBJECTS, OBJECTS), minlength=OBJECTS)
        counted = np.repeat(correct, drawn[trials.to_numpy()].prod(axis=1))
        shares.append(counted.mean())
    assert score.error == pytest.approx(np.std(shares) / (0.6767 - 1 / 3), rel=0.15)
    independent = np.sqrt(score.raw * (1 - score.raw) / len(trials))
    assert score.error * (0.6767 - 1 / 3) > independent


def test_the_error_comes_from_the_score_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    stimuli, trials, answers = experiment()
    statistics = statistics_of_all_stimuli(monkeypatch, protocol)
    score = score_on(BENCHMARK, TableSubject(answers), stimuli=stimuli, assembly=trials_of(trials, "image_3"))
    assert statistics == pytest.approx([score.raw] * 2)


def test_images_are_found_by_their_id_and_the_order_of_rows_does_not_matter() -> None:
    stimuli, trials, answers = experiment()
    one = score_on(BENCHMARK, TableSubject(answers), stimuli=stimuli, assembly=trials_of(trials, "image_3"))
    mixed = trials_of(trials.sample(frac=1, random_state=2).astype(float), "image_3")
    other = score_on(BENCHMARK, TableSubject(answers), stimuli=shuffled(stimuli), assembly=mixed)
    assert (one.value, one.raw, one.error) == (other.value, other.raw, other.error)


def test_triplets_of_unknown_images_are_refused() -> None:
    stimuli, trials, _ = experiment()
    trials.loc[[0, 5], "image_1"] = 99
    with pytest.raises(DataUnavailable, match="2 of 220 triplets"):
        score_on(BENCHMARK, NeverAsked(), stimuli=stimuli, assembly=trials_of(trials, "image_3"))


def test_a_model_that_does_not_answer_every_triplet_is_refused() -> None:
    stimuli, trials, answers = experiment()

    class Lazy(TableSubject):
        def look_at(self, stimuli: StimulusSet, number_of_trials: int = 1) -> xarray.DataArray:
            return super().look_at(stimuli, number_of_trials)[:, 1:]

    with pytest.raises(ModelError, match="219 answers to 220 triplets"):
        score_on(BENCHMARK, Lazy(answers), stimuli=stimuli, assembly=trials_of(trials, "image_3"))


def test_data_are_looked_for_before_the_model_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(identifier: str, degrees: float) -> StimulusSet:
        raise DataUnavailable(f"{identifier} is not here.")

    monkeypatch.setattr(benchmark_data, "load_stimulus_set", absent)
    with pytest.raises(DataUnavailable, match="Hebart2023 is not here"):
        BENCHMARK(NeverAsked())
