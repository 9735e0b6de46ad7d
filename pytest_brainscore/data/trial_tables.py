"""Trial tables of human subjects: who answered what to which stimulus.

The raw data of Geirhos et al. (2021), arXiv 2106.07411: one folder per experiment, in it one CSV file per subject and
session with the columns ``subj, session, trial, rt, object_response, category, condition, imagename``. Only people
count: the same folders hold the tables of networks (subject ``resnet50``), once somebody has evaluated one.
"""

from __future__ import annotations

import csv
import io
import os
import re
import warnings
from collections import Counter
from collections.abc import Collection
from pathlib import Path
from typing import Final

from pytest_brainscore.data.folders import tables_in
from pytest_brainscore.data.reading import read_text, reading
from pytest_brainscore.errors import DataUnavailable

COLUMNS: Final = ("subj", "object_response", "category", "condition", "imagename")
"""Columns that every table has, whatever the letter case."""
SUBJECT: Final = re.compile(r"subject-\d+")
"""What the published subjects are called."""
_FIELDS_BEFORE_STIMULUS: Final = 3
"""An image is called {trial}_{experiment}_{subject}_{condition}_{category}_{...}: the stimulus follows the subject."""
_MEND: Final = "take the trial tables as published"
_NUMBER: Final = re.compile(r"s(\d+)")
"""What a subject is called in the name of an image: ``s01``."""

Trial = dict[str, str]
"""The values of one trial by column."""


def read_trials(
    folder: str | os.PathLike[str], columns: Collection[str] = COLUMNS, subjects: Collection[str] | None = None
) -> list[Trial]:
    """Read the trials of the published subjects, table by table, checked against each other.

    Trials of anybody else, such as networks, are left out with a warning that names them and their tables.

    Parameters
    ----------
    folder
        A folder with the CSV files of one experiment.
    columns
        Columns to return; `COLUMNS` among them.
    subjects
        Who took part. None: whoever is called like a published subject.

    Returns
    -------
    list of dict
        The trials in the order of the tables' names, by column.

    Raises
    ------
    DataUnavailable
        If a table cannot be read, there are no trials, a column is missing, a subject did not take part or saw a
        stimulus twice or not at all, a stimulus has two conditions or categories, the name of an image says something
        else than its row, or trials of several experiments lie in the folder.

    """
    folder = Path(folder)
    trials: list[Trial] = []
    left_out: Counter[tuple[str, str]] = Counter()
    seen: dict[tuple[str, str], Path] = {}
    described: dict[str, tuple[str, str]] = {}
    experiments: dict[str, Path] = {}
    for file in tables_in(folder):
        for trial in _rows(file, columns):
            subject = trial["subj"]
            if subject not in subjects if subjects is not None else not SUBJECT.fullmatch(subject):
                left_out[subject, file.name] += 1
                continue
            stimulus = stimulus_of(trial["imagename"], file)
            says = trial["condition"], trial["category"]
            if (subject, stimulus) in seen or described.setdefault(stimulus, says) != says:
                first = seen.get((subject, stimulus), file)
                raise DataUnavailable(
                    f"{file} shows the stimulus {stimulus} to {subject} again, or under another condition or category "
                    f"(first in {first.name}): {_MEND}."
                )
            seen[subject, stimulus] = file
            _check_name(trial, file)
            experiment = trial["imagename"].split("_")[1]
            experiments.setdefault(experiment, file)
            if len(experiments) > 1:
                raise DataUnavailable(
                    f"{folder} has trials of several experiments ({', '.join(sorted(experiments))}, the last in "
                    f"{file.name}); keep the tables of one experiment in a folder."
                )
            trials.append(trial)
    _name_what_is_left_out(folder, left_out)
    _check_subjects(folder, seen, len(described), subjects)
    return trials


def stimulus_of(name: str, file: Path) -> str:
    """Return the stimulus that the name of an image in a trial table tells: the same for all subjects."""
    fields = name.split("_", _FIELDS_BEFORE_STIMULUS)
    if len(fields) <= _FIELDS_BEFORE_STIMULUS or "_" not in fields[-1]:
        raise DataUnavailable(
            f"The image name {name!r} in {file} has too few parts: "
            "name it trial_experiment_subject_condition_category..., as published."
        )
    return fields[-1]


def _rows(file: Path, columns: Collection[str]) -> list[Trial]:
    """Return the values of the columns that count, row by row."""
    text = read_text(file, "The trial table", _MEND)
    with reading("The trial table", file, _MEND):
        header, *rows = [row for row in csv.reader(io.StringIO(text), strict=True) if row] or [[]]
    names = [name.strip().lower() for name in header]
    missing = [column for column in columns if column not in names]
    if missing or any(len(row) != len(header) for row in rows):
        raise DataUnavailable(
            f"{file} lacks {'the columns ' + ', '.join(missing) if missing else 'values in some rows'}: {_MEND}."
        )
    positions = {column: names.index(column) for column in columns}
    return [{column: row[position] for column, position in positions.items()} for row in rows]


def _check_name(trial: Trial, file: Path) -> None:
    """Check that subject, condition and category of a trial are those in the name of its image, and how it answers."""
    answer = trial["object_response"]
    if answer != trial["category"] == answer.strip().lower():
        raise DataUnavailable(
            f"{file} has the answer {answer!r} to the image {trial['imagename']}, which would be wrong only for how it "
            f"is written: {_MEND}."
        )
    _, _, subject, condition, category = trial["imagename"].split("_", 5)[:5]
    number = _NUMBER.fullmatch(subject)
    for column, given, named in (
        ("subj", trial["subj"].rpartition("-")[2], number[1] if number else subject),
        ("condition", trial["condition"], condition),
        ("category", trial["category"], category),
    ):
        same = int(given) == int(named) if column == "subj" and named.isdecimal() else given == named
        if not same:
            raise DataUnavailable(
                f"{file} says {column} {trial[column]} of the image {trial['imagename']}, whose name says {named}: "
                f"{_MEND}."
            )


def _name_what_is_left_out(folder: Path, left_out: Counter[tuple[str, str]]) -> None:
    if left_out:
        names = ", ".join(f"{name or 'nobody'} ({count} trials in {file})" for (name, file), count in left_out.items())
        warnings.warn(
            f"Left out of the human trials in {folder}, since only published subjects (subject-01 ...) count: {names}.",
            stacklevel=3,
        )


def _check_subjects(
    folder: Path, seen: Collection[tuple[str, str]], stimuli: int, subjects: Collection[str] | None
) -> None:
    counts = Counter(subject for subject, _ in seen)
    if not counts:
        raise DataUnavailable(f"No trials in {folder}: put the CSV files of the experiment there.")
    missing = sorted(set(subjects or ()) - counts.keys())
    if missing:
        raise DataUnavailable(
            f"The trials of {', '.join(missing)} are not in {folder}: take all trial tables of the experiment."
        )
    for subject in sorted(counts):
        if counts[subject] != stimuli:
            raise DataUnavailable(
                f"{subject} in {folder} saw {counts[subject]} of {stimuli} stimuli: "
                "take all trial tables of the experiment, as published."
            )
