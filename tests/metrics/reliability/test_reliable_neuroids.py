"""Selection of reliable neuroids: a mean over splits above the threshold."""

from __future__ import annotations

import numpy as np
import pytest

from pytest_brainscore.metrics.reliability.internal_consistency import internal_consistency
from pytest_brainscore.metrics.reliability.reliable_neuroids import reliable_neuroids


def test_the_mean_over_splits_must_be_above_the_threshold_not_at_it() -> None:
    reliabilities = [[0.9, 0.5, 0.75, 0.7], [0.6, 0.8, 0.25, 0.9]]
    assert reliable_neuroids(reliabilities).tolist() == [True, False, False, True]
    assert reliable_neuroids(reliabilities, threshold=0.5).tolist() == [True, True, False, True]


def test_undefined_reliabilities_are_left_out_and_a_neuroid_without_any_is_not_reliable() -> None:
    assert reliable_neuroids([[np.nan, np.nan, -np.inf], [0.8, np.nan, 0.9]]).tolist() == [True, False, False]
    assert reliable_neuroids([[np.nan, -0.1]], threshold=-1).tolist() == [False, True]


def test_neuroids_that_follow_the_stimuli_are_found_among_those_of_noise() -> None:
    generator = np.random.default_rng(0)
    responses = generator.standard_normal((10, 60, 8))
    responses[:, :, :3] += 2 * generator.standard_normal((60, 3))
    responses[:, :, 7] = 1
    selected = reliable_neuroids(internal_consistency(responses).values)
    assert selected.tolist() == [True, True, True, False, False, False, False, False]


def test_no_neuroids_are_an_empty_selection_and_no_splits_are_refused() -> None:
    assert reliable_neuroids(np.empty((2, 0))).shape == (0,)
    for shape in [(0, 4), (4,)]:
        with pytest.raises(ValueError, match=r"give \(split, neuroid\)"):
            reliable_neuroids(np.empty(shape))
