"""LAION-fMRI in the user's folder: images with a manifest, and splits as a table."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_brainscore.data.catalogue import FileSet, FileSetKind
from pytest_brainscore.data.publishers import load_stimulus_set, missing
from pytest_brainscore.data.publishers.zerbe2026 import split_of
from pytest_brainscore.errors import DataUnavailable

PUBLISHER = "zerbe2026"
NAME = "Zerbe2026_fmri_stim_full"
Describe = Callable[[FileSetKind, str], FileSet]
Draw = Callable[[Path, int], Path]


@pytest.fixture
def folder(user_folder: Path, draw: Draw) -> Path:
    """Return a folder with two images and their splits."""
    folder = user_folder / "laion_fmri"
    for name in ("b", "a"):
        draw(folder / f"images_extracted/{name}.png", 50)
    (folder / "images_extracted/manifest.csv").write_text("stimulus_id,filename\n2,b.png\n1,a.png\n")
    (folder / "splits.csv").write_text("stimulus_id,tau,ood\n1,train,\n2,test,train\n")
    return folder


def test_images_come_in_the_order_of_the_manifest(folder: Path, described: Describe) -> None:
    files = described("stimulus_set", NAME)
    assert missing(files) is None
    stimuli = load_stimulus_set(files, 9.2)
    assert stimuli.identifier == NAME
    assert stimuli.table["stimulus_id"].tolist() == ["2", "1"]
    assert stimuli.degrees == 9.2


@pytest.mark.parametrize("below", ["stimuli/images_extracted", "."])
def test_the_images_may_lie_elsewhere_in_the_folder(folder: Path, described: Describe, below: str) -> None:
    (folder / "stimuli").mkdir()
    if below == ".":
        for path in list((folder / "images_extracted").iterdir()):
            path.rename(folder / path.name)
    else:
        (folder / "images_extracted").rename(folder / below)
    assert len(load_stimulus_set(described("stimulus_set", NAME), 9.2)) == 2


def test_what_is_missing_is_a_sentence(folder: Path, described: Describe) -> None:
    (folder / "splits.csv").unlink()
    assert "splits.csv with the columns stimulus_id, pool, tau and ood" in str(missing(described("stimulus_set", NAME)))
    (folder / "images_extracted/manifest.csv").unlink()
    assert "manifest.csv" in str(missing(described("stimulus_set", NAME)))


def test_a_missing_image_is_a_sentence(folder: Path, described: Describe) -> None:
    (folder / "images_extracted/a.png").unlink()
    with pytest.raises(DataUnavailable, match=r"1 of 2 images that .* are not there, a\.png first"):
        load_stimulus_set(described("stimulus_set", NAME), 9.2)


def test_images_that_are_in_neither_part_are_left_out(folder: Path) -> None:
    assert split_of("tau", "shared") == {"1": "train", "2": "test"}
    assert split_of("ood", "sub-01") == {"2": "train"}


def test_rows_may_be_about_a_pool(folder: Path) -> None:
    (folder / "splits.csv").write_text("pool,stimulus_id,tau\n,1,train\nshared,2,test\nsub-01,2,train\n")
    assert split_of("tau", "shared") == {"1": "train", "2": "test"}
    assert split_of("tau", "sub-01") == {"1": "train", "2": "train"}
    assert split_of("tau", "sub-03") == {"1": "train"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("stimulus_id,ood\n1,train\n", "lacks the column tau"),
        ("stimulus_id,tau\n1,fit\n", "says 'fit' of the image 1 in tau"),
        ("stimulus_id,tau\n1,train\n1,test\n", "has the image 1 twice"),
        ("", "has no rows"),
    ],
    ids=["no column", "another word", "twice", "empty"],
)
def test_a_table_that_is_no_split_is_a_sentence(folder: Path, text: str, told: str) -> None:
    (folder / "splits.csv").write_text(text)
    with pytest.raises(DataUnavailable, match=told):
        split_of("tau", "shared")
