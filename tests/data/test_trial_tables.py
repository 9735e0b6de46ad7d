"""Trial tables: one row per trial in any order become one matrix of subjects by stimuli."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from pytest_brainscore.data.trial_tables import read_trial_tables
from pytest_brainscore.errors import DataUnavailable

HEADER = "subj,Session,trial,rt,object_response,category,condition,imagename"


def trial(subject: int, number: int, answer: str, category: str, condition: str, exemplar: int) -> str:
    name = f"{number:04}_cl_s{subject:02}_{condition}_{category}_10_n{exemplar}_1.png"
    return f"subject-{subject:02},1,{number},0.5,{answer},{category},{condition},{name}"


FIRST = [
    trial(1, 1, "dog", "dog", "false", 7),
    trial(1, 2, "na", "cat", "0.10", 8),
    trial(1, 3, "car", "cat", "0.10", 9),
]
SECOND = [
    trial(2, 1, "cat", "cat", "0.10", 9),
    trial(2, 2, "dog", "dog", "false", 7),
    trial(2, 3, "cat", "cat", "0.10", 8),
]


def write(folder: Path, **tables: list[str]) -> Path:
    for name, rows in tables.items():
        (folder / f"{name}.csv").write_text("\n".join([HEADER, *rows]) + "\n")
    return folder


def test_subjects_are_aligned_by_stimulus(tmp_path: Path) -> None:
    table = read_trial_tables(write(tmp_path, first=FIRST, second=SECOND))
    assert table.subjects == ("subject-01", "subject-02")
    assert table.stimuli == ("0.10_cat_10_n8_1.png", "0.10_cat_10_n9_1.png", "false_dog_10_n7_1.png")
    assert table.categories.tolist() == ["cat", "cat", "dog"]
    assert table.responses.tolist() == [["na", "car", "dog"], ["cat", "cat", "dog"]]


def test_no_answer_is_not_correct(tmp_path: Path) -> None:
    table = read_trial_tables(write(tmp_path, first=FIRST, second=SECOND))
    assert table.correct.tolist() == [[False, False, True], [True, True, True]]


def test_conditions_stay_as_written(tmp_path: Path) -> None:
    table = read_trial_tables(write(tmp_path, first=FIRST))
    assert table.conditions.tolist() == ["0.10", "0.10", "false"]


def test_a_subject_may_have_several_sessions(tmp_path: Path) -> None:
    together = read_trial_tables(write(tmp_path, first_1=FIRST[:1], first_2=FIRST[1:]))
    assert together.responses.tolist() == [["na", "car", "dog"]]


def test_conditions_can_be_left_out(tmp_path: Path) -> None:
    table = read_trial_tables(write(tmp_path, first=FIRST, second=SECOND)).without("0.10")
    assert table.stimuli == ("false_dog_10_n7_1.png",)
    assert table.conditions.tolist() == ["false"]
    assert table.correct.tolist() == [[True], [True]]
    assert table.without().stimuli == table.stimuli


def test_leaving_out_what_is_not_there_or_everything_is_told(tmp_path: Path) -> None:
    table = read_trial_tables(write(tmp_path, first=FIRST))
    with pytest.raises(DataUnavailable, match=r"Conditions 0\.1 cannot .* 0\.10, false"):
        table.without("0.1")
    with pytest.raises(DataUnavailable, match="cannot be left out"):
        table.without("0.10", "false")


def test_a_folder_without_trials_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataUnavailable, match="No trials in"):
        read_trial_tables(tmp_path)
    with pytest.raises(DataUnavailable, match="No trials in"):
        read_trial_tables(write(tmp_path, empty=[]))


def test_missing_columns_and_values_are_told(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("subj,trial\nsubject-01,1\n")
    with pytest.raises(DataUnavailable, match="lacks the columns object_response, category, condition, imagename"):
        read_trial_tables(tmp_path)
    (tmp_path / "table.csv").write_text("")
    with pytest.raises(DataUnavailable, match="lacks the columns subj"):
        read_trial_tables(tmp_path)
    with pytest.raises(DataUnavailable, match="lacks values in some rows"):
        read_trial_tables(write(tmp_path, table=[FIRST[0], "subject-01,1"]))


@pytest.mark.parametrize(
    "row",
    [
        FIRST[0],
        trial(2, 1, "dog", "dog", "false", 7).replace(",dog,false,", ",cat,false,"),
        trial(2, 1, "dog", "dog", "false", 7).replace(",dog,false,", ",dog,true,"),
    ],
    ids=["twice", "category", "condition"],
)
def test_contradicting_rows_are_told(tmp_path: Path, row: str) -> None:
    with pytest.raises(DataUnavailable, match="again, or under another condition or category"):
        read_trial_tables(write(tmp_path, table=[*FIRST, row]))


def test_a_subject_that_missed_a_stimulus_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataUnavailable, match=r"subject-02 in .* saw 2 of 3 stimuli"):
        read_trial_tables(write(tmp_path, first=FIRST, second=SECOND[:2]))


def test_a_file_name_without_a_stimulus_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataUnavailable, match="too few parts"):
        read_trial_tables(write(tmp_path, table=["subject-01,1,1,0.5,dog,dog,0,dog_1.png"]))


def test_real_tables_equal_a_pivot_of_pandas(reference_data: Path) -> None:
    folder = reference_data / "geirhos2021" / "human" / "uniform-noise"
    if not folder.is_dir():
        pytest.skip("the data folder has no trial tables of Geirhos et al. (2021)")
    table = read_trial_tables(folder)
    rows = pd.concat([pd.read_csv(file, dtype=str, keep_default_na=False) for file in folder.glob("*.csv")])
    rows["stimulus"] = rows["imagename"].str.split("_", n=3).str[3]
    rows["correct"] = rows["object_response"] == rows["category"]
    pivot = rows.pivot(index="subj", columns="stimulus", values="correct")
    assert table.subjects == tuple(pivot.index)
    assert table.stimuli == tuple(pivot.columns)
    assert table.correct.tolist() == pivot.to_numpy(dtype=bool).tolist()
    assert (len(table.subjects), len(table.stimuli)) == (4, 1280)
