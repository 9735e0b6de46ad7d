"""ImageNet-C as distributed: folders by type, level and class, or an archive for each group."""

from __future__ import annotations

import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_brainscore.data.catalogue import FileSet, FileSetKind
from pytest_brainscore.data.publishers import load_stimulus_set, missing
from pytest_brainscore.data.publishers.imagenet_c import LEVELS, TYPES
from pytest_brainscore.errors import DataUnavailable

PUBLISHER = "imagenet_c"
Describe = Callable[[FileSetKind, str], FileSet]
Draw = Callable[[Path], Path]


@pytest.fixture
def noise(described: Describe) -> FileSet:
    return described("stimulus_set", "imagenet_c.noise")


@pytest.fixture
def fill(draw: Draw) -> Callable[[Path], None]:
    """Return a function that makes two images of every noise and level."""

    def fill_folder(folder: Path) -> None:
        for kind in TYPES["noise"]:
            for level in LEVELS:
                draw(folder / kind / str(level) / "n01751748/ILSVRC2012_val_00000002.JPEG")
                draw(folder / kind / str(level) / "n09193705/ILSVRC2012_val_00000001.JPEG")

    return fill_folder


def test_the_fifteen_corruptions_are_those_of_the_paper() -> None:
    assert sum(map(len, TYPES.values())) == 15
    assert [len(kinds) for kinds in TYPES.values()] == [3, 4, 4, 4]


@pytest.mark.parametrize("packed", [False, True], ids=["folders", "archive"])
def test_images_by_type_level_and_name(
    user_folder: Path, tmp_path: Path, noise: FileSet, fill: Callable[[Path], None], packed: bool
) -> None:
    fill(tmp_path / "packed" if packed else user_folder / "imagenet-c")
    if packed:
        (user_folder / "imagenet-c").mkdir()
        with tarfile.open(user_folder / "imagenet-c/noise.tar", "w") as archive:
            for kind in TYPES["noise"]:
                archive.add(tmp_path / "packed" / kind, kind)
    assert missing(noise) is None
    stimuli = load_stimulus_set(noise, 8.0)
    table = stimuli.table
    assert len(table) == 30
    assert table["stimulus_id"].is_unique
    assert table["noise_type"].unique().tolist() == list(TYPES["noise"])
    assert table["noise_level"].tolist()[:4] == [1, 1, 2, 2]
    assert table["filename"].tolist()[:2] == ["ILSVRC2012_val_00000001.JPEG", "ILSVRC2012_val_00000002.JPEG"]
    assert table["synset"].tolist()[:2] == ["n09193705", "n01751748"]
    assert stimuli.images[-1].pixels().shape == (4, 6, 3)


def test_a_missing_level_is_named(user_folder: Path, noise: FileSet, fill: Callable[[Path], None]) -> None:
    fill(user_folder / "imagenet-c")
    (user_folder / "imagenet-c/shot_noise/3").rename(user_folder / "elsewhere")
    sentence = str(missing(noise))
    assert str(user_folder / "imagenet-c/shot_noise/3") in sentence
    assert "noise.tar" in sentence


def test_a_level_with_fewer_images_is_refused(user_folder: Path, noise: FileSet, fill: Callable[[Path], None]) -> None:
    fill(user_folder / "imagenet-c")
    (user_folder / "imagenet-c/shot_noise/3/n01751748/ILSVRC2012_val_00000002.JPEG").unlink()
    with pytest.raises(DataUnavailable, match=r"shot_noise/3 has 1 images, the levels before 2"):
        load_stimulus_set(noise, 8.0)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("n01751748/ILSVRC2012_val_00000003.JPEG", "has other images than the levels before"),
        ("n01440764/ILSVRC2012_val_00000002.JPEG", "has other images than the levels before"),
    ],
)
def test_other_images_at_a_level_are_refused(
    user_folder: Path, noise: FileSet, fill: Callable[[Path], None], name: str, sentence: str
) -> None:
    fill(user_folder / "imagenet-c")
    level = user_folder / "imagenet-c/shot_noise/3"
    (level / name).parent.mkdir(exist_ok=True)
    (level / "n01751748/ILSVRC2012_val_00000002.JPEG").rename(level / name)
    with pytest.raises(DataUnavailable, match=sentence):
        load_stimulus_set(noise, 8.0)


def test_classes_outside_the_thousand_and_doubles_are_refused(
    user_folder: Path, noise: FileSet, fill: Callable[[Path], None], draw: Callable[[Path], Path]
) -> None:
    fill(user_folder / "imagenet-c")
    levels = [user_folder / "imagenet-c" / kind / str(level) for kind in TYPES["noise"] for level in LEVELS]
    for level in levels:
        draw(level / "n01751748/ILSVRC2012_val_00000002.png")
    with pytest.raises(DataUnavailable, match=r"ILSVRC2012_val_00000002\.\w+ lies twice"):
        load_stimulus_set(noise, 8.0)
    for level in levels:
        (level / "n00004475").mkdir()
        (level / "n01751748/ILSVRC2012_val_00000002.png").rename(level / "n00004475/ILSVRC2012_val_00000004.png")
    with pytest.raises(DataUnavailable, match="not among ImageNet's 1000, first n00004475"):
        load_stimulus_set(noise, 8.0)
