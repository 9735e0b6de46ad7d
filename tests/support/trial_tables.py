"""The human trials of one experiment as a matrix, to be set beside what a benchmark makes of the same tables."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.data.trial_tables import read_trials, stimulus_of


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
        """Return the table without the stimuli of some conditions."""
        keep = ~np.isin(self.conditions, conditions)
        return TrialTable(
            self.subjects,
            tuple(stimulus for stimulus, kept in zip(self.stimuli, keep, strict=True) if kept),
            self.conditions[keep],
            self.categories[keep],
            np.asarray(self.responses[:, keep]),
        )


def read_trial_tables(folder: str | os.PathLike[str]) -> TrialTable:
    """Read the trials of all published subjects and sessions, whatever the order of files and trials."""
    folder = Path(folder)
    answers: dict[str, dict[str, str]] = {}
    described: dict[str, tuple[str, str]] = {}
    for trial in read_trials(folder):
        stimulus = stimulus_of(trial["imagename"], folder)
        answers.setdefault(trial["subj"], {})[stimulus] = trial["object_response"]
        described[stimulus] = trial["condition"], trial["category"]
    subjects, stimuli = tuple(sorted(answers)), tuple(sorted(described))
    return TrialTable(
        subjects,
        stimuli,
        np.array([described[stimulus][0] for stimulus in stimuli]),
        np.array([described[stimulus][1] for stimulus in stimuli]),
        np.array([[answers[subject][stimulus] for stimulus in stimuli] for subject in subjects]),
    )
