"""What behavioral benchmarks share: asking a model, reading trials, and judging the outcome.

Tables that leave this module are sorted, so that no number depends on the order of rows in a file.
"""

from __future__ import annotations

import hashlib
import inspect
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from pytest_brainscore.data.joining.names import as_text
from pytest_brainscore.errors import DataUnavailable, ModelError, NoNumber
from pytest_brainscore.metrics.reliability.bootstrap import DRAWS, SEED
from pytest_brainscore.metrics.shared.aggregation import credible
from pytest_brainscore.scoring.score import Score

if TYPE_CHECKING:
    import xarray

    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
    from pytest_brainscore.metrics.reliability.explained_variance import NormalisedScore
    from pytest_brainscore.models.interface import BrainModel
    from pytest_brainscore.models.tasks.label_decisions import Aggregation


_NUMBER: Final = re.compile(r"[+-]?\d+\.?\d*")


class Probabilities(NamedTuple):
    """How probable a model finds each category."""

    values: NDArray[np.float64]
    """Shape (stimulus, category)."""
    categories: NDArray[np.str_]
    """Their names, in the model's order."""

    @property
    def choices(self) -> NDArray[np.str_]:
        """Most probable category of every stimulus, shape (stimulus,); the first of equals."""
        return np.asarray(self.categories[self.values.argmax(axis=1)])


def name_categories(
    model: BrainModel,
    labels: Sequence[str] | str,
    stimuli: StimulusSet,
    number_of_trials: int,
    *,
    aggregation: Aggregation = "mean",
) -> NDArray[np.str_]:
    """Have a model name one of some categories for every stimulus.

    Parameters
    ----------
    model
        Afterwards it does the label task.
    labels
        The categories, sorted: the first of equally probable ones is named. Or ``imagenet``, for all 1000 synsets.
    stimuli
        Stimuli on the model's screen.
    number_of_trials
        Repetitions in the experiment.
    aggregation
        Over the classes of a category; told to models that can be told, see ``BrainModel.start_task``.

    Returns
    -------
    Category of every stimulus, shape (stimulus,), in the order of the stimuli.

    Raises
    ------
    ModelError
        When there is not one answer per stimulus.

    """
    asked = labels if isinstance(labels, str) else list(labels)
    start: Any = model.start_task
    if aggregation != "mean" and _takes(start, "aggregation"):
        start("label", asked, aggregation=aggregation)
    else:
        start("label", asked)
    answers = model.look_at(stimuli, number_of_trials).transpose("presentation", ...)
    return np.asarray(_one_each(model, stimuli, answers.values.reshape(len(answers), -1))[:, 0], dtype=np.str_)


def _takes(function: Any, name: str) -> bool:
    """Tell whether a function of somebody's model takes a keyword."""
    parameters = inspect.signature(function).parameters.values()
    return any(each.name == name or each.kind is each.VAR_KEYWORD for each in parameters)


def category_probabilities(
    model: BrainModel, fitting: StimulusSet, stimuli: StimulusSet, number_of_trials: int
) -> Probabilities:
    """Have a model learn categories from labelled stimuli, and say for others how probable each category is.

    Parameters
    ----------
    model
        Afterwards it does the probabilities task.
    fitting
        Stimuli on the model's screen, with a column ``image_label``.
    stimuli
        Stimuli on the model's screen.
    number_of_trials
        Repetitions in the experiment.

    Raises
    ------
    ModelError
        When there is not one row of probabilities per stimulus, or the categories are not those of the fitting stimuli.
    NoNumber
        When a probability is not finite.

    """
    model.start_task("probabilities", fitting)
    return further_probabilities(model, fitting, stimuli, number_of_trials)


