"""Networks that do not take in images of three colours: grey images, videos; and other sizes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from pytest_brainscore import load_model
from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.activations.activation_store import ActivationStore
from pytest_brainscore.models.commitment.commitment import PreprocessingCommitment
from pytest_brainscore.models.interface import TimeBin
from pytest_brainscore.models.layer_mapped.layer_mapped_model import LayerMappedModel
from pytest_brainscore.models.networks.network_reader import NetworkReader
from pytest_brainscore.models.networks.preprocessing import Preprocessing, committed_preprocessing

GREY_NET = """
import torch
from torch import nn

def grey():
    return nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten())

def video():
    return nn.Sequential(nn.Conv3d(3, 4, 3, padding=1), nn.ReLU())
"""


def load(folder: Path, factory: str, commitment: str) -> LayerMappedModel:
    (folder / "net.py").write_text(GREY_NET)
    (folder / f"{factory}.toml").write_text(commitment)
    model = load_model(f"{folder / 'net.py'}:{factory}", store=ActivationStore("off"))
    assert isinstance(model, LayerMappedModel)
    return model


def test_a_network_of_grey_images(tmp_path: Path, noise_stimuli: StimulusSet) -> None:
    model = load(
        tmp_path,
        "grey",
        "[preprocessing]\nimage_size = 16\nchannels = 1\nmean = [0.4, 0.4, 0.4]\nstd = [0.2, 0.2, 0.2]\n"
        '[layers]\nV1 = "0"\n',
    )
    reader = model.reader
    assert isinstance(reader, NetworkReader)
    grey = [Image.fromarray(image.pixels()).convert("L").resize((16, 16), 2) for image in noise_stimuli.images]
    shown = torch.stack([torch.from_numpy(np.asarray(image) / np.float32(255))[None] for image in grey])
    with torch.inference_mode():
        expected = reader.network[0]((shown - 0.4) / 0.2).numpy()  # type: ignore[index]
    read = reader.read(("0",), noise_stimuli)
    np.testing.assert_allclose(read, expected.reshape(6, -1), rtol=1e-4, atol=1e-5)
    assert model.description().preprocessing["channels"] == 1


def test_grey_has_the_mean_of_the_numbers_for_colours() -> None:
    made = committed_preprocessing(PreprocessingCommitment(channels=1), None, "net")
    assert made.mean == pytest.approx((0.449,) * 3)
    assert made.std == pytest.approx((0.226,) * 3, abs=1e-3)


def test_images_of_three_colours_are_described_as_before() -> None:
    assert not {"channels", "frames"} & Preprocessing().description().keys()
    assert Preprocessing(frames=4).description()["frames"] == 4


def test_a_network_that_is_not_told_its_channels(tmp_path: Path, noise_stimuli: StimulusSet) -> None:
    model = load(tmp_path, "grey", '[preprocessing]\nimage_size = 16\n[layers]\nV1 = "0"\n')
    with pytest.raises(ModelError, match=r"cannot process an image of 16 x 16 pixels .*image_size.*channels"):
        model.reader.read(("0",), noise_stimuli)


def test_a_network_of_videos_is_shown_a_still(tmp_path: Path, noise_stimuli: StimulusSet) -> None:
    """All frames are the image; in the middle of the video, frames are alike."""
    model = load(
        tmp_path, "video", '[preprocessing]\nimage_size = 16\nframes = 5\n[layers]\nV1 = "1"\nV4 = "1#frame:2#mean"\n'
    )
    assert model.reader.shapes(("1",)) == {"1": (4, 5, 16, 16)}
    read = model.reader.read(("1",), noise_stimuli).reshape(6, 4, 5, 16, 16)
    np.testing.assert_allclose(read[:, :, 1], read[:, :, 3], rtol=1e-5, atol=1e-6)
    assert np.abs(read[:, :, 0] - read[:, :, 2]).max() > 1e-3, "the first frame has nothing before it"
    middle = model.reader.read(model.layers["V4"], noise_stimuli)
    np.testing.assert_allclose(middle, read[:, :, 2].mean((2, 3)), rtol=1e-5, atol=1e-6)
    model.start_recording("V1", [(70, 170)])
    assembly = model.look_at(noise_stimuli.rows(slice(0, 1)))
    assert assembly["channel_temporal"].values[16 * 16] == 1


def test_frames_as_a_time_course(tmp_path: Path, noise_stimuli: StimulusSet) -> None:
    """Frames of a video can stand for stretches of time, as steps of a recurrent network do."""
    steps = "".join(
        f'[[time_course.IT]]\nstart = {50 * n}\nend = {50 * n + 50}\nlayer = "1#frame:{n}"\n' for n in range(3)
    )
    model = load(tmp_path, "video", f"[preprocessing]\nimage_size = 16\nframes = 3\n{steps}")
    bins: list[TimeBin] = [(0, 50), (100, 150)]
    model.start_recording("IT", bins)
    recorded = model.look_at(noise_stimuli)
    assert recorded.shape == (6, 4 * 16 * 16, 2)
    for number, layer in enumerate(("1#frame:0", "1#frame:2")):
        np.testing.assert_allclose(
            recorded.values[..., number], model.reader.read((layer,), noise_stimuli), rtol=1e-5, atol=1e-6
        )


class Any1d(nn.Module):
    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return rows."""
        return images.mean((1, 3))


@pytest.mark.parametrize("size", [8, 30, 65])
def test_other_sizes(size: int, noise_stimuli: StimulusSet) -> None:
    reader = NetworkReader(
        "net",
        Any1d(),
        preprocessing=committed_preprocessing(PreprocessingCommitment(image_size=size), None, "net"),
        device=torch.device("cpu"),
        store=ActivationStore("off"),
    )
    assert reader.read(("output",), noise_stimuli).shape == (6, size)
