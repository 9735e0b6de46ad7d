"""A file is written whole or not at all."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from pytest_brainscore.atomic import open_own_file, write_atomically


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


class TestAFolderThatOthersCanWriteTo:
    """Under a name that can be guessed, anything may lie; nothing outside the folder is written to."""

    @pytest.fixture
    def precious(self, tmp_path: Path) -> Path:
        path = tmp_path / "precious"
        path.write_bytes(b"kept")
        return path

    @pytest.mark.parametrize("how", ["symbolic link", "dangling link", "second name", "pipe"])
    def test_what_is_no_file_of_our_own_is_replaced(self, tmp_path: Path, precious: Path, how: str) -> None:
        path = tmp_path / "guessed.part"
        if how == "symbolic link":
            path.symlink_to(precious)
        elif how == "dangling link":
            path.symlink_to(tmp_path / "new")
        elif how == "second name":
            path.hardlink_to(precious)
        else:
            os.mkfifo(path)
        with open_own_file(path) as file:
            assert file.read() == b""
            file.write(b"ours")
        assert precious.read_bytes() == b"kept"
        assert not (tmp_path / "new").exists()
        assert path.read_bytes() == b"ours"
        assert not path.is_symlink()

    def test_a_file_of_our_own_is_continued(self, tmp_path: Path) -> None:
        (tmp_path / "mine").write_bytes(b"first")
        with open_own_file(tmp_path / "mine") as file:
            assert file.read() == b"first"
            file.write(b", second")
        assert (tmp_path / "mine").read_bytes() == b"first, second"

    def test_a_file_of_another_user_is_not(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """They could write to it after its content was found to be right."""
        (tmp_path / "theirs").write_bytes(b"first")
        monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
        with open_own_file(tmp_path / "theirs") as file:
            assert file.read() == b""

    def test_a_link_is_replaced_where_the_user_did_not_put_it(self, tmp_path: Path, precious: Path) -> None:
        (tmp_path / "record.json").symlink_to(precious)
        write_atomically(tmp_path / "record.json", b"new", follow_link=False)
        assert precious.read_bytes() == b"kept"
        assert (tmp_path / "record.json").read_bytes() == b"new"
        assert not (tmp_path / "record.json").is_symlink()
