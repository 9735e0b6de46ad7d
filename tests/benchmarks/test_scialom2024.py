"""Scialom2024: answers about twelve objects, recomputed with pandas from files in the published layout."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from pytest_brainscore.benchmarks import load_benchmark
from pytest_brainscore.benchmarks.scialom2024 import ACCURACY_DISTANCE, further_benchmarks
from pytest_brainscore.errors import DataUnavailable
from pytest_brainscore.models.tasks.label_task import CATEGORIES
from tests.support.given_data import score_on
from tests.support.published_files import PublishedFiles
from tests.support.table_subjects import NeverAsked, TableSubject, made_up_stimuli, trials_of

OBJECTS = ["banana", "beanie", "binoculars", "boot", "bowl", "cup", "glasses", "lamp", "pan", "sewing machine"]
OBJECTS += ["shovel", "truck"]
CONDITIONS = ("contours", "phosphenes-12", "rgb")
SUBJECTS = 5


def experiment(
    conditions: tuple[str, ...] = ("rgb",), accuracy: float = 0.5
) -> tuple[pd.DataFrame, pd.DataFrame, dict[object, object]]:
    """Return 24 images per condition, the answers of all subjects to all of them, and those of a model."""
    generator = np.random.RandomState(3)
    rows = [
        (f"{name.replace(' ', '')}_{copy}_{each}", name, each)
        for each in conditions
        for name in OBJECTS
        for copy in "ab"
    ]
    table = pd.DataFrame(rows, columns=["stimulus_id", "truth", "condition"])

    def answers(share: float) -> list[str]:
        truth = table["truth"].to_numpy(str)
        chosen: list[str] = np.where(generator.rand(len(table)) < share, truth, np.roll(truth, 2)).tolist()
        return chosen

    people = [table.assign(subject=f"s{number}", value=answers(0.5 + number / 10)) for number in range(SUBJECTS)]
    return table, pd.concat(people), dict(zip(table["stimulus_id"], answers(accuracy), strict=True))


def similarity(accuracy: float, target: float) -> float:
    return 1 - abs(accuracy - target) / max(target, 1 - target)


def kappa(one: pd.Series, other: pd.Series) -> float:
    a, b = one.mean(), other.mean()
    expected = a * b + (1 - a) * (1 - b)
    return float(((one == other).mean() - expected) / (1 - expected))


def test_accuracy_distance_is_that_of_a_recomputation_from_files(published_files: PublishedFiles) -> None:
    table, trials, answers = experiment()
    published_files.stimuli(made_up_stimuli(table, 8.0), "Scialom2024_rgb")
    published_files.assembly(trials_of(trials, "value").drop_vars(["value", "truth", "condition"]), "Scialom2024_rgb")
    model = TableSubject(answers, screen=8.0)
    score = load_benchmark("Scialom2024_rgbBehavioralAccuracyDistance")(model)
    own = np.mean([answers[name] == truth for name, truth in table[["stimulus_id", "truth"]].values])
    humans = (trials["value"] == trials["truth"]).groupby(trials["subject"]).mean().tolist()
    raw = np.mean([similarity(float(own), human) for human in humans])
    ceiling = np.mean([similarity(one, other) for one, other in combinations(humans, 2)])
    assert score.raw == pytest.approx(raw, abs=1e-12)
    assert score.ceiling == pytest.approx(ceiling, abs=1e-12)
    assert score.value == pytest.approx(min(raw / ceiling, 1), abs=1e-12)
    assert score.n["stimuli"] == 24
    labels = model.asked[1]
    assert isinstance(labels, list)
    assert labels == sorted(labels)
    assert set(labels) <= set(CATEGORIES)
    assert len(labels) == 12


def test_only_the_error_consistency_is_placed_on_a_screen() -> None:
    table, trials, answers = experiment(CONDITIONS)
    stimuli, assembly = made_up_stimuli(table, 8.0), trials_of(trials, "value")
    sides = {}
    for name in ("BehavioralAccuracyDistance", "BehavioralErrorConsistency"):
        model = TableSubject(answers, screen=12.0)
        score_on(load_benchmark(f"Scialom2024_phosphenes-all{name}"), model, stimuli=stimuli, assembly=assembly)
        sides[name] = (model.shown[0].images[0].pixels().shape[0], model.trials)
    model = TableSubject(answers, screen=12.0)
    score_on(load_benchmark("Scialom2024_rgbEngineeringAccuracy"), model, stimuli=stimuli)
    assert sides == {"BehavioralAccuracyDistance": (16, [1]), "BehavioralErrorConsistency": (24, [1])}
    assert (model.shown[0].images[0].pixels().shape[0], model.trials) == (16, [10])


@pytest.mark.parametrize("place", ["images", "trials"])
def test_error_consistency_is_that_of_a_recomputation(place: str) -> None:
    table, trials, answers = experiment(CONDITIONS)
    stimuli = made_up_stimuli(table if place == "images" else table.drop(columns="condition"), 8.0)
    score = score_on(
        load_benchmark("Scialom2024_phosphenes-allBehavioralErrorConsistency"),
        TableSubject(answers),
        stimuli=stimuli,
        assembly=trials_of(trials if place == "trials" else trials.drop(columns="condition"), "value"),
    )
    right = (trials["value"] == trials["truth"]).set_axis(pd.MultiIndex.from_frame(trials[["subject", "stimulus_id"]]))
    people = right.unstack("stimulus_id")[table["stimulus_id"]]
    own = pd.Series([answers[name] == truth for name, truth in table[["stimulus_id", "truth"]].values])
    groups = [np.flatnonzero(table["condition"] == each) for each in CONDITIONS]

    def mean_kappa(one: pd.Series, other: pd.Series) -> float:
        return float(
            np.mean(
                [
                    kappa(one.iloc[rows].reset_index(drop=True), other.iloc[rows].reset_index(drop=True))
                    for rows in groups
                ]
            )
        )

    raw = abs(np.mean([mean_kappa(own, people.loc[each]) for each in people.index]))
    pairs = combinations(people.index, 2)
    ceiling = abs(np.mean([mean_kappa(people.loc[one], people.loc[other]) for one, other in pairs]))
    assert score.raw == pytest.approx(raw, abs=1e-12)
    assert score.ceiling == pytest.approx(ceiling, abs=1e-12)
    assert score.value == pytest.approx(raw / ceiling, abs=1e-12)
    assert score.n["conditions"] == 3


def test_error_consistency_is_not_cut_at_1() -> None:
    table, trials, _ = experiment(CONDITIONS)
    same_as_one = trials[trials["subject"] == "s2"]
    answers: dict[object, object] = dict(zip(same_as_one["stimulus_id"], same_as_one["value"], strict=True))
    score = score_on(
        load_benchmark("Scialom2024_segments-allBehavioralErrorConsistency"),
        TableSubject(answers),
        stimuli=made_up_stimuli(table, 8.0),
        assembly=trials_of(trials, "value"),
    )
    assert score.value > 1
    assert not score.clipped


def test_engineering_accuracy_needs_no_people_and_no_blanks_in_names() -> None:
    table, _, answers = experiment()
    plain: dict[object, object] = {name: str(answer).replace(" ", "") for name, answer in answers.items()}
    benchmark = load_benchmark("Scialom2024_rgbEngineeringAccuracy")
    own = np.mean([answers[name] == truth for name, truth in table[["stimulus_id", "truth"]].values])
    for given in (answers, plain):
        score = score_on(benchmark, TableSubject(given), stimuli=made_up_stimuli(table, 8.0))
        assert score.value == pytest.approx(own, abs=1e-12)
        assert score.ceiling == 1.0


def test_bad_data_are_a_sentence_before_the_model_is_asked() -> None:
    table, trials, _ = experiment()
    benchmark = load_benchmark("Scialom2024_phosphenes-allBehavioralErrorConsistency")
    bare = trials.drop(columns="condition")
    two = pd.concat([trials, trials.iloc[:1]])
    cases = [
        (table, trials.iloc[1:], "answered once to each of 24 images"),
        (table, two, "answered once to each of 24 images"),
        (table, trials[trials["subject"] == "s1"], "has 1 subject"),
        (table.drop(columns="truth"), trials, "no column 'truth'"),
        (table.drop(columns="condition"), bare, "lacks the coordinate condition"),
        (table.iloc[1:], trials, "unknown to"),
    ]
    for shown, answered, words in cases:
        with pytest.raises(DataUnavailable, match=words):
            score_on(
                benchmark, NeverAsked(), stimuli=made_up_stimuli(shown, 8.0), assembly=trials_of(answered, "value")
            )


def test_there_are_44_keys_with_the_published_ceilings() -> None:
    everything = {each.identifier: each for each in further_benchmarks()}
    assert len(everything) == 44
    ends = ("BehavioralAccuracyDistance", "BehavioralErrorConsistency", "EngineeringAccuracy")
    assert [sum(name.endswith(end) for name in everything) for end in ends] == [22, 2, 20]
    assert len(ACCURACY_DISTANCE) == 22
    assert everything["Scialom2024_segments-allBehavioralErrorConsistency"].ceiling == 0.42529
    parents = {each.parents for name, each in everything.items() if name.endswith("EngineeringAccuracy")}
    assert parents == {("Scialom2024-top1",)}


def test_missing_trials_are_named(published_files: PublishedFiles) -> None:
    published_files.stimuli(made_up_stimuli(experiment()[0], 8.0), "Scialom2024_contours")
    benchmark = load_benchmark("Scialom2024_contoursBehavioralAccuracyDistance")
    assert "Scialom2024_contours" in str(benchmark.unavailable())
    with pytest.raises(DataUnavailable, match="Scialom2024_contours"):
        benchmark(NeverAsked())
