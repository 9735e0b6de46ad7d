"""Gratings: parameters, their order, and the laws that every drawn image keeps."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_brainscore.benchmarks.marques2020 import stimuli
from pytest_brainscore.benchmarks.marques2020.stimuli import Grating
from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet

CENTRED = Grating(0.0, 0.0, 1.0, 1.5, 1.0, 30.0, 20.0)
SETS = {
    "Marques2020_blank": (stimuli.blank, 1),
    "Marques2020_receptive_field": (stimuli.receptive_field_gratings, 3528),
    "Marques2020_orientation": (stimuli.orientation_gratings, 1152),
    "Marques2020_spatial_frequency": (stimuli.spatial_frequency_gratings, 2112),
    "Marques2020_size": (stimuli.size_gratings, 2304),
}
COLUMNS = ["position_y", "position_x", "contrast", "radius", "spatial_frequency", "orientation", "phase"]


def varies(stimulus_set: StimulusSet, column: str) -> int:
    """Return over how many rows a column stays constant, from the first row on."""
    values = stimulus_set.table[column].to_numpy()
    different = np.flatnonzero(values != values[0])
    return int(different[0]) if different.size else len(values)


@pytest.mark.parametrize("identifier", SETS)
def test_stimulus_set_has_the_published_name_size_and_number_of_images(identifier: str) -> None:
    make, count = SETS[identifier]
    made = make()
    assert (made.identifier, len(made), made.degrees) == (identifier, count, 12.0)
    assert made.table["stimulus_id"].tolist() == list(range(count))
    assert (made.table["degrees"] == 12).all()


@pytest.mark.parametrize("identifier", [name for name in SETS if name != "Marques2020_blank"])
def test_table_describes_the_images(identifier: str) -> None:
    made = SETS[identifier][0]()
    assert made.table.columns.tolist() == ["stimulus_id", "degrees", *COLUMNS]
    assert len(set(made.images)) == len(made)
    row = made.table.iloc[-5]
    assert made.images[-5] == Grating(*(float(row[column]) for column in COLUMNS))


def test_spatial_frequencies_and_radii_are_the_published_ones() -> None:
    frequencies = [0.3856, 0.4585, 0.5453, 0.6484, 0.7711, 0.9170, 1.0905, 1.2968, 1.5422, 1.8340, 2.1810]
    frequencies += [2.5937, 3.0844, 3.6680, 4.3620, 5.1874, 6.1688, 7.3360, 8.7241, 10.3747, 12.3377, 14.6721]
    radii = [0.1051, 0.1487, 0.2102, 0.2973, 0.4204, 0.5946, 0.8409, 1.1892, 1.6818, 2.3784, 3.3636, 4.7568]
    assert np.allclose(stimuli.SPATIAL_FREQUENCIES, frequencies, rtol=0, atol=6e-5)
    assert np.allclose(stimuli.FOUR_SPATIAL_FREQUENCIES, [0.7711, 1.5422, 3.0844, 6.1688], rtol=0, atol=6e-5)
    assert np.allclose(stimuli.RADII, radii, rtol=0, atol=6e-5)


def test_orientation_radii_follow_from_the_number_of_cycles() -> None:
    radii = stimuli.orientation_gratings().table["radius"].to_numpy().reshape(3, 4, 96)
    assert (radii == radii[:, :, :1]).all()
    assert radii[:, :, 0] == pytest.approx(
        np.array(
            [[1.2968, 0.6484, 0.3242, 0.1621], [1.9453, 0.9726, 0.4863, 0.2432], [2.5937, 1.2968, 0.6484, 0.3242]]
        ),
        abs=5e-5,
    )


def test_mapping_gratings_vary_position_slowest() -> None:
    mapping = stimuli.receptive_field_gratings()
    assert [varies(mapping, column) for column in ("position_y", "position_x", "orientation", "phase")] == [
        168,
        8,
        2,
        1,
    ]
    grid = np.linspace(-2.5, 2.5, 21)
    assert np.array_equal(mapping.table["position_y"].to_numpy().reshape(21, 168)[:, 0], grid)
    assert np.array_equal(mapping.table["position_x"].to_numpy().reshape(21, 21, 8)[0, :, 0], grid)
    assert mapping.table["orientation"][:8].tolist() == [0, 0, 45, 45, 90, 90, 135, 135]
    assert mapping.table["phase"][:8].tolist() == [0, 180] * 4


@pytest.mark.parametrize(
    ("identifier", "rows"),
    [
        ("Marques2020_orientation", {"spatial_frequency": 96, "orientation": 8, "phase": 1}),
        (
            "Marques2020_spatial_frequency",
            {"radius": 1056, "spatial_frequency": 48, "orientation": 8, "phase": 1},
        ),
        ("Marques2020_size", {"radius": 192, "spatial_frequency": 48, "orientation": 8, "phase": 1}),
    ],
)
def test_phase_varies_fastest_then_orientation_then_spatial_frequency(identifier: str, rows: dict[str, int]) -> None:
    made = SETS[identifier][0]()
    assert {column: varies(made, column) for column in rows} == rows
    assert set(made.table["position_y"]) == set(made.table["position_x"]) == {0.5}


def test_outside_the_disc_the_image_is_grey_128_and_the_rim_belongs_to_the_disc() -> None:
    # A radius of one degree is 56 pixels; at phase 90 the centre line along the bar is as bright as it gets.
    image = Grating(0.0, 0.0, 1.0, 1.0, 0.5, 0.0, 90.0).pixels()
    assert image.shape == (672, 672)
    assert image.dtype == np.uint8
    row, column = np.mgrid[:672, :672] - 336
    inside = row**2 + column**2 <= 56**2
    assert (image[~inside] == 128).all()
    assert image[336 + 56, 336] == 255
    assert image[336 + 57, 336] == 128
    assert image[336, 336 - 56] == 0


def test_luminance_is_truncated_not_rounded() -> None:
    image = Grating(0.0, 0.0, 1.0, 1.0, 1.0, 0.0, 0.0).pixels()
    assert image[336, 336] == 127  # 127.5 at the zero crossing
    x = np.arange(-55, 56) / 56
    assert np.array_equal(image[336, 336 - 55 : 336 + 56], np.floor(255 * (np.sin(2 * np.pi * x) + 1) / 2))


def test_contrast_scales_the_modulation() -> None:
    half = replace(CENTRED, contrast=0.5).pixels()
    assert half.max() == pytest.approx(127.5 + 63.75, abs=1)
    assert half.min() == pytest.approx(127.5 - 63.75, abs=1)


@pytest.mark.parametrize(("orientation", "along", "across"), [(0.0, 1, 0), (90.0, 0, 1)])
def test_orientation_is_the_direction_of_modulation(orientation: float, along: int, across: int) -> None:
    disc = replace(CENTRED, orientation=orientation).pixels()[316:357, 316:357].astype(int)
    assert np.abs(np.diff(disc, axis=along)).max() > 5
    assert np.abs(np.diff(disc, axis=across)).max() <= 1


def test_orientations_turn_from_rightward_to_downward() -> None:
    # At 45 degrees luminance varies along the diagonal to the lower right, and not along the other one.
    disc = replace(CENTRED, orientation=45.0, phase=0.0).pixels().astype(int)
    assert disc[336 + 10, 336 + 10] > 200
    assert disc[336 - 10, 336 + 10] == pytest.approx(127, abs=1)


def test_positive_positions_lie_below_and_to_the_right_of_the_centre() -> None:
    image = Grating(1.0, 0.5, 1.0, 0.25, 3.0, 0.0, 0.0).pixels()
    rows, columns = np.nonzero(image != 128)
    assert rows.mean() == pytest.approx(336 + 56, abs=0.5)
    assert columns.mean() == pytest.approx(336 + 28, abs=0.5)


def test_phase_is_counted_from_the_centre_of_the_disc() -> None:
    """A grating looks the same wherever it is shown."""
    patch = slice(336 - 84, 336 + 85)
    moved = slice(336 - 84 + 28, 336 + 85 + 28)
    assert np.array_equal(
        CENTRED.pixels()[patch, patch], replace(CENTRED, position_y=0.5, position_x=0.5).pixels()[moved, moved]
    )


parameters = {
    "radius": st.floats(0.1, 2.0),
    "spatial_frequency": st.floats(0.2, 15.0),
    "orientation": st.floats(0.0, 180.0),
    "phase": st.floats(0.0, 359.0),
}


@settings(max_examples=15, deadline=None)
@given(**parameters)
def test_half_a_cycle_of_phase_mirrors_luminance(
    radius: float, spatial_frequency: float, orientation: float, phase: float
) -> None:
    grating = Grating(0.5, 0.5, 1.0, radius, spatial_frequency, orientation, phase)
    opposite = replace(grating, phase=phase + 180)
    row, column = np.mgrid[:672, :672]
    disc = ((row - 336) / 56 - 0.5) ** 2 + ((column - 336) / 56 - 0.5) ** 2 <= radius**2
    # Both are truncated, so that the sum misses 255 by one, unless nothing had to be cut off.
    total = (grating.pixels().astype(int) + opposite.pixels())[disc]
    assert set(np.unique(total)) <= {254, 255}


@settings(max_examples=15, deadline=None)
@given(**parameters)
def test_half_a_turn_is_a_reversal_of_space(
    radius: float, spatial_frequency: float, orientation: float, phase: float
) -> None:
    grating = Grating(0.0, 0.0, 1.0, radius, spatial_frequency, orientation, phase)
    turned = replace(grating, orientation=orientation + 180)
    difference = grating.pixels()[1:, 1:].astype(int) - turned.pixels()[:0:-1, :0:-1]
    assert np.abs(difference).max() <= 1  # equal up to rounding just before truncation


def test_blank_is_uniform_grey_of_448_pixels() -> None:
    (image,) = stimuli.blank().images
    assert image.pixels().shape == (448, 448)
    assert (image.pixels() == 128).all()


def test_digest_knows_every_parameter_and_draws_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Grating, "pixels", None)
    for column in COLUMNS:
        assert replace(CENTRED, **{column: 0.123}).digest() != CENTRED.digest()
    assert replace(CENTRED).digest() == CENTRED.digest()
    assert len({make().digest() for make, _ in SETS.values()}) == len(SETS)


def test_digest_ignores_the_last_bit_of_a_parameter() -> None:
    frequency = 2.0**0.125
    assert (
        replace(CENTRED, spatial_frequency=frequency).digest()
        == replace(CENTRED, spatial_frequency=float(np.nextafter(frequency, 2))).digest()
    )


def test_digest_changes_with_the_generator_version(monkeypatch: pytest.MonkeyPatch) -> None:
    before = [stimuli.blank().digest(), CENTRED.digest()]
    monkeypatch.setattr(stimuli, "GENERATOR_VERSION", stimuli.GENERATOR_VERSION + 1)
    assert stimuli.blank().digest() != before[0]
    assert CENTRED.digest() != before[1]


@pytest.mark.parametrize(
    ("identifier", "row", "sha256"),
    [
        ("Marques2020_receptive_field", 1234, "8ef0d362c94f25a3b416c79845b8f9d715f71eeaf103888236f37d68a0696abd"),
        ("Marques2020_orientation", 345, "07aca5daab97c35a1e1a8b92c5777f139b660fdc78e24e13b63173d415a7cf90"),
        ("Marques2020_spatial_frequency", 1501, "cd28be254b5ddc55d2f15b0f901256902cf339627679b5a436d425217a1dae62"),
        ("Marques2020_size", 2003, "14414032926e614de571ee50c01adc2727cd449904b7f318713ddd3c0a747c57"),
    ],
)
def test_drawn_images_are_those_of_generator_version_1(identifier: str, row: int, sha256: str) -> None:
    """Raise GENERATOR_VERSION with every change that makes this fail: stored activations belong to the old pixels."""
    assert stimuli.GENERATOR_VERSION == 1
    pixels = SETS[identifier][0]().images[row].pixels()
    assert hashlib.sha256(pixels.tobytes()).hexdigest() == sha256
