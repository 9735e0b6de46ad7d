"""Contents are verified before use, once."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from pytest_brainscore.data.catalogue import CatalogueFile
from pytest_brainscore.data.retrieval import verification
from pytest_brainscore.data.retrieval.resumable_download import checksums_of
from pytest_brainscore.data.retrieval.verification import verify
from pytest_brainscore.errors import DataUnavailable

CONTENT = b"recordings"
FILE = CatalogueFile(name="assy_Toy.nc", sha1=hashlib.sha1(CONTENT).hexdigest(), addresses=())


@pytest.fixture
def path(tmp_path: Path, brainscore_home: Path) -> Path:
    """Return a file with the right content."""
    path = tmp_path / "assy_Toy.nc"
    path.write_bytes(CONTENT)
    return path


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Return a list of the files that are hashed from now on."""
    hashed: list[Path] = []

    def spy(path: Path) -> tuple[str, str]:
        hashed.append(path)
        return checksums_of(path)

    monkeypatch.setattr(verification, "checksums_of", spy)
    return hashed


def test_the_right_content_passes(path: Path) -> None:
    verify(path, FILE)


def test_another_content_is_refused_with_both_checksums_and_what_to_do(path: Path) -> None:
    path.write_bytes(b"something else")
    found = hashlib.sha1(b"something else").hexdigest()
    with pytest.raises(DataUnavailable) as caught:
        verify(path, FILE)
    assert str(caught.value) == (
        f"{path} is not the published assy_Toy.nc: its SHA-1 is {found} instead of {FILE.sha1}; delete it, and copy or "
        "fetch it again."
    )


def test_a_file_that_is_gone_is_no_crash(path: Path) -> None:
    path.unlink()
    with pytest.raises(DataUnavailable, match=r"assy_Toy\.nc cannot be read \(No such file or directory\)"):
        verify(path, FILE)


def test_a_file_is_hashed_once(path: Path, hashed: list[Path]) -> None:
    verify(path, FILE)
    verify(path, FILE)
    assert hashed == [path]


def test_a_wrong_file_is_never_remembered(path: Path, hashed: list[Path]) -> None:
    path.write_bytes(b"something else")
    for _ in range(2):
        with pytest.raises(DataUnavailable):
            verify(path, FILE)
    assert len(hashed) == 2


def test_a_file_that_was_written_to_is_hashed_again(path: Path) -> None:
    verify(path, FILE)
    status = path.stat()
    path.write_bytes(CONTENT[::-1])  # as long as before
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 1))
    with pytest.raises(DataUnavailable):
        verify(path, FILE)


def test_a_file_that_took_its_place_is_hashed_again_even_when_it_is_as_old_and_as_long(path: Path) -> None:
    verify(path, FILE)
    status = path.stat()
    other = path.with_name("other")
    other.write_bytes(CONTENT[::-1])
    os.utime(other, ns=(status.st_atime_ns, status.st_mtime_ns))
    other.replace(path)
    with pytest.raises(DataUnavailable):
        verify(path, FILE)


def test_what_was_right_for_one_entry_is_not_right_for_another(path: Path) -> None:
    verify(path, FILE)
    other = CatalogueFile(name=FILE.name, sha1="0" * 40, addresses=())
    with pytest.raises(DataUnavailable, match=f"instead of {'0' * 40}"):
        verify(path, other)


def test_an_unreadable_record_is_no_record(path: Path, brainscore_home: Path, hashed: list[Path]) -> None:
    verify(path, FILE)
    (record,) = (brainscore_home / "verified").glob("*.json")
    for content in (b"", b"[1]", b"{", b"\xff"):
        record.write_bytes(content)
        hashed.clear()
        verify(path, FILE)
        assert hashed == [path]


def test_a_home_that_cannot_be_written_to_is_no_obstacle(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hashed: list[Path]
) -> None:
    (tmp_path / "no folder").write_text("a file")
    monkeypatch.setenv("BRAINSCORE_HOME", str(tmp_path / "no folder"))
    verify(path, FILE)
    verify(path, FILE)
    assert len(hashed) == 2


class TestTheSha256OfTheFirstUse:
    """Two contents can be made to share a SHA-1; the first that was used here is told from any other."""

    def test_another_content_of_the_same_sha1_is_refused(
        self, path: Path, brainscore_home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        verify(path, FILE)
        first = hashlib.sha256(CONTENT).hexdigest()
        assert (brainscore_home / "verified" / f"{FILE.sha1}.sha256").read_text() == f"{first}\n"
        path.write_bytes(b"made to pass")
        other = hashlib.sha256(b"made to pass").hexdigest()
        monkeypatch.setattr(verification, "checksums_of", lambda path: (FILE.sha1, other))
        with pytest.raises(DataUnavailable, match=f"its SHA-256 is {other} instead of {first}"):
            verify(path, FILE)

    def test_it_holds_for_every_copy(self, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        verify(path, FILE)
        copy = tmp_path / "copy.nc"
        copy.write_bytes(CONTENT)
        verify(copy, FILE)
        monkeypatch.setattr(verification, "checksums_of", lambda path: (FILE.sha1, "0" * 64))
        copy.write_bytes(b"made to pass")
        with pytest.raises(DataUnavailable, match="SHA-256"):
            verify(copy, FILE)

    def test_a_damaged_record_is_made_anew(self, path: Path, brainscore_home: Path) -> None:
        verify(path, FILE)
        record = brainscore_home / "verified" / f"{FILE.sha1}.sha256"
        record.write_bytes(b"\xff")
        path.write_bytes(CONTENT)
        verify(path, FILE)
        assert record.read_text().strip() == hashlib.sha256(CONTENT).hexdigest()


def test_a_link_in_place_of_a_record_is_not_written_through(path: Path, tmp_path: Path, brainscore_home: Path) -> None:
    verify(path, FILE)
    precious = tmp_path / "precious"
    precious.write_text("kept")
    for record in (brainscore_home / "verified").iterdir():
        record.unlink()
        record.symlink_to(precious)
    path.write_bytes(CONTENT)
    verify(path, FILE)
    assert precious.read_text() == "kept"
