"""Coggan2024 behavior: accuracies over kinds of occluders, recomputed with pandas, subject by subject."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest
import xarray

from pytest_brainscore.benchmarks import benchmark_data, load_benchmark
from pytest_brainscore.benchmarks.coggan2024_behavior import protocol
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

BENCHMARK = load_benchmark("tong.Coggan2024_behavior-ConditionWiseAccuracySimilarity")
CATEGORIES = ("bear", "bison", "hare")
KEYS = ["subject", "occluder_type", "occluder_color"]


def experiment() -> tuple[StimulusSet, StimulusSet, pd.DataFrame, dict[object, object]]:
    """Return the images of four subjects (three occluders, two colours, two visibilities; some without occluder)."""
    generator = np.random.RandomState(6)
    kinds = list(product(("bars", "blobs", "noise"), ("black", "white"), (0.2, 0.6)))
    kinds += [("unoccluded", "none", 1.0)]
    table = pd.DataFrame(
        [(subject, *kind, category) for subject in (1, 2, 3, 10) for kind in kinds for category in CATEGORIES * 2],
        columns=[*KEYS, "visibility", "object_class"],
    )
    table.insert(0, "stimulus_id", [f"{row:05d}" for row in generator.permutation(len(table))])
    hard = table["occluder_type"].map({"bars": 0.5, "blobs": 0.2, "noise": 0.1, "unoccluded": 0.0})
    hard = hard + (table["occluder_color"] == "white") * 0.2
    trials = table.assign(human_accuracy=(generator.rand(len(table)) > hard).astype(float), predicted="bear")
    own = table["object_class"].map(CATEGORIES.index)
    probabilities = generator.rand(len(table), 3)
    probabilities[np.arange(len(table)), own] += 1 - hard
    fitting = pd.DataFrame({"stimulus_id": ["f0", "f1", "f2"], "image_label": CATEGORIES})
    answers = dict(zip(table["stimulus_id"], probabilities.tolist(), strict=True))
    return made_up_stimuli(table, 10.0), made_up_stimuli(fitting, 10.0), trials, dict(answers)


def accuracies(trials: pd.DataFrame, answers: dict[object, object]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return accuracies (subject x condition) of the model and of the subjects."""
    occluded = trials[trials["visibility"] < 1]
    choices = [CATEGORIES[int(np.argmax(np.array(answers[name])))] for name in occluded["stimulus_id"]]
    right = occluded.assign(model=(np.array(choices) == occluded["object_class"]).astype(float))
    tables = [right.pivot_table(column, "subject", KEYS[1:], "mean") for column in ("model", "human_accuracy")]
    return tables[0], tables[1]


def test_score_and_ceiling_are_those_of_a_recomputation() -> None:
    stimuli, fitting, trials, answers = experiment()
    score = score_on(
        BENCHMARK, TableSubject(answers), stimuli=stimuli, assembly=trials_of(trials, "predicted"), fitting=fitting
    )
    model, human = accuracies(trials, answers)
    raw = np.mean([np.corrcoef(model.loc[subject], human.loc[subject])[0, 1] for subject in human.index])
    ceiling = np.mean([np.corrcoef(human.loc[one], human.drop(one).mean())[0, 1] for one in human.index])
    assert score.raw == pytest.approx(raw, abs=1e-12)
    assert score.ceiling == pytest.approx(ceiling, abs=1e-12)
    assert score.value == pytest.approx((raw / ceiling) ** 2, abs=1e-12)
    assert (score.normalisation, score.clipped) == ("(r/c)^2", False)
    assert score.error > 0
    assert score.n == {
        "stimuli": 288,
        "fitting_stimuli": 3,
        "subjects": 4,
        "conditions": 6,
        "trials": 288,
        "bootstraps": 1000,
    }


def test_people_are_drawn_with_their_images_which_have_a_part_in_the_score() -> None:
    stimuli, fitting, trials, answers = experiment()
    assembly = trials_of(trials, "predicted")
    score = score_on(BENCHMARK, TableSubject(answers), stimuli=stimuli, assembly=assembly, fitting=fitting)
    assert score.replicates is not None
    assert score.values is not None
    similarities = score.values.values
    people = np.unique(np.round(np.sqrt(np.abs(score.replicates.values)) * score.ceiling, 3))
    assert people.size <= 35, "of four people there are 35 draws"
    assert np.isclose(score.replicates.score, (similarities.mean() / score.ceiling) ** 2)
    assert score.attribution is not None
    images, subjects = score.attribution.parts
    assert (images.kind, images.names.size, subjects.names.tolist()) == ("stimulus", 288, ["1", "10", "2", "3"])
    assert images.categories is not None
    assert set(images.categories) == set(CATEGORIES)
    for part in (images, subjects):
        assert part.values.sum() == pytest.approx(score.value)


