"""The pixels model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from pytest_brainscore import load_model
from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.interface import BrainModel
from tests.support.stimuli import NoiseImage


def stimuli(*images: NoiseImage) -> StimulusSet:
    return StimulusSet("noise", pd.DataFrame({"stimulus_id": range(len(images))}), images, 8.0)


@pytest.fixture
def pixels(brainscore_home: Path) -> BrainModel:
    model = load_model("pixels")
    model.start_recording("V4", [(70, 170)])
    return model


def test_units_are_the_values_of_the_resized_image(pixels: BrainModel) -> None:
    image = NoiseImage(3, side=40, colour=True)
    resized = np.asarray(Image.fromarray(image.pixels()).resize((256, 256), Image.Resampling.BILINEAR))
    assembly = pixels.look_at(stimuli(image))
    assert assembly.shape == (1, 256 * 256 * 3)
    assert assembly.dtype == np.float32
    np.testing.assert_array_equal(assembly.values.reshape(256, 256, 3), resized)


def test_units_know_where_they_are(pixels: BrainModel) -> None:
    assembly = pixels.look_at(stimuli(NoiseImage(0)))
    unit = assembly[0, np.ravel_multi_index((20, 30, 2), (256, 256, 3))]
    assert [unit[name].item() for name in ("channel_x", "channel_y", "channel")] == [20, 30, 2]
    assert (unit["layer"].item(), unit["region"].item(), unit["model"].item()) == ("pixels", "V4", "pixels")


def test_grey_images_have_three_equal_colours(pixels: BrainModel) -> None:
    values = pixels.look_at(stimuli(NoiseImage(0))).values.reshape(256, 256, 3)
    assert (values == values[:, :, :1]).all()


@pytest.mark.parametrize("region", ["V1", "V2", "V4", "IT"])
def test_every_region_is_the_pixels(pixels: BrainModel, region: str) -> None:
    pixels.start_recording(region, [(70, 170)])  # type: ignore[arg-type]
    assert pixels.look_at(stimuli(NoiseImage(0))).shape == (1, 196_608)


def test_it_is_stored_like_any_model(pixels: BrainModel, brainscore_home: Path) -> None:
    first = pixels.look_at(stimuli(NoiseImage(0)))
    assert len(list(brainscore_home.rglob("data.npy"))) == 1
    assert first.identical(pixels.look_at(stimuli(NoiseImage(0))))


def test_it_has_one_layer_and_no_weights(brainscore_home: Path, tmp_path: Path) -> None:
    model = load_model("pixels", layers={"V1": "features"})
    model.start_recording("V1", [(70, 170)])
    with pytest.raises(ModelError, match="no layer 'features'; its one layer is 'pixels'"):
        model.look_at(stimuli(NoiseImage(0)))
    with pytest.raises(ModelError, match="leave out weights"):
        load_model("pixels", weights=tmp_path / "best.pth")
