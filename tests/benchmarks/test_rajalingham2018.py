"""Rajalingham2018: golden values of the whole protocol, from probabilities and trials made for them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray

from pytest_brainscore.benchmarks import benchmark_data, load_benchmark
from pytest_brainscore.benchmarks.rajalingham2018 import protocol
from pytest_brainscore.benchmarks.rajalingham2018.resampling import resampled_correlation
from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.errors import DataUnavailable, NoNumber
from pytest_brainscore.metrics.behavior.image_level_behavior import BehavioralConsistency
from tests.support.given_data import score_on
from tests.support.table_subjects import (
    NeverAsked,
    TableSubject,
    made_up_stimuli,
    shuffled,
    statistics_of_all_stimuli,
    trials_of,
)

BENCHMARK = load_benchmark("Rajalingham2018-i2n")
PUBLIC = load_benchmark("Rajalingham2018public-i2n")
OBJECTS = [f"o{number}" for number in range(4)]


def experiment() -> tuple[StimulusSet, StimulusSet, pd.DataFrame, dict[object, object]]:
    """Return 20 images of four objects, fitting images, 480 trials and a model's probabilities of golden values."""
    ids = [f"im{number:02d}" for number in range(20)]
    truth = np.repeat(OBJECTS, 5).tolist()
    generator = np.random.RandomState(42)
    rows = []
    for _ in range(8):
        for number, (name, shown) in enumerate(zip(ids, truth, strict=True)):
            for distractor in OBJECTS:
                if distractor != shown:
                    right = generator.rand() < 0.6 + 0.015 * number
                    rows.append((name, shown, distractor, shown if right else distractor))
    trials = pd.DataFrame(rows, columns=["stimulus_id", "sample_obj", "dist_obj", "choice"])
    probabilities = np.random.RandomState(7).rand(20, 4)
    probabilities[np.arange(20), np.repeat(np.arange(4), 5)] += 1
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    fitting = made_up_stimuli(pd.DataFrame({"stimulus_id": ["f0", "f1", "f2", "f3"], "image_label": OBJECTS}), 8.0)
    stimuli = made_up_stimuli(pd.DataFrame({"stimulus_id": ids, "image_label": truth}), 8.0)
    return stimuli, fitting, trials, dict(zip(ids, probabilities.tolist(), strict=True))


def test_golden_score() -> None:
    stimuli, fitting, trials, answers = experiment()
    assert trials["choice"].head(8).tolist() == ["o0", "o2", "o3", "o0", "o0", "o0", "o0", "o2"]
    score = score_on(
        BENCHMARK, TableSubject(answers), stimuli=stimuli, assembly=trials_of(trials, "choice"), fitting=fitting
    )
    assert score.raw == pytest.approx(0.2790542446985238, abs=1e-12)
    assert score.ceiling == pytest.approx(0.20985278977773336, abs=1e-12)
    assert score.value == pytest.approx(0.6247685537, abs=1e-9)
    assert score.values is not None
    np.testing.assert_allclose(score.values.sel(of="raw"), [0.2059262269, 0.3521822625], rtol=0, atol=1e-9)
    np.testing.assert_allclose(score.values.sel(of="ceiling"), [0.2388823297, 0.1808232498], rtol=0, atol=1e-9)
    assert (score.normalisation, score.clipped) == ("r/sqrt(c)", False)
    assert score.n == {"stimuli": 20, "fitting_stimuli": 4, "trials": 480, "objects": 4, "bootstraps": 1000}
    assert 0 < score.error < 1


