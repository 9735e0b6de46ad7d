"""Archives of images are unpacked once into the cache, and anew when they change."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from pytest_brainscore.data.unpacking.unpacked import unpacked
from pytest_brainscore.errors import DataUnavailable


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BRAINSCORE_HOME", str(tmp_path / "home"))
    return pack(tmp_path / "images.zip", a=b"one")


def pack(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w") as file:
        for name, content in members.items():
            file.writestr(name, content)
    return path


def test_an_archive_of_known_content_lies_under_its_name(archive: Path, tmp_path: Path) -> None:
    folder = unpacked(archive, "0" * 40)
    assert folder == tmp_path / "home/data" / ("0" * 40) / "images"
    assert (folder / "a").read_bytes() == b"one"


def test_an_archive_is_unpacked_once(archive: Path) -> None:
    before = (unpacked(archive) / "a").stat()
    assert (unpacked(archive) / "a").stat() == before


def test_a_changed_archive_is_unpacked_anew(archive: Path) -> None:
    first = unpacked(archive)
    second = unpacked(pack(archive, a=b"another"))
    assert first != second
    assert (second / "a").read_bytes() == b"another"


def test_what_is_no_archive_is_refused(archive: Path) -> None:
    archive.write_bytes(b"no archive")
    with pytest.raises(DataUnavailable, match=r"images\.zip cannot be unpacked"):
        unpacked(archive)
