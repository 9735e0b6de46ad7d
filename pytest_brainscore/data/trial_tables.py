"""Trial tables of human subjects: who answered what to which stimulus.

The raw data of Geirhos et al. (2021), arXiv 2106.07411: one folder per experiment, in it one CSV file per subject and
session with the columns ``subj, session, trial, rt, object_response, category, condition, imagename``.
"""

from __future__ import annotations

import csv
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.errors import DataUnavailable

_COLUMNS = ("subj", "object_response", "category", "condition", "imagename")
# A file name is {trial}_{experiment}_{subject}_{condition}_{category}_{...}: the stimulus is what follows the subject.
_FIELDS_BEFORE_STIMULUS = 3


@dataclass(frozen=True)
class TrialTable:
    """All trials of one experiment, in which every subject saw every stimulus once."""

    subjects: tuple[str, ...]
    """Sorted names."""
    stimuli: tuple[str, ...]
    """Sorted names: the file name from the condition on, the same for all subjects."""
    conditions: NDArray[np.str_]
    """Condition of every stimulus, as written in the file, shape (stimulus,)."""
    categories: NDArray[np.str_]
    """Correct category of every stimulus, shape (stimulus,)."""
    responses: NDArray[np.str_]
    """Chosen category, shape (subject, stimulus); ``na`` where the subject did not answer in time."""

    @property
    def correct(self) -> NDArray[np.bool_]:
        """Whether each answer was correct, shape (subject, stimulus); no answer is not correct."""
        return np.asarray(self.responses == self.categories)

    def without(self, *conditions: str) -> TrialTable:
        """Return the table without the stimuli of some conditions.

        Raises
        ------
        DataUnavailable
            If a condition does not occur, or no other does.

        """
        unknown = sorted(set(conditions) - set(self.conditions.tolist()))
        keep = ~np.isin(self.conditions, conditions)
        if unknown or not keep.any():
            raise DataUnavailable(
                f"Conditions {', '.join(unknown or conditions)} cannot be left out of the trial tables: "
                f"leave out some of {', '.join(sorted(set(self.conditions.tolist())))}."
            )
        stimuli = tuple(stimulus for stimulus, kept in zip(self.stimuli, keep, strict=True) if kept)
        return TrialTable(
            self.subjects, stimuli, self.conditions[keep], self.categories[keep], np.asarray(self.responses[:, keep])
        )


def read_trial_tables(folder: str | os.PathLike[str]) -> TrialTable:
    """Read the trials of all subjects and sessions of one experiment.

    Parameters
    ----------
    folder
        A folder with the CSV files of the experiment.

    Returns
    -------
    The `TrialTable`, whatever the order of files and trials.

    Raises
    ------
    DataUnavailable
        If there are no trials, a column is missing, a file name has too few parts, a subject saw a stimulus twice or
        not at all, or a stimulus has two conditions or categories.

    """
    answers: dict[str, dict[str, str]] = {}
    described: dict[str, tuple[str, str]] = {}
    for file in sorted(Path(folder).glob("*.csv")):
        for subject, answer, category, condition, name in _rows(file):
            fields = name.split("_", _FIELDS_BEFORE_STIMULUS)
            if len(fields) <= _FIELDS_BEFORE_STIMULUS:
                raise DataUnavailable(
                    f"The image name {name!r} in {file} has too few parts: "
                    "name it trial_experiment_subject_condition_category..., as published."
                )
            stimulus = fields[-1]
            given = answers.setdefault(subject, {})
            if stimulus in given or described.setdefault(stimulus, (condition, category)) != (condition, category):
                raise DataUnavailable(
                    f"{file} shows the stimulus {stimulus} to {subject} again, or under another condition or category: "
                    "take the trial tables as published."
                )
            given[stimulus] = answer
    if not answers:
        raise DataUnavailable(f"No trials in {folder}: put the CSV files of the experiment there.")
    subjects, stimuli = tuple(sorted(answers)), tuple(sorted(described))
    for subject in subjects:
        if len(answers[subject]) != len(stimuli):
            raise DataUnavailable(
                f"{subject} in {folder} saw {len(answers[subject])} of {len(stimuli)} stimuli: "
                "take all trial tables of the experiment, as published."
            )
    return TrialTable(
        subjects,
        stimuli,
        np.array([described[stimulus][0] for stimulus in stimuli]),
        np.array([described[stimulus][1] for stimulus in stimuli]),
        np.array([[answers[subject][stimulus] for stimulus in stimuli] for subject in subjects]),
    )


def _rows(file: Path) -> list[tuple[str, ...]]:
    """Return the values of the columns that count, row by row."""
    with file.open(encoding="utf-8", newline="") as text:
        header, *rows = [row for row in csv.reader(text) if row] or [[]]
    missing = [column for column in _COLUMNS if column not in header]
    positions = [header.index(column) for column in _COLUMNS if column in header]
    if missing or any(len(row) != len(header) for row in rows):
        raise DataUnavailable(
            f"{file} lacks {'the columns ' + ', '.join(missing) if missing else 'values in some rows'}: "
            "take the trial tables as published."
        )
    return [tuple([row[position] for position in positions]) for row in rows]
