"""What a model that was given a task does with stimuli."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, get_args

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.errors import ModelError, NotCapable
from pytest_brainscore.models.interface import Task
from pytest_brainscore.models.tasks.label_decisions import Aggregation
from pytest_brainscore.models.tasks.label_task import ImageNetTask, LabelTask, label_task
from pytest_brainscore.models.tasks.odd_one_out_task import OddOneOutTask
from pytest_brainscore.models.tasks.probabilities_task import ProbabilitiesTask, fit_readout, fitting_labels

if TYPE_CHECKING:
    import xarray

READOUT_TASKS = ("probabilities", "odd_one_out")
"""Tasks that read out a layer."""
Behavior = LabelTask | ImageNetTask | ProbabilitiesTask | OddOneOutTask
"""A task that was started."""
DECIDED_TOGETHER = 4096
"""Stimuli whose logits are in memory at once, 16 MB where those of 50,000 images take 200. They are whole batches."""
Features = Callable[[StimulusSet], NDArray[np.float32]]
"""Returns what behavior is read out from: stimuli x features."""
Logits = Callable[[StimulusSet], NDArray[np.floating]]
"""Returns logits of the 1000 classes of ImageNet: stimuli x 1000."""


def start_behavior(
    task: Task,
    fitting: object,
    why_not: Callable[[str], str | None],
    features_of: Features,
    aggregation: Aggregation = "mean",
) -> Behavior | None:
    """Start a task; None for the passive one.

    Arguments are checked first, then what the model can do, and only then does it see fitting stimuli.

    Raises
    ------
    ModelError
        The task or a category is unknown, or the fitting stimuli have no labels.
    NotCapable
        `why_not` has a reason.

    """
    if task not in get_args(Task):
        raise ModelError(f"There is no task {task!r}; start one of {', '.join(get_args(Task))}.")
    labelling = label_task(fitting, aggregation) if task == "label" else None
    labels = fitting_labels(fitting) if task == "probabilities" else []
    reason = why_not(task)
    if reason is not None:
        raise NotCapable(reason)
    if isinstance(fitting, StimulusSet) and labels:
        return ProbabilitiesTask(fit_readout(features_of(fitting), labels), fitting.identifier, fitting.digest())
    return OddOneOutTask() if task == "odd_one_out" else labelling


def behave(behavior: Behavior, stimuli: StimulusSet, logits_of: Logits, features_of: Features) -> xarray.DataArray:
    """Return the answers of a model to stimuli: ``presentation`` x ``choice``."""
    if isinstance(behavior, OddOneOutTask):
        return behavior.answers(stimuli, features_of)
    if isinstance(behavior, ProbabilitiesTask):
        return behavior.answers(features_of(stimuli), stimuli.table)
    if len(stimuli) <= DECIDED_TOGETHER:
        return behavior.answers(logits_of(stimuli), stimuli.table)
    import xarray

    parts = (stimuli.rows(slice(start, start + DECIDED_TOGETHER)) for start in range(0, len(stimuli), DECIDED_TOGETHER))
    return xarray.concat([behavior.answers(logits_of(part), part.table) for part in parts], "presentation")