def test_the_error_comes_from_the_score_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    stimuli, fitting, trials, answers = experiment()
    statistics = statistics_of_all_stimuli(monkeypatch, protocol)
    score = score_on(
        BENCHMARK, TableSubject(answers), stimuli=stimuli, assembly=trials_of(trials, "predicted"), fitting=fitting
    )
    assert statistics == pytest.approx([score.raw] * 2, abs=1e-12)


def test_images_without_occluder_are_not_shown() -> None:
    stimuli, fitting, trials, answers = experiment()
    model = TableSubject(answers)
    score_on(BENCHMARK, model, stimuli=stimuli, assembly=trials_of(trials, "predicted"), fitting=fitting)
    assert model.shown[0].table["visibility"].max() < 1
    task, learnt = model.asked
    assert task == "probabilities"
    assert isinstance(learnt, StimulusSet)
    assert (learnt.degrees, model.shown[0].degrees) == (8.0, 8.0)  # both of 10 degrees, on the screen of the model


def test_the_order_of_rows_does_not_matter() -> None:
    stimuli, fitting, trials, answers = experiment()
    one = score_on(
        BENCHMARK, TableSubject(answers), stimuli=stimuli, assembly=trials_of(trials, "predicted"), fitting=fitting
    )
    mixed = trials_of(trials.sample(frac=1, random_state=2), "predicted")
    other = score_on(BENCHMARK, TableSubject(answers), stimuli=shuffled(stimuli), assembly=mixed, fitting=fitting)
    assert (one.value, one.error, one.ceiling) == (other.value, other.error, other.ceiling)


def test_as_published_the_square_drops_the_sign_and_raw_keeps_it() -> None:
    stimuli, fitting, trials, answers = experiment()
    opposite = trials.assign(human_accuracy=1 - trials["human_accuracy"])
    one = score_on(
        BENCHMARK, TableSubject(answers), stimuli=stimuli, assembly=trials_of(trials, "predicted"), fitting=fitting
    )
    score = score_on(
        BENCHMARK, TableSubject(answers), stimuli=stimuli, assembly=trials_of(opposite, "predicted"), fitting=fitting
    )
    assert score.raw == pytest.approx(-one.raw, abs=1e-12)
    assert score.value == pytest.approx(one.value, abs=1e-12)
    assert score.raw < 0 < score.value


def test_a_model_that_is_always_right_has_no_number() -> None:
    stimuli, fitting, trials, _ = experiment()
    perfect = {
        name: [float(label == category) for category in CATEGORIES]
        for name, label in stimuli.table[["stimulus_id", "object_class"]].to_numpy()
    }
    with pytest.raises(NoNumber, match="equally accurate in all conditions"):
        score_on(
            BENCHMARK,
            TableSubject(dict(perfect)),
            stimuli=stimuli,
            assembly=trials_of(trials, "predicted"),
            fitting=fitting,
        )


def test_a_subject_who_is_equally_accurate_everywhere_is_left_out_and_counted() -> None:
    stimuli, fitting, trials, answers = experiment()
    constant = trials.assign(human_accuracy=trials["human_accuracy"].where(trials["subject"] != 2, 1.0))
    score = score_on(
        BENCHMARK, TableSubject(answers), stimuli=stimuli, assembly=trials_of(constant, "predicted"), fitting=fitting
    )
    model, human = accuracies(constant, answers)
    others = [subject for subject in human.index if subject != 2]
    raw = np.mean([np.corrcoef(model.loc[subject], human.loc[subject])[0, 1] for subject in others])
    ceiling = np.mean([np.corrcoef(human.loc[one], human.drop(one).mean())[0, 1] for one in others])
    assert (score.raw, score.ceiling) == pytest.approx((raw, ceiling), abs=1e-12)
    assert score.value == pytest.approx((raw / ceiling) ** 2, abs=1e-12)
    assert np.isfinite(score.error)
    assert (score.n["subjects"], score.n["undefined_subjects"]) == (4, 1)
    all_constant = trials_of(trials.assign(human_accuracy=1.0), "predicted")
    with pytest.raises(NoNumber, match="every subject"):
        score_on(BENCHMARK, TableSubject(answers), stimuli=stimuli, assembly=all_constant, fitting=fitting)


def test_a_subject_who_did_not_see_all_conditions_is_refused() -> None:
    stimuli, fitting, trials, answers = experiment()
    kept = trials[(trials["subject"] != 2) | (trials["occluder_type"] != "bars")]
    with pytest.raises(DataUnavailable, match="saw every type and colour"):
        score_on(
            BENCHMARK, TableSubject(answers), stimuli=stimuli, assembly=trials_of(kept, "predicted"), fitting=fitting
        )


def test_data_are_looked_for_before_the_model_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(identifier: str) -> xarray.DataArray:
        raise DataUnavailable(f"{identifier} is not here.")

    monkeypatch.setattr(benchmark_data, "load_stimulus_set", lambda identifier, degrees: experiment()[0])
    monkeypatch.setattr(benchmark_data, "load_assembly", absent)
    with pytest.raises(DataUnavailable, match="Coggan2024_behavior is not here"):
        BENCHMARK(NeverAsked())
