"""Error consistency: scikit-learn's kappa, published examples, and the 17 human ceilings of Geirhos et al. (2021)."""

from __future__ import annotations

import warnings
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from sklearn.metrics import cohen_kappa_score

from pytest_brainscore.metrics.behavior.error_consistency import (
    cohen_kappa,
    error_consistency,
    error_consistency_ceiling,
)
from tests.support.observers import CONDITIONS, SUBJECTS, synthetic_observers
from tests.support.trial_tables import TrialTable, read_trial_tables

CORRECTNESS = arrays(np.bool_, (3, 12))

# Per experiment: the conditions that are left out (controls, or accuracies below .2) and the published ceiling.
EXPERIMENTS = {
    "colour": (("cr",), 0.41543),
    "contrast": (("c100", "c03", "c01"), 0.43703),
    "cue-conflict": ((), 0.33105),
    "edge": ((), 0.31844),
    "eidolonI": (("1-10-10", "64-10-10", "128-10-10"), 0.38634),
    "eidolonII": (("1-3-10", "32-3-10", "64-3-10", "128-3-10"), 0.45402),
    "eidolonIII": (("1-0-10", "16-0-10", "32-0-10", "64-0-10", "128-0-10"), 0.45953),
    "false-colour": (("true",), 0.44405),
    "high-pass": (("inf", "0.55", "0.45", "0.4"), 0.44014),
    "low-pass": (("0", "15", "40"), 0.46888),
    "phase-scrambling": (("0", "150", "180"), 0.44667),
    "power-equalisation": (("0",), 0.51063),
    "rotation": (("0",), 0.43851),
    "silhouette": ((), 0.47571),
    "sketch": ((), 0.36962),
    "stylized": ((), 0.50058),
    "uniform-noise": (("0.00", "0.60", "0.90"), 0.43406),
}


def test_kappa_equals_scikit_learn_for_all_pairs_at_once() -> None:
    generator = np.random.default_rng(0)
    first, second = generator.random((2, 20, 60)) < generator.random((2, 20, 1))
    expected = [cohen_kappa_score(one, other) for one, other in zip(first, second, strict=True)]
    np.testing.assert_allclose(cohen_kappa(first, second), expected, rtol=0, atol=1e-14)
    np.testing.assert_array_equal(cohen_kappa(first[0], second)[3], cohen_kappa(first[0], second[3]))


@pytest.mark.parametrize("answer", [True, False])
def test_observers_that_are_always_right_or_always_wrong_have_no_kappa(answer: bool) -> None:
    always = np.full(7, answer)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.isnan(cohen_kappa(always, always))
    assert cohen_kappa(always, ~always) == 0
    assert cohen_kappa(always, np.arange(7) % 2 == 0) == 0


def test_the_published_example() -> None:
    result = error_consistency(SUBJECTS[0], SUBJECTS, CONDITIONS)
    assert result.value == pytest.approx(0.2, abs=1e-15)
    assert result.deviation == pytest.approx(0.5713142742834281, abs=1e-15)
    np.testing.assert_allclose(result.kappas, [[np.nan, 0, np.nan], [np.nan, np.nan, 0], [1, -0.8, 0]], atol=1e-15)
    np.testing.assert_array_equal(result.conditions, [1, 2, 3])


def test_the_ceiling_of_the_published_example_drops_the_sign() -> None:
    ceiling = error_consistency_ceiling(SUBJECTS, CONDITIONS)
    assert ceiling.value == pytest.approx(0.13333333333333333, abs=1e-15)
    assert ceiling.signed == -ceiling.value
    assert ceiling.deviation == pytest.approx(0.2799416848895061, abs=1e-15)
    np.testing.assert_allclose(ceiling.kappas, [[0, np.nan, 0], [np.nan, 0, 0], [-0.8, 0, 0]], atol=1e-15)


def test_golden_values_of_random_observers() -> None:
    model, subjects, conditions = synthetic_observers()
    result = error_consistency(model, subjects, conditions)
    expected = [[-0.1724137931, -0.2, -0.0303030303], [-0.1724137931, 0.0666666667, -0.0666666667]]
    np.testing.assert_allclose(result.kappas, expected, rtol=0, atol=1e-10)
    assert result.value == pytest.approx(0.09585510275165467, abs=1e-15)
    assert result.signed == -result.value
    assert result.deviation == pytest.approx(0.09498332335897289, abs=1e-15)
    ceiling = error_consistency_ceiling(subjects, conditions)
    assert ceiling.value == pytest.approx(0.06210591088242201, abs=1e-15)
    assert ceiling.deviation == pytest.approx(0.08551708853326684, abs=1e-15)


def test_conditions_are_averaged_before_subjects() -> None:
    # One subject lacks a kappa: the mean of all kappas would weigh the other one twice.
    result = error_consistency(SUBJECTS[0], SUBJECTS[:2], CONDITIONS)
    assert result.signed == pytest.approx(np.mean([1, np.mean([0, -0.8])]))


