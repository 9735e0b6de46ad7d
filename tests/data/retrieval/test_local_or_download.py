"""Getting hold of files: what is here is verified, what is not is fetched into our cache."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pytest_brainscore.data.catalogue import CatalogueFile, FileSet
from pytest_brainscore.data.retrieval import local_or_download, s3
from pytest_brainscore.data.retrieval.local_or_download import obtain
from pytest_brainscore.errors import DataUnavailable

CONTENTS = {"stimulus_Toy.csv": b"table", "stimulus_Toy.zip": b"images"}
TOY = FileSet(
    kind="stimulus_set",
    identifier="Toy",
    store_identifier="Toy",
    files=tuple(
        CatalogueFile(name=name, sha1=hashlib.sha1(content).hexdigest(), addresses=(f"https://store.org/{name}",))
        for name, content in CONTENTS.items()
    ),
    access="public",
    note="anybody may fetch it.",
)
RESTRICTED = replace(TOY, access="restricted", note="ask for credentials.")
TABLE, IMAGES = TOY.files

Fetched = list[tuple[str, str, bool]]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, brainscore_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the user's folder, on a machine that has no data and no credentials."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_PROFILE", "BRAINSCORE_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "no credentials"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "no configuration"))
    monkeypatch.setenv("BRAINIO_HOME", str(tmp_path / "brainio"))
    monkeypatch.setenv("BRAINSCORE_DATA", str(tmp_path / "mine"))
    (tmp_path / "mine").mkdir()
    return tmp_path / "mine"


@pytest.fixture(autouse=True)
def fetched(monkeypatch: pytest.MonkeyPatch) -> Fetched:
    """Return a list of what is fetched from now on: how, name, whether with a progress bar; the store always gives."""
    fetched: Fetched = []

    def giving(how: str) -> Callable[..., Path]:
        def give(file: CatalogueFile, folder: Path, *, progress: bool = False) -> Path:
            fetched.append((how, file.name, progress))
            folder.mkdir(parents=True)
            (folder / file.name).write_bytes(CONTENTS[file.name])
            return folder / file.name

        return give

    monkeypatch.setattr(local_or_download, "fetch", giving("anonymously"))
    monkeypatch.setattr(s3, "fetch_signed", giving("signed"))
    return fetched


@pytest.fixture
def refusing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the store refuse who has no account."""

    def refuse(file: CatalogueFile, folder: Path, *, progress: bool = False) -> Path:
        raise DataUnavailable(f"{file.name} could not be fetched: store.org answered 403.")

    monkeypatch.setattr(local_or_download, "fetch", refuse)


def test_what_is_here_is_returned_in_order_and_nothing_is_fetched(folder: Path, fetched: Fetched) -> None:
    for name, content in CONTENTS.items():
        (folder / name).write_bytes(content)
    assert obtain(TOY) == (folder / TABLE.name, folder / IMAGES.name)
    assert fetched == []


def test_only_what_is_missing_is_fetched_into_our_cache(folder: Path, brainscore_home: Path, fetched: Fetched) -> None:
    (folder / TABLE.name).write_bytes(b"table")
    cached = brainscore_home / "data" / IMAGES.sha1 / IMAGES.name
    assert obtain(TOY, progress=True) == (folder / TABLE.name, cached)
    assert fetched == [("anonymously", IMAGES.name, True)]
    assert obtain(TOY) == (folder / TABLE.name, cached)
    assert len(fetched) == 1


def test_a_wrong_file_is_an_error_before_anything_is_fetched(folder: Path, fetched: Fetched) -> None:
    (folder / IMAGES.name).write_bytes(b"broken")
    with pytest.raises(DataUnavailable, match=r"stimulus_Toy\.zip is not the published stimulus_Toy\.zip: its SHA-1"):
        obtain(TOY)
    assert fetched == []


def test_offline_nothing_is_fetched(folder: Path, monkeypatch: pytest.MonkeyPatch, fetched: Fetched) -> None:
    monkeypatch.setenv("BRAINSCORE_OFFLINE", "1")
    (folder / TABLE.name).write_bytes(b"table")
    with pytest.raises(DataUnavailable, match=r"nothing may be fetched: .* put stimulus_Toy\.zip into"):
        obtain(TOY)
    assert fetched == []
    (folder / IMAGES.name).write_bytes(b"images")
    assert len(obtain(TOY)) == 2


def test_restricted_files_are_fetched_with_credentials(monkeypatch: pytest.MonkeyPatch, fetched: Fetched) -> None:
    monkeypatch.setenv("AWS_PROFILE", "mine")
    obtain(RESTRICTED)
    assert fetched == [("signed", TABLE.name, False), ("signed", IMAGES.name, False)]


def test_without_credentials_restricted_files_are_not_even_asked_for(fetched: Fetched) -> None:
    with pytest.raises(DataUnavailable, match=r"Stimulus set Toy is not .* without AWS credentials .*: ask for cred"):
        obtain(RESTRICTED)
    assert fetched == []


@pytest.mark.usefixtures("refusing")
def test_public_files_that_are_refused_are_fetched_with_credentials(
    monkeypatch: pytest.MonkeyPatch, fetched: Fetched
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "mine")
    obtain(TOY)
    assert [how for how, *_ in fetched] == ["signed", "signed"]


@pytest.mark.usefixtures("refusing")
def test_without_credentials_the_refusal_is_the_error() -> None:
    with pytest.raises(DataUnavailable, match=r"store\.org answered 403"):
        obtain(TOY)


def test_what_users_bring_cannot_be_fetched(fetched: Fetched) -> None:
    brought = replace(TOY, files=(), access="user-supplied", note="bring your own copy.")
    with pytest.raises(DataUnavailable, match=r"^Stimulus set Toy is not on this machine: bring your own copy\.$"):
        obtain(brought)
    assert fetched == []


def test_what_users_bring_in_their_publishers_layout_has_no_files(monkeypatch: pytest.MonkeyPatch) -> None:
    brought = replace(TOY, files=(), access="user-supplied", publisher="somebody")
    monkeypatch.setattr(local_or_download, "publisher_lacks", lambda files: None)
    assert obtain(brought) == ()
    monkeypatch.setattr(local_or_download, "publisher_lacks", lambda files: "Put it there.")
    with pytest.raises(DataUnavailable, match=r"^Put it there\.$"):
        obtain(brought)
