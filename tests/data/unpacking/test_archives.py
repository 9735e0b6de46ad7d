"""Unpacking: what is in the archive and nothing else, all of it or nothing, and only in the folder."""

from __future__ import annotations

import gzip
import io
import multiprocessing
import random
import stat
import tarfile
import zipfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_brainscore.data.unpacking.archives import unpack
from pytest_brainscore.errors import DataUnavailable

IMAGES = {"first.png": b"first", "folder/second.png": b"second" * 1000, "folder/deep/empty.png": b""}
LIMIT = 1_000_000
Writer = Callable[[Path, list[tuple[str, bytes]]], None]


def write_zip(path: Path, members: list[tuple[str, bytes]]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)


def write_tar(path: Path, members: list[tuple[str, bytes]], *, compression: str = "") -> None:
    with tarfile.open(path, f"w:{compression}") as archive:  # type: ignore[call-overload]
        for name, content in members:
            information = tarfile.TarInfo(name)
            information.size = len(content)
            archive.addfile(information, io.BytesIO(content))


FORMATS: dict[str, Writer] = {
    "zip": write_zip,
    "tar": write_tar,
    "tar.gz": partial(write_tar, compression="gz"),
    "tar.bz2": partial(write_tar, compression="bz2"),
    "tar.xz": partial(write_tar, compression="xz"),
}
either = pytest.mark.parametrize("write", [write_zip, partial(write_tar, compression="gz")], ids=["zip", "tar.gz"])


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def refusal(archive: Path, *, size_limit: int = LIMIT) -> str:
    """Return the sentence on an archive that must not be unpacked, after checking that nothing is left of it."""
    before = contents(archive.parent)
    with pytest.raises(DataUnavailable) as caught:
        unpack(archive, archive.parent / "images", size_limit=size_limit)
    message = str(caught.value)
    assert message.startswith(f"{archive} cannot be unpacked: ")
    assert message.endswith("; remove it, and fetch or ask for it anew.")
    assert "\n" not in message
    assert {*contents(archive.parent)} == {*before, "images.lock"}
    assert not (archive.parent / "images").exists()
    assert not (archive.parent / "images.unpacking").exists()
    return message


# What is unpacked


@pytest.mark.parametrize("write", FORMATS.values(), ids=FORMATS)
def test_all_formats(tmp_path: Path, write: Writer) -> None:
    write(tmp_path / "archive", list(IMAGES.items()))  # the name says nothing
    unpack(tmp_path / "archive", tmp_path / "made" / "images", size_limit=LIMIT)
    assert contents(tmp_path / "made" / "images") == IMAGES


@either
def test_an_empty_archive(tmp_path: Path, write: Writer) -> None:
    write(tmp_path / "archive", [])
    unpack(tmp_path / "archive", tmp_path / "images", size_limit=0)
    assert contents(tmp_path / "images") == {}


def test_as_made_by_the_usual_commands(tmp_path: Path) -> None:
    source = tmp_path / "source"
    (source / "folder").mkdir(parents=True)
    (source / "folder" / "image.png").write_bytes(b"image")
    with tarfile.open(tmp_path / "archive", "w:gz") as archive:
        archive.add(source, ".")  # members ".", "./folder" and "./folder/image.png"
    unpack(tmp_path / "archive", tmp_path / "images", size_limit=LIMIT)
    assert contents(tmp_path / "images") == {"folder/image.png": b"image"}


def test_a_tar_of_zips_is_a_tar(tmp_path: Path) -> None:
    write_zip(tmp_path / "inner.zip", list(IMAGES.items()))
    write_tar(tmp_path / "archive", [("inner.zip", (tmp_path / "inner.zip").read_bytes())])
    unpack(tmp_path / "archive", tmp_path / "images", size_limit=LIMIT)
    assert list(contents(tmp_path / "images")) == ["inner.zip"]


def test_backslashes_of_windows_separate_folders(tmp_path: Path) -> None:
    write_zip(tmp_path / "archive", [("folder\\image.png", b"image")])
    unpack(tmp_path / "archive", tmp_path / "images", size_limit=LIMIT)
    assert contents(tmp_path / "images") == {"folder/image.png": b"image"}


