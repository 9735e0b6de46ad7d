"""How alike subjects are, pair by pair: golden values, and too few subjects."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from pytest_brainscore.metrics.similarity.cka import cka, cka_biased
from pytest_brainscore.metrics.similarity.pair_ceiling import Similarity, pair_ceiling
from pytest_brainscore.metrics.similarity.rdm import representational_dissimilarity, rsa_ceiling

LATENT = np.random.RandomState(4).standard_normal((12, 30))[:, :8]
NOISY = [LATENT + np.random.RandomState(20 + subject).standard_normal((12, 8)) for subject in range(5)]


@pytest.mark.parametrize(
    ("similarity", "value", "error", "pairs"),
    [
        (cka, 0.149150389183, 0.032095830237, [0.0851799802, 0.1765239740, 0.1857472133]),
        (cka_biased, 0.516807640106, 0.036652783689, [0.4457814524, 0.5366127696, 0.5680286984]),
    ],
    ids=["unbiased", "biased"],
)
def test_golden_values(similarity: Similarity, value: float, error: float, pairs: list[float]) -> None:
    found = pair_ceiling(NOISY[:3], similarity)
    assert (found.value, found.error) == pytest.approx((value, error), abs=1e-10)
    np.testing.assert_allclose(found.pairs, pairs, rtol=0, atol=1e-9)


def test_two_subjects_are_one_pair_without_a_spread() -> None:
    found = pair_ceiling(NOISY[:2])
    assert found.value == pytest.approx(0.085179980192, abs=1e-10)
    assert found.error == 0


def test_one_subject_has_no_pair() -> None:
    with pytest.raises(ValueError, match="make no pair"):
        pair_ceiling(NOISY[:1])


@pytest.mark.parametrize(
    ("subjects", "upper", "lower"),
    [
        (NOISY[:1], 1, float("nan")),
        (NOISY[:2], 0.663271057301, -0.080931009289),
        (NOISY[:3], 0.584357930627, 0.031694673486),
        (NOISY, 0.563970358000, 0.243586264482),
        ([LATENT] * 3, 1, 1),
    ],
    ids=["one", "two", "three", "five", "alike"],
)
def test_golden_bounds_of_dissimilarities(subjects: list[NDArray[np.float64]], upper: float, lower: float) -> None:
    found = rsa_ceiling([representational_dissimilarity(each) for each in subjects])
    np.testing.assert_allclose(found, (upper, lower), rtol=0, atol=1e-10)
