"""Specification of receptive-field centres."""

from __future__ import annotations

import tracemalloc
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pytest_brainscore.metrics.tuning.receptive_field import receptive_field_centres

GRID = np.linspace(-2.5, 2.5, 21)
Y_DEGREES = np.array([-2.0, -1.0, 0.5, 1.0])
X_DEGREES = np.array([0.0, 0.25, 0.5, 1.5, 3.0])

seeds = st.integers(0, 2**32 - 1)


def random_maps(seed: int, neuroids: int = 12) -> NDArray[np.float64]:
    """Responses of which half are below the blank."""
    return np.random.default_rng(seed).normal(size=(len(Y_DEGREES), len(X_DEGREES), neuroids))


def centre_of_one_map(response_map: NDArray[np.float64], threshold: float) -> tuple[float, float]:
    """Follow the definition, for one neuroid, position by position."""
    included = [
        (i, j) for i, j in np.ndindex(*response_map.shape) if response_map[i, j] > threshold * response_map.max()
    ]
    weights = np.array([response_map[place] for place in included])
    row, column = (np.array(included) * weights[:, np.newaxis]).sum(axis=0) / weights.sum()
    return (
        float(np.interp(row, range(len(Y_DEGREES)), Y_DEGREES)),
        float(np.interp(column, range(len(X_DEGREES)), X_DEGREES)),
    )


@pytest.mark.parametrize("threshold", [0.05, 0.5])
def test_centres_equal_a_plain_loop_over_neuroids(threshold: float) -> None:
    maps = random_maps(0, neuroids=60)
    expected = [centre_of_one_map(maps[:, :, n], threshold) for n in range(60)]
    centres = receptive_field_centres(maps, Y_DEGREES, X_DEGREES, threshold)
    np.testing.assert_allclose(centres, expected, rtol=1e-9, atol=1e-12)


def test_a_neuroid_driven_by_one_position_has_its_centre_there() -> None:
    maps = np.eye(441).reshape(21, 21, 441)
    y, x = np.meshgrid(GRID, GRID, indexing="ij")
    centres = receptive_field_centres(maps, GRID, GRID)
    np.testing.assert_allclose(centres, np.column_stack([y.ravel(), x.ravel()]), atol=1e-12)


def test_the_centre_of_a_gaussian_map_is_found_between_the_grid_positions() -> None:
    y, x = np.meshgrid(GRID, GRID, indexing="ij")
    maps = np.exp(-((y - 0.4) ** 2 + (x + 0.3) ** 2) / 0.5)[:, :, np.newaxis]
    assert receptive_field_centres(maps, GRID, GRID, threshold=0) == pytest.approx(np.array([[0.4, -0.3]]), abs=1e-3)


def test_positions_up_to_the_threshold_do_not_count() -> None:
    maps = np.zeros((1, 3, 2))
    maps[0, :, 0] = [1, 0.05, 0]
    maps[0, :, 1] = [1, 0.06, 0]
    centres = receptive_field_centres(maps, [0], [0, 1, 2])
    np.testing.assert_allclose(centres[:, 1], [0, 0.06 / 1.06])


@given(seed=seeds, exponent=st.integers(-20, 20))
@settings(max_examples=25)
def test_scaling_the_responses_changes_nothing(seed: int, exponent: int) -> None:
    maps = random_maps(seed)
    np.testing.assert_array_equal(
        receptive_field_centres(2.0**exponent * maps, Y_DEGREES, X_DEGREES),
        receptive_field_centres(maps, Y_DEGREES, X_DEGREES),
    )


@given(seed=seeds)
@settings(max_examples=25)
def test_negative_responses_count_as_none(seed: int) -> None:
    maps = random_maps(seed)
    np.testing.assert_array_equal(
        receptive_field_centres(np.maximum(maps, 0), Y_DEGREES, X_DEGREES),
        receptive_field_centres(maps, Y_DEGREES, X_DEGREES),
    )


@given(seed=seeds)
@settings(max_examples=25)
def test_transposing_the_map_exchanges_y_and_x(seed: int) -> None:
    maps = random_maps(seed)
    transposed = receptive_field_centres(maps.transpose(1, 0, 2), X_DEGREES, Y_DEGREES)
    np.testing.assert_allclose(transposed[:, ::-1], receptive_field_centres(maps, Y_DEGREES, X_DEGREES), atol=1e-12)


@given(seed=seeds, data=st.data())
@settings(max_examples=25)
def test_neuroids_are_independent_of_each_other(seed: int, data: st.DataObject) -> None:
    maps = random_maps(seed, neuroids=8)
    maps[1, 1, 2] = np.nan
    order = data.draw(st.permutations(range(8)))
    np.testing.assert_allclose(
        receptive_field_centres(maps[:, :, order], Y_DEGREES, X_DEGREES),
        receptive_field_centres(maps, Y_DEGREES, X_DEGREES)[order],
        atol=1e-12,
    )


def test_maps_without_a_positive_finite_peak_have_no_centre() -> None:
    maps = np.ones((4, 5, 5))
    maps[:, :, 1] = 0
    maps[:, :, 2] = -1
    maps[1, 1, 3] = np.nan
    maps[1, 1, 4] = np.inf
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        centres = receptive_field_centres(maps, np.arange(4.0), np.arange(5.0))
    assert np.isnan(centres).all(axis=1).tolist() == [False, True, True, True, True]
    # The constant map: the middle of the grid.
    assert centres[0] == pytest.approx([1.5, 2])


@pytest.mark.parametrize("neuroids", [0, 1])
def test_no_neuroid_and_a_single_one(neuroids: int) -> None:
    assert receptive_field_centres(np.ones((4, 5, neuroids)), Y_DEGREES, X_DEGREES).shape == (neuroids, 2)


def test_a_memory_map_in_single_precision_is_read_in_blocks_and_not_changed(tmp_path: Path) -> None:
    neuroids = 9000  # more than two blocks
    maps = np.random.default_rng(0).normal(size=(4, 5, neuroids)).astype(np.float32)
    np.save(tmp_path / "maps.npy", maps)
    mapped = np.load(tmp_path / "maps.npy", mmap_mode="r")
    centres = receptive_field_centres(mapped, Y_DEGREES, X_DEGREES)
    assert centres.dtype == np.float64
    expected = [centre_of_one_map(maps[:, :, n].astype(np.float64), 0.05) for n in (0, 4095, 4096, 8192, 8999)]
    np.testing.assert_allclose(centres[[0, 4095, 4096, 8192, 8999]], expected, rtol=1e-9, atol=1e-12)
    np.testing.assert_array_equal(mapped, maps)


def test_extra_memory_does_not_grow_with_the_number_of_neuroids() -> None:
    maps = np.broadcast_to(np.float32(1), (21, 21, 100_000))
    tracemalloc.start()
    receptive_field_centres(maps, GRID, GRID)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # The whole map would be 353 MB in double precision.
    assert peak < 60e6


@pytest.mark.parametrize("shape", [(5, 4, 3), (4, 5), (0, 5, 3)])
def test_a_map_that_does_not_fit_the_positions_is_rejected(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="does not fit 4 x 5 positions"):
        receptive_field_centres(np.ones(shape), Y_DEGREES, X_DEGREES)