def test_a_folder_that_is_as_it_was_unpacked_is_left_alone(tmp_path: Path) -> None:
    write_zip(tmp_path / "archive", list(IMAGES.items()))
    unpack(tmp_path / "archive", tmp_path / "images", size_limit=LIMIT)
    unpack(tmp_path / "no such archive", tmp_path / "images", size_limit=LIMIT)
    assert contents(tmp_path / "images") == IMAGES


def test_any_other_folder_is_replaced(tmp_path: Path) -> None:
    write_zip(tmp_path / "archive", list(IMAGES.items()))
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "of someone else.png").write_bytes(b"x")
    unpack(tmp_path / "archive", tmp_path / "images", size_limit=LIMIT)
    assert contents(tmp_path / "images") == IMAGES


def test_what_a_killed_process_left_is_replaced(tmp_path: Path) -> None:
    write_zip(tmp_path / "archive", list(IMAGES.items()))
    (tmp_path / "images.unpacking").mkdir()
    (tmp_path / "images.unpacking" / "half.png").write_bytes(b"ha")
    unpack(tmp_path / "archive", tmp_path / "images", size_limit=LIMIT)
    assert contents(tmp_path / "images") == IMAGES
    assert not (tmp_path / "images.unpacking").exists()


def unpack_and_look(archive: Path) -> dict[str, bytes]:
    unpack(archive, archive.parent / "images", size_limit=LIMIT)
    return contents(archive.parent / "images")


def test_processes_unpack_together(tmp_path: Path) -> None:
    write_zip(tmp_path / "archive", [(f"{number}.png", b"image") for number in range(500)])
    with ProcessPoolExecutor(3, multiprocessing.get_context("spawn")) as processes:
        seen = list(processes.map(unpack_and_look, [tmp_path / "archive"] * 6))
    assert [len(images) for images in seen] == [500] * 6


# What is refused


@either
@pytest.mark.parametrize(
    "name",
    ["/etc/passwd", "../outside", "a/../../outside", "..", "C:\\x", "c:x", "\\\\host\\share", "a\\..\\..\\x", "//x"],
)
def test_names_that_lead_outside(tmp_path: Path, write: Writer, name: str) -> None:
    write(tmp_path / "archive", [("good.png", b"good"), (name, b"bad")])
    assert f"its member {name!r} would lie outside the folder" in refusal(tmp_path / "archive")


@either
@settings(max_examples=40, deadline=None)
@given(name=st.text("ac./\\:~ ", min_size=1, max_size=8))
def test_whatever_the_name_nothing_is_written_outside(
    tmp_path_factory: pytest.TempPathFactory, write: Writer, name: str
) -> None:
    folder = tmp_path_factory.mktemp("archives")
    write(folder / "archive", [(name, b"content")])
    try:
        unpack(folder / "archive", folder / "images", size_limit=LIMIT)
    except DataUnavailable:
        assert not (folder / "images").exists()
    assert {path.name for path in folder.iterdir()} <= {"archive", "images", "images.lock", "images.manifest.json"}


@pytest.mark.parametrize(
    ("kind", "called"),
    [
        (tarfile.SYMTYPE, "a link"),
        (tarfile.LNKTYPE, "a link"),
        (tarfile.CHRTYPE, "a device"),
        (tarfile.BLKTYPE, "a device"),
        (tarfile.FIFOTYPE, "a device"),
    ],
)
def test_links_and_devices_in_a_tar(tmp_path: Path, kind: bytes, called: str) -> None:
    with tarfile.open(tmp_path / "archive", "w") as archive:
        information = tarfile.TarInfo("strange")
        information.type, information.linkname = kind, "good.png"
        archive.addfile(tarfile.TarInfo("good.png"))
        archive.addfile(information)
    assert f"its member strange is {called}, not a file" in refusal(tmp_path / "archive")


@pytest.mark.parametrize(("mode", "called"), [(stat.S_IFLNK, "a link"), (stat.S_IFIFO, "a device")])
def test_links_and_devices_in_a_zip(tmp_path: Path, mode: int, called: str) -> None:
    information = zipfile.ZipInfo("strange")
    information.external_attr = (mode | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "archive", "w") as archive:
        archive.writestr(information, "/etc/passwd")
    assert f"its member strange is {called}, not a file" in refusal(tmp_path / "archive")


