"""How many stimuli, repetitions or neuroids tell two models apart."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from pytest_brainscore import power
from pytest_brainscore.benchmarks.own.power import Power
from pytest_brainscore.benchmarks.own.recording import score
from pytest_brainscore.errors import RecordingError

STIMULI, NEUROIDS, REPETITIONS = 200, 40, 6
World = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]


def world(seed: int, stimuli: int = STIMULI, neuroids: int = NEUROIDS, noise: float = 1.5) -> World:
    """Return features of two models, which know the causes of the responses about equally well, and a recording."""
    generator = np.random.default_rng(seed)
    causes = generator.standard_normal((stimuli, 30))
    weights = generator.standard_normal((30, neuroids)) / np.sqrt(30)
    first, second = (causes + spread * generator.standard_normal(causes.shape) for spread in (0.8, 0.85))
    recording = causes @ weights + noise * generator.standard_normal((REPETITIONS, stimuli, neuroids))
    return first, second, recording


@cache
def found(seed: int = 0, **settings: Any) -> Power:
    first, second, recording = world(seed)
    return power({"A": first, "B": second}, recording, "ridge", **settings)


@pytest.mark.walkthrough
def test_expected_errors_are_those_of_further_recordings() -> None:
    expected = [
        [each.errors[name]["stimuli"].error(STIMULI) for name in ("A", "B", "difference")]
        for each in map(found, range(5))
    ]
    scores = []
    for seed in range(100, 140):
        first, second, recording = world(seed)
        one, other = (
            score(each, recording.mean(axis=0), "ridge", ceiling=recording, subject=None, folds=5).value
            for each in (first, second)
        )
        scores.append((one, other, other - one))
    # 40 recordings know a deviation to a ninth, five estimates to a seventh; both are about a fifth.
    assert np.mean(expected, axis=0) == pytest.approx(np.std(scores, axis=0, ddof=1), rel=0.35)


def test_errors_fall_with_what_there_is_more_of() -> None:
    laws = found().errors["difference"]
    for axis in ("stimuli", "neuroids", "repetitions"):
        assert laws[axis].error(10) > laws[axis].error(1000)
    # All laws meet at what was recorded.
    at = [laws["stimuli"].error(STIMULI), laws["neuroids"].error(NEUROIDS), laws["repetitions"].error(REPETITIONS)]
    assert at == pytest.approx([at[0]] * 3)


def test_a_larger_difference_needs_less() -> None:
    small, large = (found(difference=each, over=("stimuli",)).needed("stimuli") for each in (0.01, 0.02))
    assert small == pytest.approx(4 * large, rel=0.01)


def test_for_these_neuroids_stimuli_alone_suffice_and_for_others_they_need_not() -> None:
    fixed, other = found(over=("stimuli",)), found()
    assert math.isfinite(fixed.needed("stimuli"))
    assert fixed.sentence().startswith("to tell .01 apart with power .8: ")
    assert "stimuli" in fixed.sentence()
    assert other.needed("stimuli") > fixed.needed("stimuli")


def test_where_one_kind_does_not_suffice_both_do() -> None:
    both = found(difference=0.002)
    assert "times as many stimuli and neuroids; more of one alone will not do" in both.sentence()
    variances, factor = both.variances, both.factor()
    error = math.sqrt((variances["stimuli"] + variances["neuroids"]) / factor + variances["responses"] / factor**2)
    assert 0.002 / error == pytest.approx(1.96 + 0.8416, rel=1e-3)


def test_without_repetitions_nothing_is_said_of_them() -> None:
    first, second, recording = world(0)
    once = power({"A": first, "B": second}, recording[0], "ridge", over=("stimuli",))
    assert set(once.recorded) == {"stimuli", "neuroids"}
    assert "repetitions" not in once.sentence()
    assert once.needed("repetitions") == math.inf


def test_names_join_features_and_recording_in_any_order() -> None:
    first, second, recording = world(0)
    names = [f"image{place:03d}" for place in range(STIMULI)]
    table = pd.DataFrame(recording[0], index=names, columns=[f"n{place}" for place in range(NEUROIDS)])
    shuffled = np.random.default_rng(1).permutation(STIMULI)
    features = {"A": pd.DataFrame(first, index=names).iloc[shuffled], "B": pd.DataFrame(second, index=names)}
    joined = power(features, table, "ridge", repeats=4)
    plain = power({"A": first, "B": second}, recording[0], "ridge", repeats=4)
    assert joined.scores[0].value == pytest.approx(plain.scores[0].value)
    assert joined.errors["difference"]["stimuli"].slope == pytest.approx(plain.errors["difference"]["stimuli"].slope)


def test_many_features_are_as_good_as_those_they_span() -> None:
    first, second, recording = world(0)
    rotation = np.linalg.qr(np.random.default_rng(2).standard_normal((500, 30)))[0]
    wide = power({"A": first @ rotation.T, "B": second @ rotation.T}, recording[0], "ridge", repeats=4)
    plain = power({"A": first, "B": second}, recording[0], "ridge", repeats=4)
    assert wide.scores[1].value == pytest.approx(plain.scores[1].value, abs=1e-3)


def test_it_is_the_same_every_time() -> None:
    first, second, recording = world(0)
    once, again = (power({"A": first, "B": second}, recording, "ridge", repeats=4) for _ in range(2))
    assert once.errors == again.errors


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"features": {"A": np.zeros((200, 3))}}, "two models"),
        ({"recording": np.zeros((30, 4)), "features": {"A": np.ones((30, 2)), "B": np.ones((30, 2))}}, "30 stimuli"),
        ({"metric": "rdm"}, "no number for each neuroid"),
        ({"over": ("people",)}, "other stimuli, other neuroids"),
        ({"features": {"A": np.ones((9, 2)), "B": np.ones((9, 2))}}, "9 stimuli do not fit the 200"),
    ],
)
def test_what_cannot_be_planned_is_refused(change: dict[str, object], words: str) -> None:
    first, second, recording = world(0)
    given: dict[str, object] = {"features": {"A": first, "B": second}, "recording": recording, "metric": "ridge"}
    with pytest.raises(RecordingError, match=words):
        power(**(given | change))  # type: ignore[arg-type]
