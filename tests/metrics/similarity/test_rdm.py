"""Dissimilarity matrices, their comparison, and the ceiling from several subjects."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from pytest_brainscore.metrics.shared.aggregation import score_subsets
from pytest_brainscore.metrics.shared.splits import shuffle_splits
from pytest_brainscore.metrics.similarity import rdm
from pytest_brainscore.metrics.similarity.rdm import rdm_similarity, representational_dissimilarity, rsa_ceiling


def published_example(stimuli: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    first = np.random.RandomState(4).standard_normal((stimuli, 30))
    return first, first[:, :20] + np.random.RandomState(5).standard_normal((stimuli, 20))


def similarity(first: NDArray[np.generic], second: NDArray[np.generic]) -> float:
    return rdm_similarity(representational_dissimilarity(first), representational_dissimilarity(second))


def test_published_matrix() -> None:
    matrix = representational_dissimilarity(np.array([[1, 2], [1, 2], [4, 3], [4, 3]]))
    np.testing.assert_allclose(matrix, np.kron([[0, 2], [2, 0]], np.ones((2, 2))), rtol=0, atol=1e-15)
    first = representational_dissimilarity(published_example(12)[0])[0, 1:5]
    np.testing.assert_allclose(first, [1.2956423781, 0.9355710255, 1.1885232511, 0.9412777318], rtol=0, atol=1e-10)


def test_published_similarity() -> None:
    assert similarity(*published_example(12)) == pytest.approx(0.1465609017847824, abs=1e-12)
    assert similarity(*published_example(60)) == pytest.approx(0.35220806941895555, abs=1e-12)


def test_published_similarity_over_parts_of_the_stimuli() -> None:
    splits = shuffle_splits(60, train_size=None, test_size=0.9, stratify=np.tile(["a", "b", "c"], 20))
    assert {split.test.size for split in splits} == {54}
    score = score_subsets(similarity, *published_example(60), splits)
    assert score.value == pytest.approx(0.34565900182059134, abs=1e-12)
    assert score.error == pytest.approx(0.0039398707149523385, abs=1e-12)


def test_published_ceiling() -> None:
    responses = np.random.RandomState(4).standard_normal((12, 30))[:, :8]
    matrices = [
        representational_dissimilarity(responses + np.random.RandomState(20 + k).standard_normal((12, 8)))
        for k in range(3)
    ]
    ceiling = rsa_ceiling(matrices)
    assert ceiling.upper == pytest.approx(0.5843579306265875, abs=1e-12)
    assert ceiling.lower == pytest.approx(0.03169467348571827, abs=1e-12)


def test_equals_numpy_and_scipy() -> None:
    first, second = published_example(25)
    matrices = [np.asarray(1 - np.corrcoef(responses)) for responses in (first, second)]
    np.testing.assert_allclose(representational_dissimilarity(first), matrices[0], rtol=0, atol=1e-14)
    above = np.triu_indices(25, 1)
    expected = stats.spearmanr(matrices[0][above], matrices[1][above])[0]
    assert similarity(first, second) == pytest.approx(expected, abs=1e-13)


def test_a_memory_mapped_file_is_read_in_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rdm, "_BLOCK_BYTES", 8 * 12 * 7)
    stored = np.memmap(tmp_path / "responses", dtype=np.float32, mode="w+", shape=(12, 30))
    stored[:] = published_example(12)[0]
    expected = 1 - np.corrcoef(np.asarray(stored, dtype=np.float64))
    np.testing.assert_allclose(representational_dissimilarity(stored), expected, rtol=0, atol=1e-13)


@given(seed=st.integers(0, 10_000), stimuli=st.integers(3, 12), neuroids=st.integers(2, 20))
@settings(max_examples=40)
def test_a_matrix_is_symmetric_bounded_and_blind_to_order_gain_and_offset(
    seed: int, stimuli: int, neuroids: int
) -> None:
    generator = np.random.default_rng(seed)
    responses = generator.standard_normal((stimuli, neuroids))
    matrix = representational_dissimilarity(responses)
    np.testing.assert_allclose(matrix, matrix.T, rtol=0, atol=1e-14)
    assert (matrix.diagonal() == 0).all()
    assert ((matrix >= 0) & (matrix <= 2)).all()
    gain, offset = generator.uniform(0.5, 2, (stimuli, 1)), generator.uniform(-3, 3, (stimuli, 1))
    changed = (gain * responses + offset)[:, generator.permutation(neuroids)]
    np.testing.assert_allclose(representational_dissimilarity(changed), matrix, rtol=0, atol=1e-11)


def test_a_stimulus_without_a_pattern_has_no_dissimilarities() -> None:
    responses = published_example(12)[0]
    responses[3] = 0.1
    responses[5, 2] = np.nan
    matrix = representational_dissimilarity(responses)
    without = np.isin(np.arange(12), [3, 5])
    np.testing.assert_array_equal(np.isnan(matrix), without | without[:, None])
    assert np.isnan(rdm_similarity(matrix, matrix))


def test_matrices_that_do_not_fit_are_refused() -> None:
    matrix = representational_dissimilarity(published_example(12)[0])
    with pytest.raises(ValueError, match="different numbers of stimuli"):
        rdm_similarity(matrix, matrix[:11, :11])
    with pytest.raises(ValueError, match="diagonal of 0"):
        rdm_similarity(matrix, 1 - matrix)
    with pytest.raises(ValueError, match="three or more stimuli"):
        rdm_similarity(matrix[:2, :2], matrix[:2, :2])
    with pytest.raises(ValueError, match="Nobody has no ceiling"):
        rsa_ceiling(matrix[:0, None, None])
    with pytest.raises(ValueError, match="two or more of each"):
        representational_dissimilarity(np.ones((5, 1)))


@pytest.mark.parametrize(
    ("subjects", "upper", "lower"),
    [
        (1, 1, np.nan),
        (2, 0.663271057301, -0.080931009289),
        (3, 0.584357930627, 0.031694673486),
        (5, 0.563970358000, 0.243586264482),
    ],
)
def test_the_published_bounds_of_some_subjects(subjects: int, upper: float, lower: float) -> None:
    shared = published_example(12)[0][:, :8]
    noise = [np.random.RandomState(20 + subject).standard_normal((12, 8)) for subject in range(subjects)]
    found = rsa_ceiling([representational_dissimilarity(shared + each) for each in noise])
    assert (found.upper, found.lower) == pytest.approx((upper, lower), abs=1e-10, nan_ok=True)


def test_bounds_of_the_same_subject_three_times_and_of_one_without_dissimilarities() -> None:
    matrix = representational_dissimilarity(published_example(12)[0][:, :8])
    assert rsa_ceiling([matrix] * 3) == pytest.approx((1, 1))
    undefined = np.full((12, 12), np.nan)
    assert np.isnan(rsa_ceiling([matrix, matrix, undefined])).all()


def test_rounding_is_not_ranked() -> None:
    """Of two neuroids all dissimilarities are 0 or 2, but for rounding."""
    generator = np.random.default_rng(0)
    two, others = generator.standard_normal((12, 2)), generator.standard_normal((12, 30))
    computed = representational_dissimilarity(two)
    assert np.unique(computed[np.triu_indices(12, 1)]).size > 2
    above = np.triu_indices(12, 1)
    expected = stats.spearmanr(np.round(computed[above]), representational_dissimilarity(others)[above])[0]
    assert rdm_similarity(computed, representational_dissimilarity(others)) == pytest.approx(expected, abs=1e-13)
    assert rdm_similarity(1e-9 * computed, representational_dissimilarity(others)) == pytest.approx(expected, abs=1e-13)


def test_a_matrix_without_a_pattern_has_no_similarity_whatever_its_rounding() -> None:
    generator = np.random.default_rng(0)
    flat = 1 + 1e-16 * generator.integers(-3, 4, (12, 12))
    np.fill_diagonal(flat, 0)
    other = representational_dissimilarity(generator.standard_normal((12, 30)))
    assert np.isnan(rdm_similarity(flat, other))
    assert np.isnan(rsa_ceiling([flat, flat.T]).upper)


def test_small_differences_that_are_no_rounding_are_ranked() -> None:
    generator = np.random.default_rng(0)
    matrices = [1 + 1e-6 * np.abs(generator.standard_normal((12, 12))) for _ in range(2)]
    for matrix in matrices:
        np.fill_diagonal(matrix, 0)
    above = np.triu_indices(12, 1)
    expected = stats.spearmanr(matrices[0][above], matrices[1][above])[0]
    assert rdm_similarity(*matrices) == pytest.approx(expected, abs=1e-13)
