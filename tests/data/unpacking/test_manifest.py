"""Unpacked images are checked again before they are used, by what was written down when they were unpacked."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from pytest_brainscore.data.unpacking import manifest
from pytest_brainscore.data.unpacking.manifest import is_intact, manifest_path
from pytest_brainscore.data.unpacking.unpacked import unpacked


@pytest.fixture
def archive(tmp_path: Path, brainscore_home: Path) -> Path:
    with zipfile.ZipFile(tmp_path / "images.zip", "w") as file:
        file.writestr("a.png", b"one")
        file.writestr("folder/b.png", b"two")
    return tmp_path / "images.zip"


@pytest.fixture
def folder(archive: Path) -> Path:
    return unpacked(archive)


def later(path: Path) -> None:
    status = path.stat()
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 10**9))


def changed(folder: Path) -> None:
    (folder / "a.png").write_bytes(b"ONE")
    later(folder / "a.png")


def shortened(folder: Path) -> None:
    status = (folder / "a.png").stat()
    (folder / "a.png").write_bytes(b"on")
    os.utime(folder / "a.png", ns=(status.st_atime_ns, status.st_mtime_ns))


def removed(folder: Path) -> None:
    (folder / "folder" / "b.png").unlink()


def added(folder: Path) -> None:
    (folder / "c.png").write_bytes(b"three")


def linked(folder: Path) -> None:
    (folder / "a.png").rename(folder.with_name("elsewhere.png"))
    (folder / "a.png").symlink_to(folder.with_name("elsewhere.png"))


def folder_linked(folder: Path) -> None:
    folder.rename(folder.with_name("elsewhere"))
    folder.symlink_to(folder.with_name("elsewhere"))


def without_manifest(folder: Path) -> None:
    manifest_path(folder).unlink()


def damaged_manifest(folder: Path) -> None:
    manifest_path(folder).write_bytes(b'{"a.png": 3, "folder/b.png": [')


@pytest.mark.parametrize(
    "damage", [changed, shortened, removed, added, linked, folder_linked, without_manifest, damaged_manifest]
)
def test_what_is_not_as_it_was_unpacked_is_unpacked_anew(
    archive: Path, folder: Path, damage: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert callable(damage)
    damage(folder)
    monkeypatch.setattr(manifest, "_intact", set())  # as the next process
    assert not is_intact(folder)
    assert unpacked(archive) == folder
    assert is_intact(folder)
    assert {path.name: path.read_bytes() for path in folder.rglob("*.png")} == {"a.png": b"one", "b.png": b"two"}
    assert not folder.is_symlink()


def test_a_copy_with_other_times_is_hashed_and_accepted(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    later(folder / "a.png")
    monkeypatch.setattr(manifest, "_intact", set())
    assert is_intact(folder)
    monkeypatch.setattr(manifest, "_sha256", lambda path: pytest.fail("its new time is known"))
    monkeypatch.setattr(manifest, "_intact", set())
    assert is_intact(folder)


def test_files_as_they_were_written_are_not_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manifest, "_intact", set())
    monkeypatch.setattr(manifest, "_sha256", lambda path: pytest.fail("nothing has changed"))
    assert is_intact(folder)