@either
@pytest.mark.parametrize("names", [("a", "a"), ("a", "./a"), ("a", "a/b"), ("a/b", "a")])
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_members_that_come_twice(tmp_path: Path, write: Writer, names: tuple[str, str]) -> None:
    write(tmp_path / "archive", [(name, b"content") for name in names])
    assert "comes twice" in refusal(tmp_path / "archive")


@either
def test_more_bytes_than_the_limit(tmp_path: Path, write: Writer) -> None:
    write(tmp_path / "archive", [("first", bytes(600_000)), ("second", bytes(400_000))])
    unpack(tmp_path / "archive", tmp_path / "exactly", size_limit=1_000_000)
    message = refusal(tmp_path / "archive", size_limit=999_999)
    assert "with its member second it has more than 999999 bytes" in message


def test_a_bomb_that_lies_about_its_size(tmp_path: Path) -> None:
    write_zip(tmp_path / "archive", [("bomb", bytes(50_000_000))])
    damaged = (tmp_path / "archive").read_bytes().replace((50_000_000).to_bytes(4, "little"), (5).to_bytes(4, "little"))
    (tmp_path / "archive").write_bytes(damaged)
    assert "damaged" in refusal(tmp_path / "archive")  # no more than announced is read, and the checksum differs


def test_a_bomb_of_zeros_that_are_not_stored(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "archive", "wb") as file:
        information = tarfile.TarInfo("bomb")
        information.size = 20_000_000
        file.write(information.tobuf() + bytes(information.size + 1024))
    assert (tmp_path / "archive").stat().st_size < 50_000
    assert "has more than 1000000 bytes" in refusal(tmp_path / "archive")


@pytest.mark.parametrize("write", FORMATS.values(), ids=FORMATS)
@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.97])
def test_an_archive_that_was_cut(tmp_path: Path, write: Writer, share: float) -> None:
    write(tmp_path / "archive", [(f"{number}.png", random.Random(number).randbytes(1000)) for number in range(20)])
    whole = (tmp_path / "archive").read_bytes()
    end = len(whole.rstrip(b"\0")) if write is write_tar else len(whole)  # a tar is filled up with zeros
    (tmp_path / "archive").write_bytes(whole[: int(share * end)])
    assert "it is damaged" in refusal(tmp_path / "archive")


def test_a_tar_that_was_cut_between_two_members(tmp_path: Path) -> None:
    write_tar(tmp_path / "archive", [("first", bytes(512)), ("second", bytes(512))])
    (tmp_path / "archive").write_bytes((tmp_path / "archive").read_bytes()[:1024])
    assert "it is damaged at or after its member first (it ends too early)" in refusal(tmp_path / "archive")


@pytest.mark.parametrize("content", [b"", b"PK", b"PK\x03\x04 nothing", b"<html>", bytes(100), b"\x1f\x8b", b"BZh9"])
def test_what_is_no_archive(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "archive").write_bytes(content)
    assert "it is damaged" in refusal(tmp_path / "archive")


def test_wrong_bytes_in_a_zip(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "archive", "w") as archive:
        archive.writestr("image.png", b"content")
    (tmp_path / "archive").write_bytes((tmp_path / "archive").read_bytes().replace(b"content", b"Content"))
    assert "it is damaged at or after its member image.png (Bad CRC-32" in refusal(tmp_path / "archive")


def test_a_zip_with_a_password(tmp_path: Path) -> None:
    write_zip(tmp_path / "archive", [("image.png", b"content")])
    content = bytearray((tmp_path / "archive").read_bytes())
    for header, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(header) + flags] |= 1
    (tmp_path / "archive").write_bytes(content)
    assert "its member image.png cannot be read (" in refusal(tmp_path / "archive")


def test_an_archive_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DataUnavailable, match=r"cannot be unpacked into .* \(No such file or directory\)"):
        unpack(tmp_path / "none.zip", tmp_path / "images", size_limit=LIMIT)


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    write_zip(tmp_path / "archive", [])
    (tmp_path / "file").write_text("")
    with pytest.raises(DataUnavailable, match=r"cannot be unpacked into .* make room there or make it writable\."):
        unpack(tmp_path / "archive", tmp_path / "file" / "images", size_limit=LIMIT)
