"""Trial tables: one row per trial in any order become one matrix of subjects by stimuli."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from pytest_brainscore.errors import DataUnavailable
from pytest_brainscore.metrics.behavior.error_consistency import error_consistency_ceiling
from tests.support.trial_tables import read_trial_tables

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


def network(name: str = "resnet50") -> list[str]:
    """Return the trials of a network that saw the same images: no reaction times, and ``dnn`` in the names."""
    rows = [row.replace("subject-01", name).replace("_s01_", "_dnn_").replace(",0.5,", ",NaN,") for row in FIRST]
    return [row.replace(",na,", ",bear,") for row in rows]


@pytest.mark.parametrize("name", ["resnet50", "bagnet-33", "subject-resnet", "Subject-01 (copy)", ""])
@pytest.mark.parametrize("inside", [False, True], ids=["table", "rows"])
def test_only_published_subjects_count_and_others_are_named(tmp_path: Path, name: str, inside: bool) -> None:
    alone = read_trial_tables(write(tmp_path, first=FIRST, second=SECOND))
    if inside:
        write(tmp_path, second=SECOND + network(name))
    else:
        write(tmp_path, colour_model_session_1=network(name))
    where = "second" if inside else "colour_model_session_1"
    with pytest.warns(UserWarning, match=rf"Left out .* {re.escape(name or 'nobody')} \(3 trials in {where}\.csv\)"):
        table = read_trial_tables(tmp_path)
    assert table.subjects == alone.subjects
    assert table.responses.tolist() == alone.responses.tolist()


def test_networks_alone_are_no_trials(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="Left out"), pytest.raises(DataUnavailable, match="No trials in"):
        read_trial_tables(write(tmp_path, model=network()))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
def test_a_table_may_say_how_it_is_encoded(tmp_path: Path, encoding: str, end: str) -> None:
    expected = read_trial_tables(write(tmp_path, first=FIRST))
    (tmp_path / "first.csv").write_bytes(end.join([HEADER, *FIRST, ""]).encode(encoding))
    assert read_trial_tables(tmp_path).responses.tolist() == expected.responses.tolist()


def test_other_encodings_and_separators_are_told(tmp_path: Path) -> None:
    (tmp_path / "first.csv").write_bytes("\n".join([HEADER, *FIRST]).replace("dog", "d\xf6g").encode("latin-1"))
    with pytest.raises(DataUnavailable, match=r"first\.csv cannot be read \('utf-8' codec"):
        read_trial_tables(tmp_path)
    (tmp_path / "first.csv").write_text("\n".join([HEADER, *FIRST]).replace(",", ";"))
    with pytest.raises(DataUnavailable, match=r"first\.csv lacks the columns subj"):
        read_trial_tables(tmp_path)
    (tmp_path / "first.csv").write_text(f'{HEADER}\n{FIRST[0]}\n"{FIRST[1]}\n')
    with pytest.raises(DataUnavailable, match=r"first\.csv cannot be read"):
        read_trial_tables(tmp_path)


def test_what_systems_and_editors_leave_behind_is_no_table(tmp_path: Path) -> None:
    expected = read_trial_tables(write(tmp_path, first=FIRST))
    for name in (".DS_Store", "._first.csv", "Thumbs.db", "first.csv~", "first.csv.bak", "first.xlsx", "~$first.csv"):
        (tmp_path / name).write_bytes(b"\x00\x05\x16\x07\xff")
    assert read_trial_tables(tmp_path).responses.tolist() == expected.responses.tolist()


@pytest.mark.parametrize("name", ["first (copy).csv", "first 2.CSV", "zfirst.csv"])
def test_a_copy_of_a_table_is_told(tmp_path: Path, name: str) -> None:
    write(tmp_path, first=FIRST)
    (tmp_path / name).write_bytes((tmp_path / "first.csv").read_bytes())
    with pytest.raises(DataUnavailable, match=r"shows the stimulus .* again.*\(first in "):
        read_trial_tables(tmp_path)


def test_a_copy_under_another_subject_is_told_by_the_names_of_its_images(tmp_path: Path) -> None:
    renamed = [row.replace("subject-01", "subject-03") for row in FIRST]
    with pytest.raises(DataUnavailable, match=r"says subj subject-03 .* whose name says 01"):
        read_trial_tables(write(tmp_path, first=FIRST, third=renamed))


@pytest.mark.parametrize(("said", "instead"), [(",dog,false,", ",dog,true,"), (",dog,dog,", ",dog,cat,")])
def test_a_row_that_contradicts_the_name_of_its_image_is_told(tmp_path: Path, said: str, instead: str) -> None:
    with pytest.raises(DataUnavailable, match=r"says (condition true|category cat) .* whose name says (false|dog)"):
        read_trial_tables(write(tmp_path, first=[row.replace(said, instead) for row in FIRST]))


@pytest.mark.parametrize("written", ["Dog", "DOG", " dog", "dog "])
def test_an_answer_that_is_right_but_for_how_it_is_written_is_told(tmp_path: Path, written: str) -> None:
    rows = [row.replace(",dog,dog,", f",{written},dog,") for row in FIRST]
    with pytest.raises(DataUnavailable, match="only for how it is written"):
        read_trial_tables(write(tmp_path, first=rows))


def test_tables_of_another_experiment_are_told(tmp_path: Path) -> None:
    other = [row.replace("_cl_", "_edg_").replace("_n", "_m") for row in FIRST]
    with pytest.raises(DataUnavailable, match=r"several experiments \(cl, edg, the last in other\.csv\)"):
        read_trial_tables(write(tmp_path, first=FIRST, other=other))


def test_a_network_among_real_tables_does_not_move_the_ceiling(reference_data: Path, tmp_path: Path) -> None:
    folder = reference_data / "geirhos2021" / "human" / "edge"
    if not folder.is_dir():
        pytest.skip("the data folder has no trial tables of Geirhos et al. (2021)")
    for file in folder.glob("*.csv"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    first = pd.read_csv(folder / "edge_subject-01_session_1.csv", dtype=str, keep_default_na=False)
    images = first["imagename"].str.replace("_s01_", "_dnn_")
    network = first.assign(subj="resnet50", rt="NaN", object_response="clock", imagename=images)
    network.to_csv(tmp_path / "edge_resnet50_session-1.csv", index=False)
    with pytest.warns(UserWarning, match=r"resnet50 \(160 trials in edge_resnet50_session-1\.csv\)"):
        table = read_trial_tables(tmp_path)
    assert len(table.subjects) == 10
    assert error_consistency_ceiling(table.correct, table.conditions).value == pytest.approx(0.31844, abs=1e-5)


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