def further_probabilities(
    model: BrainModel, fitting: StimulusSet, stimuli: StimulusSet, number_of_trials: int
) -> Probabilities:
    """Have a model that was just asked for `category_probabilities` answer to other stimuli, without learning anew.

    Parameters and errors are those of `category_probabilities`; `fitting` is what the model has learnt from.
    """
    answers = model.look_at(stimuli, number_of_trials).transpose("presentation", "choice")
    categories = answers["choice"].values.astype(str)
    learnt = sorted(set(fitting.table["image_label"].astype(str)))
    if sorted(categories.tolist()) != learnt:
        raise ModelError(
            f"{model.identifier} gives probabilities of {', '.join(categories)}, but learnt {', '.join(learnt)}; have "
            "it answer with one column per label of the fitting stimuli."
        )
    values = np.asarray(_one_each(model, stimuli, answers.values), dtype=np.float64)
    if not np.isfinite(values).all():
        raise NoNumber(f"{model.identifier} gives probabilities that are not finite for {stimuli.identifier}.")
    return Probabilities(values, categories)


def trial_table(assembly: xarray.DataArray, *coordinates: str) -> pd.DataFrame:
    """Return trials as a sorted table.

    Parameters
    ----------
    assembly
        One value per trial, with plain coordinates.
    coordinates
        Those wanted.

    Returns
    -------
    pandas.DataFrame
        The coordinates as columns, and ``value``; sorted by all of them. ``stimulus_id`` is text.

    Raises
    ------
    DataUnavailable
        When a coordinate is missing, or values are not one per trial.

    """
    missing = [name for name in coordinates if name not in assembly.coords]
    if missing or assembly.dims != ("presentation",):
        what = f"lacks the coordinate {missing[0]}" if missing else f"has the dimensions {assembly.dims}"
        raise DataUnavailable(
            f"The assembly {assembly.name or 'of trials'} {what}; give one value per presentation, with "
            f"{', '.join(coordinates)}."
        )
    columns = {name: assembly[name].values for name in coordinates}
    return _sorted(pd.DataFrame(columns | {"value": assembly.values}))


def answer_table(stimuli: StimulusSet, answers: Mapping[str, NDArray[np.generic]], *columns: str) -> pd.DataFrame:
    """Return what a model answered to each stimulus as a table, sorted by ``stimulus_id``.

    Parameters
    ----------
    stimuli
        The stimuli that were shown.
    answers
        Columns to add, one value per stimulus in the order of the stimuli.
    columns
        Columns of the stimulus set to keep besides ``stimulus_id``, which becomes text.

    Raises
    ------
    DataUnavailable
        When the stimulus set lacks a column.

    """
    require_columns(stimuli, *columns)
    kept = {name: stimuli.table[name].to_numpy() for name in ("stimulus_id", *columns)}
    return _sorted(pd.DataFrame(kept | dict(answers)))


def confusion_details(truth: NDArray[np.str_], answers: NDArray[np.str_]) -> dict[str, Any]:
    """Return how often each category was named for each, as plain values for a plot.

    Parameters
    ----------
    truth, answers
        Category of each stimulus and the one that was named, shape (stimulus,).

    Returns
    -------
    dict[str, Any]
        ``labels``: all categories, sorted; ``counts``: a row for each true category, a column for each named one.

    """
    labels = sorted({*truth.tolist(), *answers.tolist()})
    counts = np.zeros((len(labels), len(labels)), dtype=np.int64)
    np.add.at(counts, (np.searchsorted(labels, truth), np.searchsorted(labels, answers)), 1)
    return {"labels": labels, "counts": counts.tolist()}


def require_columns(stimuli: StimulusSet, *columns: str) -> None:
    """Refuse a stimulus set that lacks a column.

    Raises
    ------
    DataUnavailable
        When it lacks one.

    """
    missing = [name for name in columns if name not in stimuli.table.columns]
    if missing:
        raise DataUnavailable(
            f"The stimulus set {stimuli.identifier} has no column {missing[0]!r}; fetch its table again."
        )