def test_without_conditions_all_stimuli_are_of_one() -> None:
    model, subjects, _ = synthetic_observers()
    result = error_consistency(model, subjects)
    assert result.kappas.shape == (1, 3)
    assert result.signed == pytest.approx(np.mean([cohen_kappa_score(model, subject) for subject in subjects]))


def test_no_kappa_at_all_is_nan_and_no_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = error_consistency(np.ones(4, dtype=bool), np.ones((2, 4), dtype=bool))
    assert np.isnan([result.value, result.signed, result.deviation]).all()
    assert np.isnan(result.kappas).all()


@given(subjects=CORRECTNESS, seed=st.integers(0, 99))
@settings(max_examples=60, deadline=None)
def test_the_order_of_trials_does_not_matter(subjects: NDArray[np.bool_], seed: int) -> None:
    order = np.random.default_rng(seed).permutation(12)
    conditions = np.repeat(["a", "b"], 6)
    for one, other in (
        (
            error_consistency(subjects[0], subjects, conditions),
            error_consistency(subjects[0, order], subjects[:, order], conditions[order]),
        ),
        (
            error_consistency_ceiling(subjects, conditions),
            error_consistency_ceiling(subjects[:, order], conditions[order]),
        ),
    ):
        for before, after in zip(one, other, strict=True):
            np.testing.assert_array_equal(before, after)


@given(subjects=CORRECTNESS)
@settings(max_examples=60, deadline=None)
def test_kappa_is_symmetric_bounded_and_the_same_for_errors(subjects: NDArray[np.bool_]) -> None:
    first, second, _ = subjects
    kappa = cohen_kappa(first, second)
    np.testing.assert_array_equal(kappa, cohen_kappa(second, first))
    np.testing.assert_array_equal(kappa, cohen_kappa(~first, ~second))
    assert np.isnan(kappa) or -1 <= kappa <= 1
    assert cohen_kappa(first, first) == 1 or first.all() or not first.any()


@given(subjects=CORRECTNESS)
@settings(max_examples=30, deadline=None)
def test_the_ceiling_compares_every_pair_of_subjects_once(subjects: NDArray[np.bool_]) -> None:
    ceiling = error_consistency_ceiling(subjects)
    pairs = [cohen_kappa(left, right) for left, right in combinations(subjects, 2)]
    np.testing.assert_array_equal(ceiling.kappas[0], pairs)


def test_bad_input_is_told() -> None:
    with pytest.raises(ValueError, match="booleans"):
        cohen_kappa([1, 0], [True, False])
    with pytest.raises(ValueError, match="3 and of 2 stimuli"):
        cohen_kappa(np.ones(3, dtype=bool), np.ones(2, dtype=bool))
    with pytest.raises(ValueError, match="at least one"):
        cohen_kappa(np.ones(0, dtype=bool), np.ones(0, dtype=bool))
    with pytest.raises(ValueError, match=r"booleans \(subject, stimulus\)"):
        error_consistency(SUBJECTS[0], SUBJECTS[0])
    with pytest.raises(ValueError, match="8 stimuli cannot be compared with subjects with 9"):
        error_consistency(SUBJECTS[0, :8], SUBJECTS)
    with pytest.raises(ValueError, match="do not fit 9 stimuli"):
        error_consistency(SUBJECTS[0], SUBJECTS, [1, 2, 3])
    with pytest.raises(ValueError, match="at least two"):
        error_consistency_ceiling(SUBJECTS[:1])


@pytest.fixture
def human_trials(reference_data: Path) -> Path:
    """Return the folder of the trial tables of Geirhos et al. (2021)."""
    folder = reference_data / "geirhos2021" / "human"
    if not folder.is_dir():
        pytest.skip("the data folder has no trial tables of Geirhos et al. (2021)")
    return folder


def kept_trials(folder: Path, experiment: str) -> TrialTable:
    return read_trial_tables(folder / experiment).without(*EXPERIMENTS[experiment][0])


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_human_ceilings_are_the_published_ones(human_trials: Path, experiment: str) -> None:
    trials = kept_trials(human_trials, experiment)
    ceiling = error_consistency_ceiling(trials.correct, trials.conditions)
    assert ceiling.signed == pytest.approx(EXPERIMENTS[experiment][1], abs=1e-5)
    assert ceiling.kappas.shape[1] == len(trials.subjects) * (len(trials.subjects) - 1) // 2


def test_the_mean_of_all_human_ceilings_is_the_published_one(human_trials: Path) -> None:
    values = []
    for experiment in EXPERIMENTS:
        trials = kept_trials(human_trials, experiment)
        values.append(error_consistency_ceiling(trials.correct, trials.conditions).value)
    assert np.mean(values) == pytest.approx(0.43122, abs=1e-5)
