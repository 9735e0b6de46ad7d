"""Prepared images that checkpoints of a network share: prepared once, and bitwise what each would have prepared."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from pytest_brainscore.data.stimuli.stimulus_set import Pixels
from pytest_brainscore.models.networks.preprocessing import Preprocessing
from pytest_brainscore.models.networks.reading_ahead import input_batches
from pytest_brainscore.models.networks.shared_inputs import SharedInputs

SIDE, ROWS = 6, 4
PREPROCESSING = Preprocessing(image_size=SIDE)


@dataclass
class Counted:
    """An image of noise that counts how often it is looked at."""

    seed: int
    colours: bool = True
    looks: int = 0

    def pixels(self) -> Pixels:
        self.looks += 1
        shape = (9, 7, 3) if self.colours else (9, 7)
        return np.random.default_rng(self.seed).integers(0, 256, shape).astype(np.uint8)

    def digest(self) -> str:
        return f"{self.seed} {self.colours}"


def rooms(count: int = 1) -> list[NDArray[np.float32]]:
    return [np.full((ROWS, SIDE, SIDE, 3), np.nan, np.float32) for _ in range(count)]


def plain(images: Sequence[Counted], preprocessing: Preprocessing = PREPROCESSING) -> NDArray[np.float32]:
    made = input_batches(images, rooms(), lambda image, room: preprocessing(image.pixels(), room))
    return np.concatenate([batch[:count].copy() for batch, count in made])


def shared(
    inputs: SharedInputs, images: Sequence[Counted], readers: int = 0, preprocessing: Preprocessing = PREPROCESSING
) -> NDArray[np.float32]:
    made = inputs.batches(
        preprocessing,
        images,
        rooms(3 if readers else 1),
        lambda image, room: preprocessing(image.pixels(), room),
        readers,
    )
    batches = [(batch.copy(), count) for batch, count in made]
    assert all(not np.isnan(batch).any() for batch, _ in batches)  # the last one is repeated, as without sharing
    return np.concatenate([batch[:count] for batch, count in batches])


@pytest.mark.parametrize("readers", [0, 3])
@pytest.mark.parametrize("colours", [True, False])
def test_the_second_checkpoint_looks_at_no_image_and_gets_the_same(tmp_path: Path, readers: int, colours: bool) -> None:
    images = [Counted(seed, colours) for seed in range(10)]
    expected = plain(images)
    for image in images:
        image.looks = 0
    first = shared(SharedInputs(tmp_path, 10**9), images, readers)
    again = shared(SharedInputs(tmp_path, 10**9), images, readers)
    assert first.tobytes() == again.tobytes() == expected.tobytes()
    assert {image.looks for image in images} == {1}
    (file,) = tmp_path.iterdir()
    assert file.stat().st_size == 10 * SIDE * SIDE * (3 if colours else 1)


def test_other_images_another_order_or_preprocessing_are_others(tmp_path: Path) -> None:
    inputs = SharedInputs(tmp_path, 10**9)
    images = [Counted(seed) for seed in range(5)]
    shared(inputs, images)
    for others, preprocessing in (
        (images[::-1], PREPROCESSING),
        (images[:4], PREPROCESSING),
        (images, Preprocessing(image_size=SIDE, mean=(0.5, 0.5, 0.5))),
    ):
        found = shared(inputs, others, preprocessing=preprocessing)
        assert found.tobytes() == plain(others, preprocessing).tobytes()
    assert len(list(tmp_path.iterdir())) == 4


def test_what_does_not_fit_is_told_once_and_prepared_anew(tmp_path: Path) -> None:
    images = [Counted(seed) for seed in range(8)]
    inputs = SharedInputs(tmp_path, 8 * SIDE * SIDE * 3 - 1)
    with pytest.warns(UserWarning, match="prepared for each checkpoint anew, scores stay the same"):
        found = shared(inputs, images)
    assert found.tobytes() == plain(images).tobytes()
    with warnings.catch_warnings(action="error"):
        assert shared(inputs, images[:4]).tobytes() == plain(images[:4]).tobytes()
    assert not list(tmp_path.iterdir())


def test_nothing_is_left_where_nobody_comes_after_or_batches_are_not_read_to_the_end(tmp_path: Path) -> None:
    images = [Counted(seed) for seed in range(9)]
    shared(SharedInputs(tmp_path, 10**9, keeps=False), images)
    shared(SharedInputs(tmp_path / "nowhere", 10**9), images)
    prepare = lambda image, room: PREPROCESSING(image.pixels(), room)  # noqa: E731
    made = SharedInputs(tmp_path, 10**9).batches(PREPROCESSING, images, rooms(), prepare)
    next(made)
    made.close()
    assert not list(tmp_path.iterdir())


def test_grey_images_among_colours_are_not_kept(tmp_path: Path) -> None:
    images = [Counted(seed, colours=seed != 2) for seed in range(4)]
    assert shared(SharedInputs(tmp_path, 10**9), images).tobytes() == plain(images).tobytes()
    assert not list(tmp_path.iterdir())
