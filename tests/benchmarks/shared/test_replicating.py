"""Bootstrap values of scores: the same draws for every model, whatever the order of rows and the number of threads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from threadpoolctl import threadpool_limits

from pytest_brainscore.benchmarks import load_benchmark
from pytest_brainscore.benchmarks.own.recording import score as score_own
from pytest_brainscore.benchmarks.shared.neural_predictivity import predictivity_score
from pytest_brainscore.benchmarks.shared.recordings import Recording
from pytest_brainscore.benchmarks.shared.replicating import stimulus_units, with_replicates
from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.errors import BenchmarkError
from pytest_brainscore.inference.answers import accuracy_design
from pytest_brainscore.inference.differences import paired_difference, score_error
from pytest_brainscore.scoring.score import Score
from tests.support.table_models import TableModel, stimuli_named

IMAGES, NEUROIDS, UNITS = 80, 6, 30
IDS = np.array([f"{(37 * image) % IMAGES:03d}" for image in range(IMAGES)])
DRAW = np.random.default_rng(0)
FEATURES = DRAW.standard_normal((IMAGES, UNITS)).astype(np.float32)
SIGNAL = FEATURES[:, :8] @ DRAW.standard_normal((8, NEUROIDS))
SINGLE = SIGNAL + 3 * DRAW.standard_normal((6, IMAGES, NEUROIDS))
try:
    BENCHMARK = load_benchmark("Cowley2023.210325.V4-pls")
except BenchmarkError:
    pytest.skip("the recordings of Cowley2023 are not on this machine", allow_module_level=True)


def recording() -> Recording:
    order = np.argsort(IDS)
    names = {"neuroid_id": np.array([f"n{number}" for number in range(NEUROIDS)])}
    return Recording("made up", SINGLE[:, order], IDS[order], None, names)


def predicted(features: Any = FEATURES, *, order: Any = None) -> Score:
    rows = np.arange(IMAGES) if order is None else order
    stimuli: StimulusSet = stimuli_named([str(IDS[row]) for row in rows], BENCHMARK.visual_degrees)
    model = TableModel(dict(zip(IDS.tolist(), features, strict=True)))
    return predictivity_score(BENCHMARK, model, recording(), stimuli, (70, 170))


def test_values_are_about_the_score_and_as_wide_as_its_error() -> None:
    score = predicted()
    assert score.replicates is not None
    assert score.replicates.score == score.value
    assert score.replicates.values.shape == (1000,)
    error = score_error(score.replicates)
    assert abs(score.replicates.values.mean() - score.value) < error
    assert 0 < error < 0.5


def test_they_do_not_depend_on_the_order_of_the_images_or_on_threads() -> None:
    first = predicted().replicates
    with threadpool_limits(2):
        other = predicted(order=np.random.default_rng(1).permutation(IMAGES)).replicates
    assert first is not None
    assert other is not None
    assert first.values.tobytes() == other.values.tobytes()
    assert first.parts.tobytes() == other.parts.tobytes()


def test_a_model_is_exactly_as_good_as_itself_and_noise_is_worse() -> None:
    one = predicted().replicates
    noisy = predicted(FEATURES + 2 * np.random.default_rng(2).standard_normal(FEATURES.shape).astype("f4")).replicates
    assert one is not None
    assert noisy is not None
    same = paired_difference(one, one)
    assert (same.value, same.error, same.p) == (0.0, 0.0, 1.0)
    worse = paired_difference(one, noisy)
    assert worse.high < 0
    assert worse.error < np.hypot(score_error(one), score_error(noisy))


def test_float32_holds_them() -> None:
    found = predicted().replicates
    assert found is not None
    np.testing.assert_array_equal(found.values.astype(np.float32).astype(np.float64), found.values)


def accuracy(correct: Any, error: float = 0.01, benchmark: str = "Geirhos2021edge-top1") -> Score:
    share = float(np.mean(correct))
    score = Score(value=share, error=error, raw=share, ceiling=1.0, normalisation="r/c", n={"stimuli": len(correct)})
    return with_replicates(score, accuracy_design(correct, stimulus_units(load_benchmark(benchmark), np.arange(40))))


def test_a_draw_counts_images_as_often_as_they_were_drawn() -> None:
    correct = np.arange(40) % 3 == 0
    found = accuracy(correct).replicates
    drawn = stimulus_units(load_benchmark("Geirhos2021edge-top1"), np.arange(40))
    expected = drawn.weights(0, 1000) @ drawn.sort(correct.astype(float)) / 40
    expected = correct.mean() + np.sqrt(40 / 39) * (expected - correct.mean())
    assert found is not None
    np.testing.assert_allclose(found.values, expected, rtol=0, atol=np.abs(expected - correct.mean()).max() / 2048)


def test_benchmarks_on_the_same_images_draw_the_same_ones() -> None:
    correct = np.arange(40) % 3 == 0
    top1 = accuracy(correct).replicates
    consistency = accuracy(correct, benchmark="Geirhos2021edge-error_consistency").replicates
    other = accuracy(correct, benchmark="Geirhos2021silhouette-top1").replicates
    assert top1 is not None
    assert consistency is not None
    assert other is not None
    np.testing.assert_array_equal(top1.values, consistency.values)
    assert (top1.values != other.values).any()


def test_what_is_too_little_for_an_error_is_too_little_for_them() -> None:
    assert accuracy(np.arange(40) % 3 == 0, error=float("nan")).replicates is None


def test_predictivity_says_what_stimuli_and_neuroids_contribute() -> None:
    score = predicted()
    assert score.attribution is not None
    stimuli, neuroids = score.attribution.parts
    assert (stimuli.kind, neuroids.kind) == ("stimulus", "neuroid")
    assert sorted(stimuli.names) == sorted(IDS)
    for part in (stimuli, neuroids):
        assert part.values.sum() == pytest.approx(score.value, abs=1e-9)
        assert part.values.std() > 0


def test_they_are_no_part_of_a_score() -> None:
    score = predicted()
    assert score == replace(score, replicates=None, attribution=None)
    assert "replicates" not in repr(score)
    assert "attribution" not in repr(score)


@pytest.mark.parametrize("metric", ["pls", "reverse_pls", "ridge", "linear", "neuron_to_neuron", "rdm"])
def test_a_recording_of_ones_own_has_them_in_any_order(metric: str) -> None:
    settings: dict[str, Any] = {"components": 5} if metric.endswith("pls") else {}
    features = pd.DataFrame(FEATURES, index=list(IDS))
    responses = pd.DataFrame(SINGLE.mean(axis=0), index=list(IDS))
    one = score_own(features, responses, metric, **settings)
    other = score_own(features[::-1], responses.sample(frac=1, random_state=0), metric, **settings)
    assert one.replicates is not None
    assert other.replicates is not None
    assert one.replicates.score == one.value
    assert abs(one.replicates.values.mean() - one.value) < 3 * score_error(one.replicates)
    np.testing.assert_array_equal(one.replicates.values, other.replicates.values)


def test_several_subjects_are_drawn_beside_their_stimuli() -> None:
    names = ["ann", "ann", "ann", "bob", "bob", "bob"]
    score = score_own(FEATURES, SINGLE.mean(axis=0), "pls", components=5, subject=names)
    alone = [
        score_own(FEATURES, SINGLE.mean(axis=0)[:, [each == name for each in names]], "pls", components=5)
        for name in ("ann", "bob")
    ]
    assert score.value == pytest.approx(np.mean([each.value for each in alone]))
    assert score.replicates is not None
    values = [each.replicates.values for each in alone if each.replicates is not None]
    people = np.unique(score.replicates.values - np.mean(values, axis=0) - 0.0)
    between = np.sqrt(2) * (alone[0].value - alone[1].value) / 2
    # Of two people one is drawn twice, the other, or both.
    for drawn in (-between, 0, between):
        assert np.abs(people - drawn).min() < 0.01 * abs(between) + 1e-4
    assert score.attribution is not None
    (part,) = score.attribution.parts
    assert part.names.tolist() == ["ann", "bob"]
    assert part.values == pytest.approx([each.value / 2 for each in alone])


def _number(features: Any, recording: Any) -> float:
    return 0.5


@pytest.mark.parametrize("metric", ["cka", "rdm_cv", _number])
def test_metrics_without_them_have_none(metric: str | Callable[..., float]) -> None:
    assert score_own(FEATURES, SINGLE.mean(axis=0), metric).replicates is None
