"""Cue conflict: shape match, texture match and shape bias."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_brainscore.metrics.behavior.cue_conflict import cue_conflict

CATEGORIES = st.sampled_from(["bear", "cat", "keyboard"])
STIMULI = st.lists(st.tuples(CATEGORIES, CATEGORIES, CATEGORIES), min_size=1).filter(
    lambda stimuli: any(shape != texture for _, shape, texture in stimuli)
)


def test_the_published_counts_of_resnet_50() -> None:
    # 1200 images with a conflict and 80 without; 790 answers name one of the cues, 169 of them the shape.
    answers = ["cat"] * 169 + ["dog"] * (790 - 169) + ["oven"] * (1200 - 790) + ["cat"] * 80
    shapes = ["cat"] * 1280
    textures = ["dog"] * 1200 + ["cat"] * 80
    result = cue_conflict(answers, shapes, textures)
    assert result.shape_match == pytest.approx(0.14083333, abs=5e-9)
    assert result.shape_bias == pytest.approx(0.21392405, abs=5e-9)
    assert result.stimuli == 1200


def test_answers_that_name_neither_cue_have_no_bias() -> None:
    result = cue_conflict(["dog"], ["cat"], ["bear"])
    assert result[:2] == (0, 0)
    assert math.isnan(result.shape_bias)


@given(stimuli=STIMULI, seed=st.integers(0, 99))
@settings(max_examples=50, deadline=None)
def test_exchanging_the_cues_exchanges_the_matches_in_any_order(stimuli: list[tuple[str, str, str]], seed: int) -> None:
    answers, shapes, textures = np.array(stimuli).T
    order = np.random.default_rng(seed).permutation(len(stimuli))
    result = cue_conflict(answers, shapes, textures)
    exchanged = cue_conflict(answers[order], textures[order], shapes[order])
    assert (result.shape_match, result.texture_match) == (exchanged.texture_match, exchanged.shape_match)
    assert result.shape_match + result.texture_match <= 1 + 1e-15
    if not math.isnan(result.shape_bias):
        assert result.shape_bias + exchanged.shape_bias == pytest.approx(1)


def test_bad_input_is_told() -> None:
    with pytest.raises(ValueError, match="one of each for every stimulus"):
        cue_conflict(["cat"], ["cat", "dog"], ["dog", "cat"])
    with pytest.raises(ValueError, match="No stimulus has a shape and a texture of different categories"):
        cue_conflict(["cat"], ["cat"], ["cat"])
    with pytest.raises(ValueError, match="No stimulus"):
        cue_conflict([], [], [])
