"""ObjectNet as distributed: folders of classes, and four mappings to the classes of ImageNet."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from pytest_brainscore.data.catalogue import FileSet, FileSetKind
from pytest_brainscore.data.publishers import load_stimulus_set, missing
from pytest_brainscore.data.stimuli.stimulus_set import ImageFile
from pytest_brainscore.errors import DataUnavailable

PUBLISHER = "objectnet"
Describe = Callable[[FileSetKind, str], FileSet]
Draw = Callable[[Path], Path]


@pytest.fixture
def files(described: Describe) -> FileSet:
    return described("stimulus_set", "BarbuMayo2019")


@pytest.fixture(params=["objectnet", "objectnet/objectnet-1.0"])
def objectnet(request: pytest.FixtureRequest, user_folder: Path, draw: Draw) -> Path:
    """Return a folder with a backpack, a chair (several counterparts), a bath towel, and a bucket (no counterpart)."""
    folder = user_folder / str(request.param)
    for name in ("backpack/b.png", "chair/c.png", "bath_towel/a.png", "bucket/d.png"):
        draw(folder / "images" / name)
    mappings = folder / "mappings"
    mappings.mkdir()
    labels = {"backpack": "Backpack", "chair": "Chair", "bath_towel": "Bath towel", "bucket": "Bucket"}
    counterparts = {
        "Backpack": "backpack, back pack, knapsack, packsack, rucksack, haversack",
        "Chair": "barber chair; folding chair; rocking chair, rocker",
        "Bath towel": "bath towel",
    }
    (mappings / "folder_to_objectnet_label.json").write_text(json.dumps(labels))
    (mappings / "objectnet_to_imagenet_1k.json").write_text(json.dumps(counterparts))
    # Lines are numbered from 0 in an order of their own; the outputs of networks are in that of the synsets.
    (mappings / "imagenet_to_label_2012_v2").write_text(f"bath towel\nbarber chair\n{counterparts['Backpack']}\n")
    (mappings / "pytorch_to_imagenet_2012_id.json").write_text(json.dumps({"434": 0, "423": 1, "414": 2}))
    return folder


@pytest.mark.usefixtures("objectnet")
def test_classes_with_one_counterpart_sorted_by_file_name(files: FileSet) -> None:
    table = load_stimulus_set(files, 8.0).table
    assert table["filename"].tolist() == ["a.png", "b.png"]
    # Outputs 434 and 414 of a network trained on ImageNet.
    assert table["synset"].tolist() == ["n02808304", "n02769748"]


def test_the_red_border_is_removed(files: FileSet, objectnet: Path) -> None:
    image = load_stimulus_set(files, 8.0).images[0]
    np.testing.assert_array_equal(image.pixels(), np.full((2, 4, 3), 100, np.uint8))
    assert image.digest() != ImageFile(objectnet / "images/bath_towel/a.png").digest()


def test_a_missing_mapping_is_named(files: FileSet, objectnet: Path) -> None:
    assert missing(files) is None
    (objectnet / "mappings/imagenet_to_label_2012_v2").unlink()
    assert "imagenet_to_label_2012_v2" in str(missing(files))


def test_a_missing_class_is_refused(files: FileSet, objectnet: Path) -> None:
    (objectnet / "images/bath_towel/a.png").unlink()
    (objectnet / "images/bath_towel").rmdir()
    with pytest.raises(DataUnavailable, match="bath_towel is missing"):
        load_stimulus_set(files, 8.0)


@pytest.mark.parametrize("content", ["no json", "[]", '{"434": 0}'])
def test_mappings_that_do_not_fit_together_are_refused(files: FileSet, objectnet: Path, content: str) -> None:
    (objectnet / "mappings/pytorch_to_imagenet_2012_id.json").write_text(content)
    with pytest.raises(DataUnavailable, match="do not fit together"):
        load_stimulus_set(files, 8.0)