@pytest.mark.parametrize(
    ("of", "undefined"),
    [
        ("behavioral_consistency", float("nan")),
        ("behavioral_consistency_ceiling", float("nan")),
        ("behavioral_consistency_ceiling", -0.1),
    ],
)
def test_a_halving_without_a_number_is_left_out_and_counted(
    of: str, undefined: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    stimuli, fitting, trials, answers = experiment()
    metric = getattr(protocol, of)

    def broken(*arguments: object, **settings: object) -> BehavioralConsistency:
        consistency: BehavioralConsistency = metric(*arguments, **settings)
        return consistency._replace(correlations=np.array([undefined, consistency.correlations[1]]))

    monkeypatch.setattr(protocol, of, broken)
    score = score_on(
        BENCHMARK, TableSubject(answers), stimuli=stimuli, assembly=trials_of(trials, "choice"), fitting=fitting
    )
    assert score.value == pytest.approx(0.8282097598, abs=1e-9)
    assert np.isfinite(score.error)
    assert score.n["undefined_repetitions"] == 1


def test_the_error_comes_from_the_score_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    stimuli, fitting, trials, answers = experiment()
    statistics = statistics_of_all_stimuli(monkeypatch, protocol)
    score = score_on(
        BENCHMARK, TableSubject(answers), stimuli=stimuli, assembly=trials_of(trials, "choice"), fitting=fitting
    )
    assert statistics == pytest.approx([score.value] * 2, abs=1e-9)


def test_the_decoder_sees_the_fitting_images_and_the_model_the_others_twice() -> None:
    stimuli, fitting, trials, answers = experiment()
    model = TableSubject(answers, screen=16.0)
    score_on(BENCHMARK, model, stimuli=stimuli, assembly=trials_of(trials, "choice"), fitting=fitting)
    task, learnt = model.asked
    assert task == "probabilities"
    assert isinstance(learnt, StimulusSet)
    assert learnt.table["image_label"].tolist() == OBJECTS
    assert (learnt.degrees, model.shown[0].degrees, model.trials) == (16.0, 16.0, [2])


def test_the_order_of_images_and_of_decoded_objects_does_not_matter() -> None:
    stimuli, fitting, trials, answers = experiment()
    one = score_on(
        BENCHMARK, TableSubject(answers), stimuli=stimuli, assembly=trials_of(trials, "choice"), fitting=fitting
    )
    reversed_answers = {name: list(reversed(list(np.array(values)))) for name, values in answers.items()}
    reversed_fitting = made_up_stimuli(fitting.table.iloc[::-1], 8.0)
    other = score_on(
        BENCHMARK,
        TableSubject(dict(reversed_answers)),
        stimuli=shuffled(stimuli),
        assembly=trials_of(trials, "choice"),
        fitting=reversed_fitting,
    )
    assert (one.value, one.raw, one.ceiling) == pytest.approx((other.value, other.raw, other.ceiling), abs=1e-12)
    assert one.error == pytest.approx(other.error, rel=0.2)


def clear_trials(repetitions: int) -> pd.DataFrame:
    """Return trials in which each image has distractors that are clearly easier or harder than others."""
    _, _, trials, _ = experiment()
    once = trials.iloc[:60]
    generator = np.random.RandomState(0)
    rate = generator.uniform(0.2, 0.9, len(once))
    return pd.concat(
        [
            once.assign(choice=np.where(generator.rand(60) < rate, once["sample_obj"], once["dist_obj"]))
            for _ in range(repetitions)
        ]
    )


def test_as_published_the_halves_depend_on_the_order_of_trials() -> None:
    stimuli, fitting, _, answers = experiment()
    trials = clear_trials(60)
    one, other = (
        score_on(BENCHMARK, TableSubject(answers), stimuli=stimuli, assembly=trials_of(each, "choice"), fitting=fitting)
        for each in (trials, trials.iloc[::-1])
    )
    assert one.raw != other.raw
    assert one.raw == pytest.approx(other.raw, abs=0.2)  # each half of the trials is another sample
    assert one.ceiling == pytest.approx(other.ceiling, abs=0.2)


def test_few_trials_of_an_image_are_enough_for_the_public_variant_alone() -> None:
    stimuli, fitting, _, answers = experiment()
    few = trials_of(clear_trials(4).sample(frac=0.9, random_state=0), "choice")
    score = score_on(PUBLIC, TableSubject(answers), stimuli=stimuli, assembly=few, fitting=fitting)
    assert np.isfinite([score.value, score.error]).all()
    assert score.ceiling > 0
    with pytest.raises(DataUnavailable, match=r"too few trials to compare its halves \(\d+ of \d+ d' are undefined"):
        score_on(BENCHMARK, TableSubject(answers), stimuli=stimuli, assembly=few, fitting=fitting)


def test_resampled_correlation_normalises_again_for_every_draw() -> None:
    generator = np.random.RandomState(0)
    shown = np.repeat(np.arange(3), 4)
    first, second = generator.randn(2, 12, 3)
    first[generator.rand(12, 3) < 0.1] = np.nan
    second[generator.rand(12, 3) < 0.2] = np.nan
    weights = generator.randint(0, 3, (5, 12)).astype(float)
    correlations = resampled_correlation(first, second, shown)(weights)
    for weight, correlation in zip(weights.astype(int), correlations, strict=True):
        rows = np.repeat(np.arange(12), weight)
        patterns = []
        for pattern in (pd.DataFrame(first[rows]), pd.DataFrame(second[rows])):
            both = np.isfinite(first[rows]) & np.isfinite(second[rows])
            patterns.append((pattern - pattern.groupby(shown[rows]).transform("mean")).to_numpy()[both])
        assert correlation == pytest.approx(np.corrcoef(*patterns)[0, 1], abs=1e-10)


def test_a_model_that_is_certain_everywhere_has_no_number() -> None:
    stimuli, fitting, trials, _ = experiment()
    certain = {
        name: [float(label == category) for category in OBJECTS]
        for name, label in stimuli.table[["stimulus_id", "image_label"]].to_numpy()
    }
    with pytest.raises(NoNumber):
        score_on(
            BENCHMARK,
            TableSubject(dict(certain)),
            stimuli=stimuli,
            assembly=trials_of(trials, "choice"),
            fitting=fitting,
        )


def test_objects_that_were_not_learnt_are_refused() -> None:
    stimuli, fitting, trials, answers = experiment()
    other = trials_of(trials.assign(dist_obj=trials["dist_obj"].replace("o3", "o9")), "choice")
    with pytest.raises(DataUnavailable, match="objects that are not among the 4"):
        score_on(BENCHMARK, TableSubject(answers), stimuli=stimuli, assembly=other, fitting=fitting)


@pytest.mark.parametrize("benchmark", [BENCHMARK, PUBLIC], ids=lambda each: each.identifier)
def test_data_are_looked_for_before_the_model_runs(monkeypatch: pytest.MonkeyPatch, benchmark: object) -> None:
    def absent(identifier: str) -> xarray.DataArray:
        raise DataUnavailable(f"{identifier} is not here.")

    monkeypatch.setattr(benchmark_data, "load_stimulus_set", lambda identifier, degrees: experiment()[0])
    monkeypatch.setattr(benchmark_data, "load_assembly", absent)
    with pytest.raises(DataUnavailable, match=r"Rajalingham2018\.(private|public) is not here"):
        benchmark(NeverAsked())  # type: ignore[operator]
