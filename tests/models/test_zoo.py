"""The real networks of the zoo: written as modules, given their weights by the product, they name what they must.

A wrong padding, epsilon, class order or colour order costs a few images of a hundred: the stated top-1 and top-5 are
met within .01, on images that are cropped, and on images that are stretched.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image

from pytest_brainscore.models.layer_mapped.layer_mapped_model import LayerMappedModel
from pytest_brainscore.models.loading import load_model
from pytest_brainscore.resources import resource_folder
from tests.support.networks import network_reader
from tests.support.zoo.members import MEMBERS, Member
from tests.support.zoo.mobilenet import same_padding

WITHIN = 0.01


@pytest.mark.parametrize(
    ("side", "kernel", "stride", "padded"),
    [(224, 3, 2, (0, 1)), (113, 3, 2, (1, 1)), (112, 3, 1, (1, 1)), (7, 1, 1, (0, 0)), (8, 5, 2, (1, 2))],
)
def test_the_odd_row_of_padding_comes_last(side: int, kernel: int, stride: int, padded: tuple[int, int]) -> None:
    assert same_padding(side, kernel, stride) == padded


def named(member: Member, data: Path, kind: str) -> tuple[float, float]:
    """Return top-1 and top-5 on the sample images."""
    weights = member.weights_file(data)
    if weights is None:
        pytest.skip(f"the weights {member.weights} are not on this machine")
    reader = network_reader(cast("LayerMappedModel", load_model(member.specification, weights=weights)))
    preprocessing = replace(reader.preprocessing, kind=kind, resize=member.resize)  # type: ignore[arg-type]
    synsets = [
        line
        for line in (resource_folder("fixtures/imagenet") / "synsets.txt").read_text().split()
        if line[1:].isdigit()
    ]
    files = sorted((data / "imagenet_samples").glob("*.JPEG"))
    if len(files) != 100:
        pytest.skip("the data folder has not the 100 images of imagenet_samples")
    truth = np.array([synsets.index(file.name.partition("_")[0]) for file in files])
    inputs: NDArray[np.float32] = np.empty((100, preprocessing.image_size, preprocessing.image_size, 3), np.float32)
    for file, out in zip(files, inputs, strict=True):
        preprocessing(np.asarray(Image.open(file).convert("RGB")), out)
    with torch.no_grad():
        batches = np.split(inputs.transpose(0, 3, 1, 2), 10)
        logits = np.concatenate([reader.network(torch.from_numpy(batch)).numpy() for batch in batches])
    assert logits.shape == (100, 1000)
    right = np.argsort(-logits, axis=1)[:, :5] == truth[:, np.newaxis]
    return float(right[:, 0].mean()), float(right.any(axis=1).mean())


@pytest.mark.walkthrough
@pytest.mark.parametrize("member", MEMBERS, ids=lambda member: member.name)
def test_cropped_images_are_named_as_stated(member: Member, reference_data: Path) -> None:
    assert named(member, reference_data, "weights") == pytest.approx(member.crop, abs=WITHIN)


@pytest.mark.walkthrough
@pytest.mark.parametrize(
    "member",
    [each for each in MEMBERS if each.name.startswith("mobilenet_v1_0.")],
    ids=lambda member: member.name,
)
def test_stretched_images_are_named_as_stated(member: Member, reference_data: Path) -> None:
    assert named(member, reference_data, "imagenet") == pytest.approx(member.stretch, abs=WITHIN)
