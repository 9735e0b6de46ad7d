"""Photographs that a model names by the classes of ImageNet: what ImageNet, ImageNet-C and ObjectNet share."""

from __future__ import annotations

import warnings
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from pytest_brainscore.benchmarks.shared.behavior import name_categories, require_columns
from pytest_brainscore.benchmarks.shared.replicating import with_replicates
from pytest_brainscore.errors import DataUnavailable
from pytest_brainscore.inference.answers import accuracy_design
from pytest_brainscore.inference.draws import units
from pytest_brainscore.metrics.shared.aggregation import credible
from pytest_brainscore.scoring.score import Score

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
    from pytest_brainscore.models.interface import BrainModel

PROTOCOL_REVISION: Final = 1
"""Raise it with every change of these benchmarks that may change a score."""
TASK: Final = "imagenet"
"""The label task that chooses among the 1000 classes, and answers with the synset (``n01440764`` ...)."""


def naming_score(
    benchmark: Benchmark, model: BrainModel, stimuli: StimulusSet, complete: int, *conditions: str
) -> Score:
    """Score the share of images whose class a model names, among the 1000 of ImageNet.

    The images fill the model's input; they are not placed on a screen. The model is not shown the columns of the
    stimulus set, which tell the class.

    Parameters
    ----------
    benchmark
        Says how many trials there are.
    model
        Afterwards it does the label task.
    stimuli
        Images with the columns ``synset`` and ``filename``.
    complete
        Images of the published benchmark. With any other number there is a warning, and ``images`` of the provenance
        differs, so that the score is compared with none on all images.
    conditions
        Further columns; ``values`` has the share of correct answers for each combination that occurs.

    Returns
    -------
    Score
        The ceiling is 1. The error is the standard error of the share, see `standard_error`; the published one is the
        standard deviation over images.

    Raises
    ------
    DataUnavailable
        When there are no images, or a column is missing.

    """
    require_columns(stimuli, "synset", "filename", *conditions)
    count = len(stimuli)
    if count == 0:
        raise DataUnavailable(f"The stimulus set {stimuli.identifier} has no images; fetch or copy it again.")
    if count != complete:
        warnings.warn(
            f"{benchmark.identifier} is scored on {count} images instead of {complete}; the score cannot be compared "
            "with published ones.",
            stacklevel=2,
        )
    shown = replace(stimuli, table=stimuli.table[["stimulus_id"]])
    answers = name_categories(model, TASK, shown, benchmark.number_of_trials)
    correct = np.asarray(answers == stimuli.table["synset"].to_numpy(str))
    value = float(correct.mean())
    score = Score(
        value=value,
        error=credible(standard_error(correct, stimuli.table["filename"]), count),
        raw=value,
        ceiling=1.0,
        normalisation=benchmark.normalisation,
        n={"stimuli": count},
        provenance={
            "protocol": PROTOCOL_REVISION,
            "stimuli": stimuli.digest(),
            "images": f"{count} of {complete}",
        },
        values=_by_condition(correct, stimuli, conditions) if conditions else None,
    )
    # Versions of one photograph are drawn together, and the same photographs for all benchmarks that show them.
    drawn = units("photographs", "photograph", _photographs(stimuli.table["filename"]))
    return with_replicates(score, accuracy_design(correct, drawn), categories=stimuli.table["synset"].to_numpy(str))


def standard_error(correct: NDArray[np.bool_], filenames: ArrayLike) -> float:
    """Return the standard error of a share of correct answers.

    Versions of one photograph are no independent evidence: answers count per photograph (cluster-robust standard
    error, Liang & Zeger (1986), doi 10.1093/biomet/73.1.13). Where every image is a photograph of its own, this is
    sqrt(p (1 - p) / n).

    Parameters
    ----------
    correct
        Whether each image was named correctly, shape (image,), at least one.
    filenames
        Name of each image's file, shape (image,); equal last parts are versions of one photograph.

    """
    _, codes = np.unique(_photographs(filenames), return_inverse=True)
    deviations = np.bincount(codes.ravel(), weights=correct - correct.mean())
    return float(np.sqrt((deviations**2).sum()) / correct.size)


def _photographs(filenames: ArrayLike) -> list[str]:
    return [PurePosixPath(str(name)).name for name in np.asarray(filenames).tolist()]


def _by_condition(correct: NDArray[np.bool_], stimuli: StimulusSet, conditions: tuple[str, ...]) -> xr.DataArray:
    """Return the share of correct answers per condition, with its columns as coordinates of ``condition``."""
    columns = [stimuli.table[name] for name in conditions]
    # Plain arrays: the index of the table may be of any kind.
    shares = stimuli.table.assign(correct=correct).groupby([column.to_numpy() for column in columns])["correct"].mean()
    names = shares.index.to_frame(index=False).to_numpy()
    coordinates = {name: ("condition", list(names[:, index])) for index, name in enumerate(conditions)}
    return xr.DataArray(shares.to_numpy(), coordinates, ("condition",))
