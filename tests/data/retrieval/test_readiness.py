"""The state of data: ready, fetchable, restricted, user-supplied."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest

from pytest_brainscore import data
from pytest_brainscore.data.catalogue import CatalogueError, CatalogueFile, FileSet, file_set
from pytest_brainscore.data.retrieval import readiness as module
from pytest_brainscore.data.retrieval.readiness import readiness

PUBLIC = "MajajHong2015.public"
RESTRICTED = "MajajHong2015.private"


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


@pytest.fixture
def publisher(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Return what each publisher's layout lacks, for the test to fill; a publisher without an entry lacks nothing."""
    lacks: dict[str, str] = {}

    def missing(files: FileSet) -> str | None:
        return lacks.get(files.publisher or "no publisher is asked for such data")

    stand_in = ModuleType("pytest_brainscore.data.publishers")
    monkeypatch.setattr(stand_in, "missing", missing, raising=False)
    monkeypatch.setitem(sys.modules, stand_in.__name__, stand_in)
    monkeypatch.setattr(data, "publishers", stand_in, raising=False)
    return lacks


def test_files_in_the_users_folder_are_ready(folder: Path) -> None:
    for name in ("stimulus_hvm-private.csv", "stimulus_hvm-private.zip"):
        assert readiness("stimulus_set", "hvm-private").state == "restricted"
        (folder / name).touch()
    assert readiness("stimulus_set", "hvm-private") == ("ready", None)


def test_files_in_the_cache_of_the_published_system_are_ready(tmp_path: Path) -> None:
    (file,) = file_set("assembly", PUBLIC).files
    place = tmp_path / "brainio" / file.sha1
    place.mkdir(parents=True)
    (place / file.name).touch()
    assert readiness("assembly", PUBLIC) == ("ready", None)


def test_public_files_will_be_fetched() -> None:
    assert readiness("assembly", PUBLIC) == (
        "fetchable",
        f"Assembly {PUBLIC} will be fetched from brainscore-storage.s3.amazonaws.com when needed: brainscore data "
        f"fetch {PUBLIC}.",
    )


@pytest.mark.parametrize(
    ("sizes", "words"),
    [
        ((2_340_000_000, 10_000_000), " (2.4 GB)"),
        ((4_000, 1_250_000), " (1.3 MB)"),
        ((0, 1_000), " (1.0 kB)"),
        ((0, 17), " (17 bytes)"),
        ((0, None), ""),
    ],
)
def test_the_size_is_named_where_all_are_known(
    sizes: tuple[int | None, ...], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = tuple(
        CatalogueFile(name=f"{place}.zip", sha1="0" * 40, addresses=("https://host.org/x",), size=size)
        for place, size in enumerate(sizes)
    )
    toy = FileSet(
        kind="assembly", identifier="Toy", store_identifier="Toy", files=files, access="public", note="take it."
    )
    monkeypatch.setattr(module, "file_set", lambda *_: toy)
    assert readiness("assembly", "Toy").reason == (
        f"Assembly Toy will be fetched{words} from host.org when needed: brainscore data fetch Toy."
    )


def test_offline_the_reason_says_what_to_put_where(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRAINSCORE_OFFLINE", "1")
    (folder / "stimulus_hvm-public.csv").touch()
    state, reason = readiness("stimulus_set", "hvm-public")
    assert state == "fetchable"
    assert reason == (
        "Stimulus set hvm-public is not on this machine and nothing may be fetched: unset BRAINSCORE_OFFLINE "
        f"in the environment, or put stimulus_hvm-public.zip into {folder}."
    )
    monkeypatch.delenv("BRAINSCORE_DATA")
    assert str(readiness("stimulus_set", "hvm-public").reason).endswith(
        "or put stimulus_hvm-public.csv and stimulus_hvm-public.zip into a folder DIR and set BRAINSCORE_DATA=DIR "
        "in the environment."
    )


def test_restricted_files_need_credentials() -> None:
    state, reason = readiness("assembly", RESTRICTED)
    assert state == "restricted"
    assert reason == (
        f"Assembly {RESTRICTED} is not on this machine and cannot be fetched without AWS credentials (AWS_PROFILE or "
        "~/.aws/credentials): held back for evaluation, readable with credentials for the store only; files that you "
        "already have go into the folder of --brainscore-data; MajajHong2015.public with hvm-public is the part that "
        "is public."
    )


def test_the_missing_one_of_restricted_files_is_named(folder: Path) -> None:
    (folder / "stimulus_Allen2022_fMRI_test_Stimuli.csv").touch()
    state, reason = readiness("stimulus_set", "Allen2022_fmri_stim_test")
    assert state == "restricted"
    assert str(reason).startswith(
        "Stimulus set Allen2022_fmri_stim_test is on this machine in part: stimulus_Allen2022_fMRI_test_Stimuli.zip is "
        "missing and cannot be fetched without AWS credentials"
    )


@pytest.mark.parametrize("variable", ["AWS_ACCESS_KEY_ID", "AWS_PROFILE"])
def test_with_credentials_restricted_files_will_be_fetched(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, "mine")
    state, reason = readiness("assembly", RESTRICTED)
    assert state == "fetchable"
    assert "brainscore-storage.s3.amazonaws.com with your AWS credentials when needed" in str(reason)


def test_with_a_credentials_file_restricted_files_will_be_fetched(tmp_path: Path) -> None:
    (tmp_path / "no credentials").write_text("[default]")
    assert readiness("assembly", RESTRICTED).state == "fetchable"


def test_credentials_are_of_no_use_without_boto3(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "mine")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setattr("pytest_brainscore.data.retrieval.s3.find_spec", lambda name: None)
    state, reason = readiness("assembly", RESTRICTED)
    assert state == "restricted"
    assert "without boto3 (pip install 'pytest-brainscore[s3]') and AWS credentials" in str(reason)


def test_the_publishers_own_files_make_data_ready(publisher: dict[str, str]) -> None:
    for identifier in ("imagenet2012", "imagenet_val", "imagenet_c.blur", "BarbuMayo2019", "Geirhos2021_edge"):
        assert readiness("stimulus_set", identifier) == ("ready", None)


def test_without_the_publishers_files_the_publisher_says_what_to_put_where(publisher: dict[str, str]) -> None:
    publisher |= {
        "imagenet": "Put ImageNet there.",
        "objectnet": "Put ObjectNet there.",
        "geirhos2021": "Put it there.",
    }
    assert readiness("stimulus_set", "imagenet2012") == ("user-supplied", "Put ImageNet there.")
    assert readiness("stimulus_set", "BarbuMayo2019") == ("restricted", "Put ObjectNet there.")
    assert readiness("assembly", "Geirhos2021_edge").state == "fetchable"


def test_offline_the_publisher_says_what_to_put_where(
    publisher: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BRAINSCORE_OFFLINE", "1")
    publisher["geirhos2021"] = "Put the trial tables there."
    assert readiness("assembly", "Geirhos2021_edge") == ("fetchable", "Put the trial tables there.")


def test_with_credentials_a_restricted_set_is_fetchable_without_the_publishers_files(
    publisher: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher["objectnet"] = "Put ObjectNet there."
    monkeypatch.setenv("AWS_PROFILE", "mine")
    assert readiness("stimulus_set", "BarbuMayo2019").state == "fetchable"


def test_an_unknown_name_is_an_error() -> None:
    with pytest.raises(CatalogueError):
        readiness("assembly", "nothing")
