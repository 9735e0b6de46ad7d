"""Stimulus sets in the published layout: a table and an archive that must belong together.

The files in ``tests/data/published_layout`` were written by the published system.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pytest_brainscore.data.stimuli.stimulus_set_files import read_stimulus_set, read_stimulus_table
from pytest_brainscore.errors import DataUnavailable
from pytest_brainscore.resources import resource_folder

PUBLISHED = resource_folder("tests/data/published_layout")
TABLE = PUBLISHED / "stimulus_dicarlo_hvm_tiny.csv"
ARCHIVE = PUBLISHED / "stimulus_dicarlo_hvm_tiny.zip"


@pytest.fixture
def images(tmp_path: Path) -> Path:
    folder = tmp_path / "images"
    with zipfile.ZipFile(ARCHIVE) as archive:
        archive.extractall(folder)
    return folder


def table(folder: Path, content: str) -> Path:
    path = folder / "table.csv"
    path.write_text(content, encoding="utf-8")
    return path


def test_rows_keep_the_published_order_and_their_metadata(images: Path) -> None:
    stimuli = read_stimulus_set("tiny", TABLE, images, 8.0)
    assert stimuli.identifier == "tiny"
    assert stimuli.degrees == 8.0
    assert stimuli.table["stimulus_id"].tolist() == ["b12", "a3", "c7", "d1"]
    assert stimuli.table["object_name"].tolist() == ["car", "face", "face", "apple"]
    assert list(stimuli.table.columns) == [*pd.read_csv(TABLE).columns, "stimulus_id"]


def test_every_row_has_its_image(images: Path) -> None:
    stimuli = read_stimulus_set("tiny", TABLE, images, 8.0)
    generator = np.random.default_rng(1)
    for image in stimuli.images:
        np.testing.assert_array_equal(image.pixels(), generator.integers(0, 255, (8, 8, 3), dtype=np.uint8))


def test_legacy_ids_are_copied_and_kept() -> None:
    read = read_stimulus_table(TABLE)
    assert read["image_id"].tolist() == read["stimulus_id"].tolist()


def test_stimulus_ids_win_over_legacy_ids(tmp_path: Path) -> None:
    read = read_stimulus_table(table(tmp_path, "stimulus_id,image_id\nnew,old\n"))
    assert read["stimulus_id"].tolist() == ["new"]


def test_ids_that_are_numbers_throughout_become_integers(tmp_path: Path) -> None:
    assert read_stimulus_table(table(tmp_path, "stimulus_id\n0012\n7\n"))["stimulus_id"].tolist() == [12, 7]
    assert read_stimulus_table(table(tmp_path, "stimulus_id\n0012\nx\n"))["stimulus_id"].tolist() == ["0012", "x"]


def test_text_is_utf8(tmp_path: Path) -> None:
    assert read_stimulus_table(table(tmp_path, "stimulus_id,name\n1,Würfel\n"))["name"].item() == "Würfel"


@pytest.mark.parametrize("name", ["notes.csv", "inner.zip", "INNER.ZIP"])
def test_tables_and_archives_within_the_archive_are_overlooked(images: Path, name: str) -> None:
    (images / name).write_bytes(b"")
    assert len(read_stimulus_set("tiny", TABLE, images, 8.0)) == 4


def test_an_image_missing_in_the_archive_is_refused(images: Path) -> None:
    (images / "c7.png").unlink()
    with pytest.raises(
        DataUnavailable, match=r"1 images of the table \(c7.png first\) are not in the archive"
    ) as error:
        read_stimulus_set("tiny", TABLE, images, 8.0)
    assert "\n" not in str(error.value)


def test_an_image_that_the_table_does_not_know_is_refused(images: Path) -> None:
    (images / "more.png").write_bytes(b"")
    with pytest.raises(DataUnavailable, match=r"1 images of the archive \(more.png first\) are not in the table"):
        read_stimulus_set("tiny", TABLE, images, 8.0)


def test_a_table_without_file_names_is_refused(tmp_path: Path, images: Path) -> None:
    with pytest.raises(DataUnavailable, match="no column 'filename'"):
        read_stimulus_set("tiny", table(tmp_path, "stimulus_id\na\n"), images, 8.0)


def test_a_table_without_ids_or_rows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataUnavailable, match="no column 'stimulus_id' or 'image_id'"):
        read_stimulus_table(table(tmp_path, "filename\na.png\n"))
    with pytest.raises(DataUnavailable, match="no rows"):
        read_stimulus_table(table(tmp_path, "stimulus_id,filename\n"))


@pytest.mark.parametrize(
    "content", [b"", b"stimulus_id,filename\n\xff\xfe,a.png\n", b'stimulus_id\n"a\n'], ids=["empty", "latin", "quote"]
)
def test_what_is_no_table_is_refused_in_one_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.csv"
    path.write_bytes(content)
    with pytest.raises(DataUnavailable, match=r"cannot be read .* fetch or copy it again\.$") as error:
        read_stimulus_table(path)
    assert "\n" not in str(error.value)


def test_what_systems_leave_behind_is_overlooked(images: Path) -> None:
    (images / "__MACOSX").mkdir()
    for name in (".DS_Store", "._c7.png", "Thumbs.db", "desktop.ini", "__MACOSX/._a.png"):
        (images / name).write_bytes(b"\x00\x05\x16\x07")
    assert len(read_stimulus_set("tiny", TABLE, images, 8.0)) == 4


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8"])
def test_a_table_may_have_a_byte_order_mark(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "a.csv").write_bytes("stimulus_id,filename\na,ä.png\n".encode(encoding))
    assert read_stimulus_table(tmp_path / "a.csv")["filename"].tolist() == ["ä.png"]
