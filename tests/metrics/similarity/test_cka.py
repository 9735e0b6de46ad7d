"""Centred kernel alignment, unbiased and as first published."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pytest_brainscore.metrics.shared.aggregation import score_subsets
from pytest_brainscore.metrics.shared.splits import shuffle_splits
from pytest_brainscore.metrics.similarity.cka import cka, cka_biased


def published_example(stimuli: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    first = np.random.RandomState(4).standard_normal((stimuli, 30))
    return first, first[:, :20] + np.random.RandomState(5).standard_normal((stimuli, 20))


def test_published_values() -> None:
    assert cka(*published_example(12)) == pytest.approx(0.4040874075441831, abs=1e-11)
    assert cka_biased(*published_example(12)) == pytest.approx(0.7728108596257712, abs=1e-12)
    assert cka(*published_example(60)) == pytest.approx(0.3955605816734183, abs=1e-11)
    assert cka_biased(*published_example(60)) == pytest.approx(0.5694219476116326, abs=1e-12)


def test_published_value_over_parts_of_the_stimuli() -> None:
    splits = shuffle_splits(60, train_size=None, test_size=0.9, stratify=np.tile(["a", "b", "c"], 20))
    score = score_subsets(cka, *published_example(60), splits)
    assert score.value == pytest.approx(0.38764100865858064, abs=1e-11)
    assert score.error == pytest.approx(0.0034574898714641675, abs=1e-11)


def test_equals_the_definition() -> None:
    first, second = published_example(20)
    kernels = [first @ first.T, second @ second.T]
    centring = np.eye(20) - 1 / 20
    centred = [centring @ kernel @ centring for kernel in kernels]
    expected = (centred[0] * centred[1]).sum() / np.sqrt((centred[0] ** 2).sum() * (centred[1] ** 2).sum())
    assert cka_biased(first, second) == pytest.approx(expected, abs=1e-13)


def test_unrelated_responses_are_not_aligned_without_bias() -> None:
    first, second = (np.random.RandomState(seed).rand(200, 2000).astype(np.float32) for seed in (1, 2))
    assert abs(cka(first, second)) < 0.1
    assert cka_biased(first, second) > 0.9


@given(seed=st.integers(0, 10_000), stimuli=st.integers(5, 15), neuroids=st.integers(2, 12))
@settings(max_examples=30)
def test_alignment_is_symmetric_and_blind_to_rotation_scale_and_offset(seed: int, stimuli: int, neuroids: int) -> None:
    generator = np.random.default_rng(seed)
    first = generator.standard_normal((stimuli, neuroids))
    second = first + generator.standard_normal((stimuli, neuroids))
    rotation = np.linalg.qr(generator.standard_normal((neuroids, neuroids)))[0]
    for metric in (cka, cka_biased):
        value = metric(first, second)
        assert metric(second, first) == pytest.approx(value, abs=1e-12)
        assert metric(7 * first @ rotation + 3, second) == pytest.approx(value, abs=1e-8)
        assert metric(first, first) == pytest.approx(1, abs=1e-8) or metric(first, first) == 0
    assert 0 <= cka_biased(first, second) <= 1 + 1e-12


@pytest.mark.parametrize("exponent", [-500, -30, -20, 40, 500])
@pytest.mark.parametrize("metric", [cka, cka_biased])
def test_the_unit_has_no_influence(metric: Callable[..., float], exponent: int) -> None:
    first, second = published_example(12)
    assert metric(np.ldexp(first, exponent), second) == metric(first, second)


def test_responses_that_do_not_vary() -> None:
    second = published_example(12)[1]
    constant = np.full((12, 3), 0.1)
    assert cka(constant, second) == 0
    assert np.isnan(cka_biased(constant, second))


def test_bad_input_is_refused() -> None:
    first, second = published_example(12)
    with pytest.raises(ValueError, match="four or more stimuli"):
        cka(first[:3], second[:3])
    with pytest.raises(ValueError, match="the same four"):
        cka_biased(first, second[:11])
    first[2, 3] = np.nan
    with pytest.raises(ValueError, match="first in column 3"):
        cka(first, second)
