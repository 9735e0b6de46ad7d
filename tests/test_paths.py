"""Functions that take a path take text and any ``os.PathLike``, too."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from PIL import Image

from pytest_brainscore.data.stimuli.stimulus_set import stimuli_from_files
from pytest_brainscore.data.stimuli.stimulus_set_files import read_stimulus_set
from pytest_brainscore.models.activations.activation_store import ActivationStore
from pytest_brainscore.models.tasks.linear_decoder import stimuli_from_synset_folders
from pytest_brainscore.report.json_files import write_json
from pytest_brainscore.report.reading import read_json_lines, read_report, read_reports
from pytest_brainscore.scoring.baseline import BaselineScore, read_baseline, update_baseline
from tests.support.records import make_report
from tests.support.trial_tables import read_trial_tables


class PathOfAnotherLibrary(os.PathLike[str]):
    """As py.path and the like."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __fspath__(self) -> str:
        return str(self._path)


Spelling = Callable[[Path], Any]


@pytest.fixture(params=[str, PathOfAnotherLibrary], ids=["text", "PathLike"])
def spell(request: pytest.FixtureRequest) -> Spelling:
    spelling: Spelling = request.param
    return spelling


def test_reports(tmp_path: Path, spell: Spelling) -> None:
    write_json(make_report(), spell(tmp_path / "report.json"))
    assert read_report(spell(tmp_path / "report.json")) == make_report()
    assert list(read_reports(spell(tmp_path))) == [tmp_path / "report.json"]
    (tmp_path / "report.jsonl").touch()
    assert read_json_lines(spell(tmp_path / "report.jsonl")) == []


def test_baselines(tmp_path: Path, spell: Spelling) -> None:
    update_baseline(
        spell(tmp_path / "baselines"),
        "net",
        {"one": BaselineScore(score=0.5, error=0.1, raw=None, ceiling=None, fingerprint={})},
    )
    assert read_baseline(spell(tmp_path / "baselines"), "net").scores["one"].score == 0.5


def test_the_store(tmp_path: Path, spell: Spelling) -> None:
    assert ActivationStore(folder=spell(tmp_path)).folder == tmp_path


def test_images_and_tables(tmp_path: Path, spell: Spelling) -> None:
    folder = tmp_path / "n01440764"
    folder.mkdir()
    Image.new("RGB", (3, 3)).save(folder / "a.png")
    assert len(stimuli_from_synset_folders(spell(tmp_path), 8)) == 1
    assert stimuli_from_files([spell(folder / "a.png")], 8).table["stimulus_id"].tolist() == [str(folder / "a.png")]
    pd.DataFrame({"stimulus_id": ["a"], "filename": ["a.png"]}).to_csv(tmp_path / "table.csv")
    assert len(read_stimulus_set("set", spell(tmp_path / "table.csv"), spell(folder), 8)) == 1


def test_trial_tables(tmp_path: Path, spell: Spelling) -> None:
    header = "subj,session,trial,rt,object_response,category,condition,imagename\n"
    (tmp_path / "a.csv").write_text(f"{header}subject-01,1,1,0.5,cat,cat,0,0001_edge_s01_0_cat_00_cat1.png\n")
    assert read_trial_tables(spell(tmp_path)).subjects == ("subject-01",)
