"""Hermann2020: shape or texture."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from pytest_brainscore.benchmarks import load_benchmark
from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.errors import DataUnavailable, NoNumber
from tests.support.given_data import score_on
from tests.support.subjects import GreyImage, GreySubject

MATCH = load_benchmark("Hermann2020cueconflict-shape_match")
BIAS = load_benchmark("Hermann2020cueconflict-shape_bias")
CATEGORIES = ("bear", "car", "knife")


def made_up(by_shape: int, by_texture: int, neither: int, without_conflict: int = 4) -> StimulusSet:
    """Return images of bears with the texture of cars, so many of which are answered in each way."""
    levels = [0] * by_shape + [1] * by_texture + [2] * neither + [0] * without_conflict
    conflicts = by_shape + by_texture + neither
    shapes = ["bear"] * conflicts + ["bear", "car", "knife"] * without_conflict
    textures = ["car"] * conflicts + ["bear", "car", "knife"] * without_conflict
    levels += [0] * (len(shapes) - len(levels))
    table = pd.DataFrame(
        {
            "stimulus_id": [f"image-{number}" for number in range(len(shapes))],
            "original_image_category": shapes,
            "conflict_image_category": textures,
        }
    )
    return StimulusSet("Geirhos2021_cue-conflict", table, tuple(map(GreyImage, levels)), 3.0)


def test_shape_match_is_a_share_of_the_images_with_a_conflict() -> None:
    score = score_on(MATCH, GreySubject(), stimuli=made_up(6, 3, 11))
    assert score.value == pytest.approx(6 / 20)
    assert score.error == pytest.approx(math.sqrt(0.3 * 0.7 / 20))
    assert score.n == {"stimuli": 20}


def test_shape_bias_is_a_share_of_the_answers_that_name_a_cue() -> None:
    score = score_on(BIAS, GreySubject(), stimuli=made_up(60, 30, 110))
    assert score.value == pytest.approx(60 / 90)
    # Nearly that of a share of 90 answers; their number varies as well, which changes little.
    assert score.error == pytest.approx(math.sqrt(2 / 3 * 1 / 3 / 90), rel=0.1)
    assert score.n == {"stimuli": 200, "decided": 90, "bootstraps": 1000}


def test_images_fill_the_input() -> None:
    subject = GreySubject()
    score_on(MATCH, subject, stimuli=made_up(1, 1, 1))
    assert set(subject.sizes) == {(24, 24, 3)}


def test_the_same_images_give_the_same_bits() -> None:
    assert score_on(BIAS, GreySubject(), stimuli=made_up(6, 3, 1)) == score_on(
        BIAS, GreySubject(), stimuli=made_up(6, 3, 1)
    )


def test_a_model_that_names_neither_cue_has_no_bias_but_a_shape_match() -> None:
    assert score_on(MATCH, GreySubject(), stimuli=made_up(0, 0, 5)).value == 0
    with pytest.raises(NoNumber, match="neither the shape nor the texture"):
        score_on(BIAS, GreySubject(), stimuli=made_up(0, 0, 5))


def test_images_without_their_texture_are_refused() -> None:
    stimuli = made_up(1, 1, 1)
    del stimuli.table["conflict_image_category"]
    with pytest.raises(DataUnavailable, match="conflict_image_category"):
        score_on(MATCH, GreySubject(), stimuli=stimuli)
