"""Preprocessing of timm's networks: bitwise what timm's own evaluation transform gives, for every configuration."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image

from pytest_brainscore import load_model
from pytest_brainscore.data.stimuli.stimulus_set import Pixels, StimulusSet
from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.commitment.commitment import PreprocessingCommitment
from pytest_brainscore.models.layer_mapped.layer_mapped_model import LayerMappedModel
from pytest_brainscore.models.networks.preprocessing import committed_preprocessing
from pytest_brainscore.models.sources.build_network import timm_preprocessing
from tests.support.stimuli import NoiseImage

timm = pytest.importorskip("timm", reason="timm is optional")

CONFIGURATIONS_AT_LEAST = 1800
"""Pretrained configurations of timm 1.0.31 are 1826, with 173 different ways to prepare an image; newer ones add."""


def configurations() -> tuple[int, dict[str, dict[str, Any]]]:
    """Return the number of configurations, and each different one by the name of the first network that has it."""
    names = timm.list_pretrained()
    different: dict[str, tuple[str, dict[str, Any]]] = {}
    for name in names:
        resolved = timm.data.resolve_data_config(pretrained_cfg=timm.get_pretrained_cfg(name).to_dict())
        different.setdefault(json.dumps(resolved, sort_keys=True), (name, resolved))
    return len(names), dict(different.values())


COUNT, CONFIGURATIONS = configurations()
RANDOM = np.random.RandomState(0)
IMAGES: tuple[Pixels, ...] = tuple(
    RANDOM.randint(0, 256, size).astype(np.uint8)
    for size in ((500, 320, 3), (61, 97), (97, 40, 3), (53, 53, 3), (200, 9, 3), (9, 200), (3, 3, 3))
)
"""Upright, lying and square, in colour and grey, smaller and larger than inputs."""


def square(configuration: Mapping[str, Any]) -> bool:
    _, height, width = configuration["input_size"]
    return bool(height == width)


def equal_to_timm(name: str, configuration: Mapping[str, Any], images: tuple[Pixels, ...]) -> None:
    transform = timm.data.create_transform(**configuration, is_training=False)
    preprocessing = committed_preprocessing(
        PreprocessingCommitment(kind="weights"), timm_preprocessing(name, configuration), name
    )
    out = np.empty((preprocessing.image_size, preprocessing.image_size, 3), np.float32)
    for pixels in images:
        preprocessing(pixels, out)
        expected = transform(Image.fromarray(pixels).convert("RGB")).numpy()
        np.testing.assert_array_equal(out.transpose(2, 0, 1), expected, err_msg=f"{name} {pixels.shape}")


def test_every_configuration_is_compared() -> None:
    """None is left out below: what is not square is refused, and everything else is equal."""
    assert COUNT >= CONFIGURATIONS_AT_LEAST
    assert {each["crop_mode"] for each in CONFIGURATIONS.values()} == {"center", "squash", "border"}
    assert sum(not square(each) for each in CONFIGURATIONS.values()) == 1  # shared by five networks


@pytest.mark.parametrize("name", [name for name, each in CONFIGURATIONS.items() if square(each)])
def test_it_is_bitwise_that_of_timm(name: str) -> None:
    equal_to_timm(name, CONFIGURATIONS[name], IMAGES[:2])


@pytest.mark.parametrize("crop", ["center", "squash", "border"])
@pytest.mark.parametrize("part", [0.6, 0.875, 0.9, 1.0, 1.15, 1.7])
@pytest.mark.parametrize("interpolation", ["nearest", "box", "bilinear", "hamming", "bicubic", "lanczos"])
def test_and_for_combinations_that_no_network_has_yet(crop: str, part: float, interpolation: str) -> None:
    configuration = {
        "input_size": (3, 47, 47),
        "interpolation": interpolation,
        "mean": (0.43, 0.411, 0.296),
        "std": (0.213, 0.156, 0.143),
        "crop_pct": part,
        "crop_mode": crop,
    }
    equal_to_timm("net", configuration, IMAGES)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"input_size": (3, 64, 48)}, "64 x 48 pixels is not square"),
        ({"input_size": (1, 64, 64)}, "1 channels instead of 3"),
        ({"crop_mode": "mosaic"}, "crop mode 'mosaic' is not known"),
        ({"interpolation": "random"}, "interpolation 'random' is not known"),
    ],
)
def test_what_cannot_be_followed_is_refused(changes: dict[str, Any], reason: str) -> None:
    configuration = next(iter(CONFIGURATIONS.values()))
    with pytest.raises(ModelError, match=rf"timm:net cannot be given its images \(.*{reason}\); wrap it"):
        timm_preprocessing("net", configuration | changes)


def test_one_mean_for_all_channels() -> None:
    equal_to_timm("net", next(iter(CONFIGURATIONS.values())) | {"mean": (0.5,), "std": (0.25,)}, IMAGES[:2])


def test_a_network_of_timm_with_a_checkpoint(tmp_path: Path, brainscore_home: Path) -> None:
    """Nothing is downloaded, and the input is as its configuration says."""
    torch.save({"state_dict_ema": timm.create_model("test_vit").state_dict()}, tmp_path / "best.pth")
    model = load_model("timm:test_vit", weights=tmp_path / "best.pth", layers={"IT": "norm"})
    assert isinstance(model, LayerMappedModel)
    description = model.description()
    assert description.preprocessing["image_size"] == 160
    assert description.weights_from == "best.pth: state_dict_ema"
    model.start_recording("IT", [(70, 170)])
    stimuli = StimulusSet("noise", pd.DataFrame({"stimulus_id": [0]}), (NoiseImage(0, colour=True),), 8.0)
    assert model.record(stimuli).shape == (1, 101 * 64)
