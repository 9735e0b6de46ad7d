"""Where files are looked for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pytest_brainscore.data.catalogue import CatalogueFile
from pytest_brainscore.data.retrieval.find_local import cache_folder, find, reference_cache

FILE = CatalogueFile(name="assy_Toy.nc", sha1="0123456789" * 4, addresses=())


@pytest.fixture(autouse=True)
def places(tmp_path: Path, brainscore_home: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    """Return the four places, in order; nothing is there yet."""
    monkeypatch.setenv("BRAINSCORE_DATA", str(tmp_path / "mine"))
    monkeypatch.setenv("BRAINIO_HOME", str(tmp_path / "brainio"))
    return {
        "the user's folder": tmp_path / "mine" / FILE.name,
        "a folder in it named by the SHA-1": tmp_path / "mine" / FILE.sha1 / FILE.name,
        "our cache": brainscore_home / "data" / FILE.sha1 / FILE.name,
        "the cache of the published system": tmp_path / "brainio" / FILE.sha1 / FILE.name,
    }


def put(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"anything")


def test_a_file_that_is_nowhere_is_not_found(places: dict[str, Path]) -> None:
    assert find(FILE) is None
    assert not any(path.parent.exists() for path in places.values())


def test_the_first_place_that_has_it_counts(places: dict[str, Path]) -> None:
    for path in reversed(places.values()):
        put(path)
        assert find(FILE) == path


def test_a_file_counts_by_its_name_whatever_its_content(places: dict[str, Path]) -> None:
    put(places["the user's folder"].with_name("another.nc"))
    assert find(FILE) is None
    put(places["the user's folder"])
    assert find(FILE) == places["the user's folder"]


def test_a_folder_of_that_name_is_no_file(places: dict[str, Path]) -> None:
    places["the user's folder"].mkdir(parents=True)
    assert find(FILE) is None


def test_without_a_folder_of_the_user_the_caches_are_looked_into(
    places: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in places.values():
        put(path)
    monkeypatch.delenv("BRAINSCORE_DATA")
    assert find(FILE) == places["our cache"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may enter every folder")
def test_a_folder_that_may_not_be_entered_is_passed_over(places: dict[str, Path]) -> None:
    put(places["the user's folder"])
    put(places["our cache"])
    folder = places["the user's folder"].parent
    folder.chmod(0)
    try:
        assert find(FILE) == places["our cache"]
    finally:
        folder.chmod(0o700)


def test_our_cache_names_folders_by_content(brainscore_home: Path) -> None:
    assert cache_folder(FILE) == brainscore_home / "data" / FILE.sha1


def test_the_cache_of_the_published_system_is_in_the_home_folder_unless_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert reference_cache() == tmp_path / "brainio"
    monkeypatch.delenv("BRAINIO_HOME")
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    assert reference_cache() == tmp_path / ".brainio"
