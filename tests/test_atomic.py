"""A file is written whole or not at all."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from pytest_brainscore.atomic import write_atomically


def test_content_is_replaced_and_nothing_else_stays(tmp_path: Path) -> None:
    path = tmp_path / "file"
    for content in (b"old, and longer", b"new"):
        write_atomically(path, content)
        assert path.read_bytes() == content
    assert list(tmp_path.iterdir()) == [path]


def test_a_failure_leaves_the_old_content_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions and symbolic links")
def test_others_may_read_the_file_and_links_stay_links(tmp_path: Path) -> None:
    plain, link = tmp_path / "plain", tmp_path / "link"
    link.symlink_to(tmp_path / "target")
    plain.touch()
    write_atomically(link, b"content")
    assert link.is_symlink()
    assert (tmp_path / "target").read_bytes() == b"content"
    assert (tmp_path / "target").stat().st_mode == plain.stat().st_mode


@pytest.mark.skipif(not Path(os.devnull).exists(), reason="needs a device that is a path")
def test_a_device_is_written_to_and_never_replaced() -> None:
    write_atomically(Path(os.devnull), b"content")
    assert not Path(os.devnull).is_file()