def require_shown(trials: pd.DataFrame, stimuli: StimulusSet, benchmark: Benchmark) -> None:
    """Refuse trials on stimuli that the model is not going to be shown.

    Raises
    ------
    DataUnavailable
        When there are such trials, or no trials at all.

    """
    unknown = set(trials["stimulus_id"]) - set(as_identifiers(stimuli.table["stimulus_id"]))
    if unknown or trials.empty:
        what = f"{len(unknown)} stimuli of the trials are unknown to" if unknown else "no trial belongs to"
        raise DataUnavailable(
            f"The trials {benchmark.assembly} do not fit: {what} the stimulus set {benchmark.stimulus_set}; fetch both "
            "again."
        )


def require_ceiling(ceiling: float, benchmark: Benchmark) -> float:
    """Return a ceiling above 0.

    Raises
    ------
    DataUnavailable
        When the subjects have nothing in common that a model could share.

    """
    if not ceiling > 0:
        raise DataUnavailable(
            f"The subjects of {benchmark.assembly} do not agree with one another (ceiling {ceiling:.3g}), so no model "
            "can be scored on it; fetch it again."
        )
    return ceiling


def as_identifiers(values: ArrayLike) -> NDArray[np.str_]:
    """Return stimulus ids as text: files and assemblies store the same id as text, integer or floating-point number."""
    return np.array(as_text(values), dtype=np.str_)


def as_labels(values: ArrayLike) -> NDArray[np.str_]:
    """Return labels as text, equal where they are equal numbers: those of tables, models and trials differ in type.

    A model that learnt from the labels 1.0 and 2.0 answers with "1.0", while the table of what it is tested with may
    have 1.
    """
    texts = as_identifiers(values).tolist()
    return np.array([f"{float(text):.15g}" if _NUMBER.fullmatch(text) else text for text in texts], dtype=np.str_)


def digest(table: pd.DataFrame) -> str:
    """Return the SHA-256 of a sorted table of trials: the same for the same trials in any order."""
    return hashlib.sha256(table.to_csv(index=False).encode()).hexdigest()


def outcome(
    benchmark: Benchmark,
    normalised: NormalisedScore,
    *,
    raw: float,
    ceiling: float,
    bounded: bool,
    n: Mapping[str, int],
    provenance: Mapping[str, str | int | float],
    values: xarray.DataArray | None = None,
) -> Score:
    """Return the score of a behavioral benchmark, its error from the bootstrap of this package.

    Parameters
    ----------
    benchmark
        What was scored.
    normalised
        Score and error, not cut.
    raw, ceiling, n, provenance, values
        As in `Score`; draws and seed of the bootstrap are added.
    bounded
        Whether the score is cut to [0, 1]; then `Score.unclipped` has what it was before. Else it has what it was
        before a square dropped its sign.

    """
    value = min(max(normalised.value, 0.0), 1.0) if bounded else normalised.value
    return Score(
        value=value,
        error=credible(normalised.error, n["stimuli"]) if "stimuli" in n else normalised.error,
        raw=raw,
        ceiling=ceiling,
        normalisation=benchmark.normalisation,
        clipped=value != normalised.value,
        unclipped=normalised.signed if bounded else normalised.sign_lost,
        n={**n, "bootstraps": DRAWS},
        provenance={**provenance, "seed": SEED},
        values=values,
    )


def _sorted(table: pd.DataFrame) -> pd.DataFrame:
    table = table.assign(stimulus_id=as_identifiers(table["stimulus_id"])) if "stimulus_id" in table else table
    # By stimulus first: the order of the stimuli in the bootstrap.
    names = sorted(table.columns, key=lambda name: name != "stimulus_id")
    return table.sort_values(names, ignore_index=True)


def _one_each(model: BrainModel, stimuli: StimulusSet, answers: NDArray[np.generic]) -> NDArray[np.generic]:
    if len(answers) != len(stimuli):
        raise ModelError(
            f"{model.identifier} gave {len(answers)} answers to the {len(stimuli)} stimuli of {stimuli.identifier}; "
            "have it answer once to each, in their order."
        )
    return answers
