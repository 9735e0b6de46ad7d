"""``brainscore data status``: what is here, what can be fetched, and what must be brought."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from pytest_brainscore.data.catalogue import catalogue
from pytest_brainscore.trees import leaves_of

Brainscore = Callable[..., Result]


def test_every_published_leaf_has_a_state_and_what_is_not_ready_a_reason(brainscore: Brainscore) -> None:
    rows = json.loads(brainscore("data", "status", "--json").stdout)
    assert len(rows) == 106
    assert all(row.keys() == {"identifier", "version", "parent", "state", "reason"} for row in rows)
    assert {row["state"] for row in rows} <= {"ready", "fetchable", "restricted", "user-supplied"}
    for row in rows:
        assert (row["reason"] is None) == (row["state"] == "ready")
        assert row["reason"] is None or row["reason"].endswith(".")
    assert sum(row["state"] == "ready" for row in rows) == 7  # the embedded ones


def test_the_text_groups_benchmarks_by_state_and_ends_with_the_counts(brainscore: Brainscore) -> None:
    result = brainscore("data", "status", "V1")
    assert result.exit_code == 0
    assert "ready: 7 of " in result.stdout
    assert "    Marques2020_DeValois1982-pref_or\n" in result.stdout
    assert result.stdout.splitlines()[-1].startswith("7 ready, ")


def test_every_file_of_the_catalogue_has_a_state_and_what_is_not_ready_a_reason(brainscore: Brainscore) -> None:
    rows = json.loads(brainscore("data", "status", "--files", "--json").stdout)
    assert [(row["kind"], row["identifier"]) for row in rows] == list(catalogue())
    assert [row["files"] for row in rows] == [[file.name for file in each.files] for each in catalogue().values()]
    for row in rows:
        assert (row["reason"] is None) == (row["state"] == "ready")
    shown = brainscore("data", "status", "--files").stdout
    assert "    Cowley2026.190923 assy_Cowley2026_190923.nc\n" in shown
    named = {file.name for each in catalogue().values() for file in each.files}
    assert named <= set(shown.split())


def test_data_are_selected_by_their_names_and_by_the_benchmarks_that_need_them(brainscore: Brainscore) -> None:
    def kinds(*words: str) -> list[tuple[str, str]]:
        rows = json.loads(brainscore("data", "status", *words, "--json").stdout)
        return [(row["kind"], row["identifier"]) for row in rows]

    assert kinds("hvm-public") == [("stimulus_set", "hvm-public")]
    assert len(kinds("--files", "Kato2026.*")) == 18
    needed = [("stimulus_set", "hvm-public"), ("assembly", "MajajHong2015.public")]
    assert kinds("--files", "MajajHong2015public.IT-pls") == needed


def test_the_leaves_of_another_tree_have_states_too(brainscore: Brainscore) -> None:
    rows = json.loads(brainscore("data", "status", "--tree", "2026", "--json").stdout)
    assert [(row["identifier"], row["version"]) for row in rows] == [leaf[:2] for leaf in leaves_of("2026")]
    assert len(json.loads(brainscore("data", "status", "V4", "--tree", "2026", "--json").stdout)) == 10


def test_the_files_that_leaves_of_a_tree_need(brainscore: Brainscore) -> None:
    rows = json.loads(brainscore("data", "status", "--files", "--tree", "2026", "--json").stdout)
    names = {row["identifier"] for row in rows}
    assert {"Allen2022_fmri_surface_train", "Allen2022_fmri_stim_test", "Gifford2022_train"} <= names
    assert not any(name.startswith(("Allen2022_fmri_4subj", "Li2026")) for name in names)


def test_a_selector_that_matches_nothing_is_one_sentence(brainscore: Brainscore) -> None:
    result = brainscore("data", "status", "V7")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: No benchmark and no parent of the score tree matches 'V7'; ")
    assert result.stdout == ""


def test_a_folder_that_does_not_exist_is_a_usage_error(brainscore: Brainscore) -> None:
    result = brainscore("data", "status", "--brainscore-data", "nowhere")
    assert result.exit_code == 2
    assert "'nowhere' does not exist" in result.stderr


def test_a_folder_of_data_makes_the_benchmarks_ready_that_it_covers(
    brainscore: Brainscore, reference_folder: Path
) -> None:
    rows = json.loads(brainscore("data", "status", "--json", "--brainscore-data", reference_folder).stdout)
    ready = {row["identifier"] for row in rows if row["state"] == "ready"}
    kinds = ("edge", "silhouette")
    assert {f"Geirhos2021{each}-{metric}" for each in kinds for metric in ("top1", "error_consistency")} <= ready


@pytest.fixture
def reference_folder() -> Path:
    """Return the folder of real data; skip where there is none."""
    folder = REAL_DATA
    if not folder or not Path(folder).is_dir():
        pytest.skip("BRAINSCORE_DATA names no folder of real data")
    return Path(folder)


REAL_DATA = os.environ.get("BRAINSCORE_DATA", "")


@pytest.mark.parametrize(
    ("words", "count"), [((), 106), (("--tree", "2026"), 124), (("--files",), len(catalogue()))], ids=str
)
def test_a_new_process_imports_nothing_heavy(words: tuple[str, ...], count: int) -> None:
    program = (
        "import sys; from pytest_brainscore.commands import main\n"
        f"try: main(['data', 'status', '--json', *{words}])\n"
        "except SystemExit: pass\n"
        "print(sorted({'numpy', 'pandas', 'scipy', 'torch', 'xarray'} & set(sys.modules)), file=sys.stderr)"
    )
    run = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert len(json.loads(run.stdout)) == count
    assert run.stderr.strip() == "[]"
