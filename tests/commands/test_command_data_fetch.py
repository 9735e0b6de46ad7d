"""``brainscore data fetch`` and ``data verify``: from a server into our cache, whole or with a sentence why not."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from pytest_brainscore.data import catalogue as catalogue_module
from pytest_brainscore.data.catalogue import CatalogueFile, FileSet, FileSetKind
from tests.support.fault_server import Fault, FaultServer

Brainscore = Callable[..., Result]
CONTENTS = {"toy.csv": b"a,b\n1,2\n", "toy.zip": b"no real images"}


@pytest.fixture
def put(fault_server: FaultServer, monkeypatch: pytest.MonkeyPatch) -> Callable[..., FileSet]:
    """Return a function that makes the catalogue consist of one small stimulus set, served with faults."""

    def put(*faults: Fault, then: Fault = Fault()) -> FileSet:  # noqa: B008 - frozen
        files = tuple(
            CatalogueFile(
                name=name,
                sha1=hashlib.sha1(content).hexdigest(),
                addresses=(fault_server.put(name, content, *faults, then=then)[0],),
                size=len(content),
            )
            for name, content in CONTENTS.items()
        )
        toy = FileSet(
            kind="stimulus_set", identifier="Toy", store_identifier="Toy", files=files, access="public", note="free."
        )
        entries: dict[tuple[FileSetKind, str], FileSet] = {("stimulus_set", "Toy"): toy}
        monkeypatch.setattr(catalogue_module, "catalogue", lambda: entries)
        return toy

    return put


def test_what_is_missing_is_fetched_into_our_cache_and_the_second_time_it_is_here(
    brainscore: Brainscore, put: Callable[..., FileSet], brainscore_home: Path, fault_server: FaultServer
) -> None:
    toy = put()
    result = brainscore("data", "fetch", "Toy")
    assert result.exit_code == 0
    assert result.stdout.startswith("Stimulus set Toy is in ")
    for file in toy.files:
        assert (brainscore_home / "data" / file.sha1 / file.name).read_bytes() == CONTENTS[file.name]
    assert brainscore("data", "fetch", "Toy").stdout == "Stimulus set Toy is here already.\n"
    assert [len(served.requests) for served in fault_server.files.values()] == [1, 1]


def test_a_connection_that_is_cut_is_taken_up_again(
    brainscore: Brainscore, put: Callable[..., FileSet], brainscore_home: Path
) -> None:
    toy = put(Fault(cut_at=4))
    assert brainscore("data", "fetch", "Toy").exit_code == 0
    for file in toy.files:
        assert (brainscore_home / "data" / file.sha1 / file.name).read_bytes() == CONTENTS[file.name]


def test_a_refusal_is_told_and_exits_with_1(brainscore: Brainscore, put: Callable[..., FileSet]) -> None:
    put(then=Fault(status=403))
    result = brainscore("data", "fetch", "Toy")
    assert result.exit_code == 1
    assert "403" in result.stderr
    assert result.stderr.splitlines()[-1] == "1 of 1 could not be fetched."


def test_a_file_of_yours_that_is_wrong_is_told_instead_of_trusted(
    brainscore: Brainscore, put: Callable[..., FileSet], tmp_path: Path
) -> None:
    put()
    for name in CONTENTS:
        (tmp_path / name).write_bytes(b"something else")
    result = brainscore("data", "fetch", "Toy", "--brainscore-data", tmp_path)
    assert result.exit_code == 1
    assert "is not the published toy.csv" in result.stderr


def test_offline_nothing_is_fetched(
    brainscore: Brainscore, put: Callable[..., FileSet], fault_server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    put()
    monkeypatch.setenv("BRAINSCORE_OFFLINE", "1")
    result = brainscore("data", "fetch", "Toy")
    assert result.exit_code == 1
    assert "nothing may be fetched" in result.stderr
    assert not any(served.requests for served in fault_server.files.values())


def test_without_a_selector_nothing_is_fetched(brainscore: Brainscore) -> None:
    assert brainscore("data", "fetch").exit_code == 2


def test_embedded_benchmarks_need_no_files(brainscore: Brainscore) -> None:
    result = brainscore("data", "fetch", "Marques2020_DeValois1982-pref_or")
    assert (result.exit_code, result.stdout[:26]) == (0, "There is nothing to fetch:")


def test_a_misspelt_name_of_data_is_corrected(brainscore: Brainscore) -> None:
    result = brainscore("data", "fetch", "hvm-publik")
    assert result.exit_code == 1
    assert result.stderr == "Error: There are no data called 'hvm-publik'; did you mean hvm-public?\n"


def test_verify_finds_right_wrong_and_absent_files(
    brainscore: Brainscore, put: Callable[..., FileSet], tmp_path: Path
) -> None:
    put()
    assert brainscore("data", "verify", "Toy").stdout == "0 files are right, 0 are wrong, 2 are not here.\n"
    (tmp_path / "toy.csv").write_bytes(CONTENTS["toy.csv"])
    (tmp_path / "toy.zip").write_bytes(CONTENTS["toy.zip"])
    result = brainscore("data", "verify", "Toy", "--brainscore-data", tmp_path)
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (0, "2 files are right, 0 are wrong, 0 are not here.")
    (tmp_path / "toy.zip").write_bytes(b"no real imagex")
    result = brainscore("data", "verify", "Toy", "--brainscore-data", tmp_path)
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (1, "1 files are right, 1 are wrong, 0 are not here.")
    assert f"wrong  {tmp_path / 'toy.zip'} has the SHA-1 " in result.stdout
