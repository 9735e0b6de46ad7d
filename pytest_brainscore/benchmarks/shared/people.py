"""Who was right about which image: trials of people who all saw the same images."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pytest_brainscore.benchmarks.shared.behavior import answer_table
from pytest_brainscore.errors import DataUnavailable

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet


def correct_by_subject(trials: pd.DataFrame, images: pd.DataFrame, benchmark: Benchmark) -> NDArray[np.bool_]:
    """Return whether each subject named each image correctly, shape (subject, image), subjects sorted.

    Parameters and errors are those of `answers_by_subject`; images have the column ``truth``, too.
    """
    _, named = answers_by_subject(trials, images, benchmark)
    return np.asarray(named == images["truth"].to_numpy(str))


def answers_by_subject(
    trials: pd.DataFrame, images: pd.DataFrame, benchmark: Benchmark
) -> tuple[list[str], NDArray[np.str_]]:
    """Return what each subject answered to each image.

    Parameters
    ----------
    trials
        From `shared.behavior.trial_table`, with ``stimulus_id``, ``subject`` and the answer as ``value``; those on
        other images are left out.
    images
        With the column ``stimulus_id``.
    benchmark
        Named in messages.

    Returns
    -------
    The subjects, sorted, and their answers, shape (subject, image).

    Raises
    ------
    DataUnavailable
        When not every subject answered once to each of the images, or there are fewer than two subjects.

    """
    # Counted before reshaping: a pivot needs single cells.
    trials = trials[trials["stimulus_id"].isin(images["stimulus_id"])]
    subjects = sorted(set(trials["subject"]))
    pairs = trials.drop_duplicates(["subject", "stimulus_id"])
    if not len(trials) == len(pairs) == len(subjects) * len(images):
        raise DataUnavailable(
            f"Not every subject of {benchmark.assembly} answered once to each of {len(images)} images; take it as "
            "published."
        )
    if len(subjects) < 2:
        raise DataUnavailable(
            f"{benchmark.assembly} has {len(subjects)} subject, and a ceiling needs two; take it as published."
        )
    answers = trials.pivot_table(index="subject", columns="stimulus_id", values="value", aggfunc="first")
    return subjects, answers.loc[subjects, images["stimulus_id"]].to_numpy(str)


def require_everybody(trials: pd.DataFrame, stimuli: StimulusSet, benchmark: Benchmark) -> None:
    """Refuse trials, before a model is asked, if not every subject named every image once.

    Raises
    ------
    DataUnavailable
        As in `correct_by_subject`, and when images lack their ``truth``.

    """
    correct_by_subject(trials, answer_table(stimuli, {}, "truth"), benchmark)
