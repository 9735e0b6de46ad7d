"""Stimulus sets and assemblies by name: published files first, then the publisher's layout, else fetched."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import xarray as xr

from pytest_brainscore.data import loading, publishers
from pytest_brainscore.data.catalogue import CatalogueError, CatalogueFile, FileSet, FileSetKind
from pytest_brainscore.data.loading import load_assembly, load_stimulus_set
from pytest_brainscore.errors import DataUnavailable
from pytest_brainscore.resources import resource_folder

PUBLISHED = resource_folder("tests/data/published_layout")


def published_file(name: str) -> CatalogueFile:
    sha1 = hashlib.sha1((PUBLISHED / name).read_bytes(), usedforsecurity=False).hexdigest()
    return CatalogueFile(name=name, sha1=sha1, addresses=())


STIMULI = FileSet(
    kind="stimulus_set",
    identifier="hvm-tiny",
    store_identifier="dicarlo.hvm_tiny",
    files=(published_file("stimulus_dicarlo_hvm_tiny.csv"), published_file("stimulus_dicarlo_hvm_tiny.zip")),
    access="public",
    note="public.",
)
ASSEMBLY = FileSet(
    kind="assembly",
    identifier="Tiny",
    store_identifier="dicarlo.Tiny_recording",
    files=(published_file("assy_dicarlo_Tiny_recording.nc"),),
    access="public",
    note="public.",
    linked_stimulus_set="hvm-tiny",
)
COWLEY = FileSet(
    kind="stimulus_set",
    identifier="Cowley2023.V4",
    store_identifier="Cowley2023.V4",
    files=(),
    access="user-supplied",
    note="bring your own copy.",
    publisher="cowley2023",
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a user's folder with a published stimulus set and assembly; nothing is fetched."""
    data = tmp_path / "data"
    data.mkdir()
    for file in (*STIMULI.files, *ASSEMBLY.files):
        shutil.copy(PUBLISHED / file.name, data)
    monkeypatch.setenv("BRAINSCORE_DATA", str(data))
    monkeypatch.setenv("BRAINSCORE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("BRAINIO_HOME", str(tmp_path / "brainio"))
    monkeypatch.setenv("BRAINSCORE_OFFLINE", "1")
    return data


@pytest.fixture
def listed(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return a function that makes file sets the whole catalogue."""

    def list_file_sets(*sets: FileSet) -> None:
        entries = {(each.kind, each.identifier): each for each in sets}

        def file_set(kind: FileSetKind, identifier: str) -> FileSet:
            return entries[kind, identifier]

        monkeypatch.setattr(loading, "file_set", file_set)

    return list_file_sets


def test_a_stimulus_set_is_unpacked_once(folder: Path, tmp_path: Path, listed: Callable[..., None]) -> None:
    listed(STIMULI)
    stimuli = load_stimulus_set("hvm-tiny", 8.0)
    assert stimuli.table["stimulus_id"].tolist() == ["b12", "a3", "c7", "d1"]
    assert stimuli.degrees == 8.0
    assert stimuli.images[0].pixels().shape == (8, 8, 3)
    unpacked = tmp_path / "home/data" / STIMULI.files[1].sha1 / "images"
    made = unpacked.stat().st_mtime_ns
    assert load_stimulus_set("hvm-tiny", 8.0).digest() == stimuli.digest()
    assert unpacked.stat().st_mtime_ns == made


@pytest.mark.usefixtures("folder")
def test_an_assembly_has_the_columns_of_its_stimuli(listed: Callable[..., None]) -> None:
    listed(STIMULI, ASSEMBLY)
    assembly = load_assembly("Tiny")
    assert assembly["variation"].dims == ("presentation",)
    assert assembly["variation"].values.tolist() == [0, 3, 3, 6] * 2
    assert assembly["filename"].values.tolist() == ["b12.png", "a3.png", "c7.png", "d1.png"] * 2
    assert assembly.attrs["identifier"] == "dicarlo.Tiny_recording"
    assert assembly.attrs["stimulus_set_identifier"] == "dicarlo.hvm_tiny"


def test_joining_needs_the_table_of_the_stimuli_not_the_images(folder: Path, listed: Callable[..., None]) -> None:
    listed(STIMULI, ASSEMBLY)
    (folder / STIMULI.files[1].name).unlink()
    assert "variation" in load_assembly("Tiny").coords


def test_where_the_catalogue_says_so_nothing_is_joined(folder: Path, listed: Callable[..., None]) -> None:
    listed(STIMULI, replace(ASSEMBLY, join_stimulus_columns=False))
    (folder / STIMULI.files[0].name).unlink()
    assembly = load_assembly("Tiny")
    assert "variation" not in assembly.coords
    assert assembly.attrs["stimulus_set_identifier"] == "dicarlo.hvm_tiny"


@pytest.mark.usefixtures("folder")
def test_an_assembly_without_stimulus_set_stands_alone(listed: Callable[..., None]) -> None:
    listed(replace(ASSEMBLY, linked_stimulus_set=None))
    assert "variation" not in load_assembly("Tiny").coords


def test_the_publisher_stands_in_for_files_that_are_not_here(
    folder: Path, listed: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing_is_missing(files: FileSet) -> None:
        assert files.publisher == "cowley2023"

    listed(replace(STIMULI, publisher="cowley2023"))
    monkeypatch.setattr(publishers, "missing", nothing_is_missing)
    monkeypatch.setattr(publishers, "load_stimulus_set", lambda files, degrees: (files.identifier, degrees))
    assert len(load_stimulus_set("hvm-tiny", 8.0)) == 4  # published files come first
    (folder / STIMULI.files[0].name).unlink()
    assert load_stimulus_set("hvm-tiny", 8.0) == ("hvm-tiny", 8.0)  # type: ignore[comparison-overlap]


@pytest.mark.usefixtures("folder")
def test_trials_from_a_publisher_need_no_images(listed: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    assembly = replace(ASSEMBLY, files=(), publisher="geirhos2021", linked_stimulus_set="elsewhere")
    listed(assembly, replace(STIMULI, identifier="elsewhere", files=()))
    monkeypatch.setattr(publishers, "missing", lambda files: None)
    monkeypatch.setattr(publishers, "load_assembly", lambda files: xr.DataArray([1.0], dims="presentation"))
    assert load_assembly("Tiny").attrs["stimulus_set_identifier"] == "dicarlo.hvm_tiny"


@pytest.mark.usefixtures("folder")
def test_what_only_users_have_is_asked_for(listed: Callable[..., None]) -> None:
    listed(COWLEY)
    with pytest.raises(DataUnavailable, match=r"session 210325 .* put them into .*v4_cowley2023\."):
        load_stimulus_set("Cowley2023.V4", 8.0)


def test_what_is_nowhere_is_fetched(folder: Path, listed: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    listed(replace(ASSEMBLY, linked_stimulus_set=None))
    (folder / ASSEMBLY.files[0].name).unlink()
    asked: list[str] = []

    def obtain(files: FileSet) -> tuple[Path, ...]:
        asked.append(files.identifier)
        return (PUBLISHED / files.files[0].name,)

    monkeypatch.setattr(loading, "obtain", obtain)
    assert load_assembly("Tiny").shape == (8, 3, 1)
    assert asked == ["Tiny"]


def test_a_table_and_an_archive_that_contradict_each_other_are_refused(
    folder: Path, listed: Callable[..., None]
) -> None:
    path = folder / "other.csv"
    path.write_text("stimulus_id,filename\nb12,b12.png\n")
    sha1 = hashlib.sha1(path.read_bytes(), usedforsecurity=False).hexdigest()
    table = CatalogueFile(name="other.csv", sha1=sha1, addresses=())
    listed(replace(STIMULI, files=(table, STIMULI.files[1])))
    with pytest.raises(DataUnavailable, match="contradict each other: 3 images of the archive"):
        load_stimulus_set("hvm-tiny", 8.0)


def test_a_file_of_the_right_name_and_another_content_is_refused(folder: Path, listed: Callable[..., None]) -> None:
    listed(replace(ASSEMBLY, linked_stimulus_set=None))
    (folder / ASSEMBLY.files[0].name).write_bytes(b"something else")
    with pytest.raises(DataUnavailable):
        load_assembly("Tiny")


def test_unknown_names_are_refused() -> None:
    with pytest.raises(CatalogueError):
        load_stimulus_set("hvm-privat", 8.0)
    with pytest.raises(CatalogueError):
        load_assembly("MajajHong")
