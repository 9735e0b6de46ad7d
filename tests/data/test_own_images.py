"""``own_stimuli``: folders, archives, tables and lists of images become a stimulus set."""

from __future__ import annotations

import unicodedata
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image

from pytest_brainscore.data.own_images import own_stimuli
from pytest_brainscore.errors import DataUnavailable, RecordingError


@pytest.fixture
def images(tmp_path: Path, brainscore_home: Path) -> Path:
    """Return a folder of images, and of what systems leave behind."""
    for place, name in enumerate(("10.png", "9.png", "faces/é 1.JPG")):
        path = tmp_path / "images" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", (8, 8), place).save(path)
    for name in (".DS_Store", "Thumbs.db", "._9.png", "notes.txt"):
        (tmp_path / "images" / name).write_text("no image")
    return tmp_path / "images"


def test_a_folder_is_sorted_by_name_and_its_order_means_nothing(images: Path) -> None:
    stimuli, ordered = own_stimuli(images, degrees=4.0)
    assert stimuli.table["stimulus_id"].tolist() == ["9", "10", "faces/é 1"]
    assert stimuli.table["filename"].tolist() == ["9.png", "10.png", "faces/é 1.JPG"]
    assert [image.pixels()[0, 0, 0] for image in stimuli.images] == [1, 0, 2]
    assert stimuli.degrees == 4.0
    assert not ordered


def test_an_archive_is_as_its_folder(images: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "images.zip", "w") as archive:
        for path in images.rglob("*"):
            archive.write(path, path.relative_to(images))
    packed, folder = (own_stimuli(each, degrees=4.0)[0] for each in (tmp_path / "images.zip", images))
    assert packed.table.equals(folder.table)
    assert packed.digest() == folder.digest()


@pytest.mark.parametrize(
    "text",
    [
        "filename\nfaces/é 1.JPG\n9.png\n",
        "image\nfaces/é 1\n9\n",
        "stimulus_id,filename,object\na,é 1.JPG,face\nb,9.png,number\n",
        "stimulus_id,object\né 1,face\n009,number\n",
        unicodedata.normalize("NFD", "filename\nfaces\\é 1.JPG\n9.png\n"),
    ],
)
def test_a_table_says_which_images_count_and_in_what_order(images: Path, tmp_path: Path, text: str) -> None:
    (tmp_path / "table.csv").write_text(text)
    stimuli, ordered = own_stimuli(images, table=tmp_path / "table.csv", degrees=4.0)
    assert [image.pixels()[0, 0, 0] for image in stimuli.images] == [2, 1]
    assert ordered
    if "object" in text:
        assert stimuli.table["object"].tolist() == ["face", "number"]
    (images / "table.csv").write_text(text)
    beside, _ = own_stimuli(images / "table.csv", degrees=4.0)
    assert beside.digest() == stimuli.digest()


def test_lists_and_tables_in_hand_are_taken_as_they_are(images: Path) -> None:
    listed, ordered = own_stimuli([images / "10.png", str(images / "9.png")], degrees=4.0)
    assert (listed.table["stimulus_id"].tolist(), ordered) == (["10", "9"], True)
    frame = pd.DataFrame(
        {"filename": [str(images / "10.png"), str(images / "9.png")]}, index=pd.Index(["a", "b"], name="image")
    )
    named, _ = own_stimuli(frame, degrees=4.0)
    assert named.table["stimulus_id"].tolist() == ["a", "b"]
    assert own_stimuli(named, degrees=1.0)[0] is named


def test_what_is_missing_is_one_sentence(images: Path, tmp_path: Path) -> None:
    with pytest.raises(DataUnavailable, match="is not there"):
        own_stimuli(tmp_path / "none", degrees=4.0)
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataUnavailable, match="no images"):
        own_stimuli(tmp_path / "empty", degrees=4.0)
    with pytest.raises(DataUnavailable, match="1 of 2 images are not there"):
        own_stimuli([images / "9.png", images / "8.png"], degrees=4.0)
    (tmp_path / "table.csv").write_text("filename\n9.png\n8.png\n")
    with pytest.raises(RecordingError, match=r"1 stimuli of the table .* are not among the images, the first is 8"):
        own_stimuli(images, table=tmp_path / "table.csv", degrees=4.0)
    (tmp_path / "table.csv").write_text("object\nface\n")
    with pytest.raises(DataUnavailable, match="no column of images, but object"):
        own_stimuli(images, table=tmp_path / "table.csv", degrees=4.0)
