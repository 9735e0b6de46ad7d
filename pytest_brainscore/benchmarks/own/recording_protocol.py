"""How a model is scored on a recording of one's own: it sees the stimuli, is recorded from, and ``score`` compares."""

from __future__ import annotations

import hashlib
import inspect
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
import xarray
from numpy.typing import NDArray

from pytest_brainscore.benchmarks.code_digest import code_digest
from pytest_brainscore.benchmarks.own.metric_registry import find_metric
from pytest_brainscore.benchmarks.own.own_recording import ASKED, CEILINGS, WHERE_THERE_ARE, OwnRecording, RecordingFile
from pytest_brainscore.benchmarks.own.recorded_data import RecordedData, digest_of, join_recording
from pytest_brainscore.benchmarks.own.recording import score
from pytest_brainscore.data.joining.matrices import COLUMNS, ROWS, STIMULUS, is_data_array
from pytest_brainscore.data.joining.numbers import as_numbers
from pytest_brainscore.data.joining.stimulus_names import match_names
from pytest_brainscore.data.own_images import own_stimuli
from pytest_brainscore.data.recordings.labelling import OTHER_ROWS, SUBJECT
from pytest_brainscore.data.recordings.load_recording import SUFFIXES, load_recording
from pytest_brainscore.data.recordings.reliabilities import load_reliabilities
from pytest_brainscore.data.stimuli.screen import place_on_screen
from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.errors import NoNumber, RecordingError
from pytest_brainscore.models.asking import record_responses
from pytest_brainscore.scoring.score import Score

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.models.interface import BrainModel, RecordingTarget

PROTOCOL_REVISION: Final = 1
"""Raise it with every change of this protocol that may change a score."""
CHANCE_UNITS: Final = 64
"""Features that say nothing; more than the components of ``pls``."""


@dataclass(frozen=True, eq=False)
class OwnData:
    """What the protocol is handed."""

    own: OwnRecording
    joined: RecordedData


def load(own: OwnRecording, identifier: str) -> OwnData:
    """Read and join the recording and the stimuli of a benchmark.

    Raises
    ------
    DataUnavailable
        When a file is not there or cannot be read.
    RecordingError
        When recording and stimuli do not fit together.

    """
    stimuli, ordered = load_stimuli(own, identifier)
    stratify = own.settings.get("stratify")
    joined = join_recording(
        load_numbers(own.recording, stimuli),
        stimuli,
        ordered=ordered,
        filling=own.visual_degrees is None and not isinstance(own.stimuli, StimulusSet),
        labels=[stratify] if isinstance(stratify, str) else [],
    )
    return OwnData(own, joined)


def load_stimuli(own: OwnRecording, identifier: str) -> tuple[StimulusSet, bool]:
    """Return the stimuli, and whether their order means anything; see ``own_stimuli``."""
    degrees = own.visual_degrees
    stimuli, ordered = own_stimuli(own.stimuli, table=own.stimulus_table, degrees=degrees or 1.0, identifier=identifier)
    return (stimuli if degrees is None else replace(stimuli, degrees=degrees)), ordered


def load_numbers(given: Any, stimuli: StimulusSet) -> Any:
    """Return a recording that is a file, or that a function returns; what is in hand as it is."""
    if isinstance(given, RecordingFile):
        ids: dict[str, Any] = {"ids": stimuli.table[STIMULUS].tolist()} if given.in_order_of_images else {}
        return load_recording(given.path, **given.arguments, **ids)
    return given() if callable(given) and not hasattr(given, "shape") else given


def score_recording(benchmark: Benchmark, model: BrainModel, data: OwnData) -> Score:
    """Score how well a model predicts the recording; see ``recording_benchmark``.

    Returns
    -------
    Score
        As ``score`` gives it, with what else it depends on: digests of recording and stimuli, region, time bin, and the
        visual angle of the stimuli, where it is given.

    Raises
    ------
    RecordingError
        When a setting is unknown or out of range, or the recording cannot be scored.
    NoNumber
        When the model cannot be fitted, or has no correlation.

    """
    own, joined = data.own, data.joined
    model.start_recording(cast("RecordingTarget", benchmark.region), [own.time_bin])
    shown = _on_screen(joined, model)
    features = record_responses(model, shown)
    try:
        found = compare(features, data)
    except NoNumber as error:
        raise NoNumber(f"{model.identifier} has no score on {benchmark.identifier}: {error}") from error
    except RecordingError as error:
        if not isinstance(error.__cause__, ValueError):
            raise
        compare_at_chance(data)  # raises the same where it does not lie in the model
        raise NoNumber(f"{model.identifier} cannot be fitted to {benchmark.identifier}: {error}") from error
    further: dict[str, str | int | float] = {
        "protocol": PROTOCOL_REVISION,
        "data_sha256": joined.digest(),
        "stimuli": joined.stimuli.digest(),
        "region": benchmark.region,
        "time_bin": "{}-{}".format(*own.time_bin),
        "normalisation": found.normalisation,
        **_ingredient_of_ceiling(own.ceiling),
    }
    if own.visual_degrees is not None:
        further["stimulus_degrees"] = own.visual_degrees
    counts = {"repetitions": joined.repetitions} | ({"subjects": len(joined.subjects)} if joined.subjects else {})
    further |= find_metric(own.metric).code  # also where the function returned a score of its own
    details = {**found.details, ASKED: checksum_of(data, benchmark)}
    return replace(found, provenance={**found.provenance, **further}, n={**counts, **found.n}, details=details)


def checksum_of(data: OwnData, benchmark: Benchmark) -> str:
    """Return a checksum of all that a score on a recording comes about by, but for the model."""
    own, joined = data.own, data.joined
    settings = tuple((name, _fixed(value)) for name, value in sorted(own.settings.items()))
    ceiling = (
        own.ceiling if isinstance(own.ceiling, str) else tuple(sorted(_ingredient_of_ceiling(own.ceiling).items()))
    )
    metric = own.metric, tuple(sorted(find_metric(own.metric).code.items()))
    facts = PROTOCOL_REVISION, benchmark.region, _fixed(own.time_bin), own.visual_degrees
    stratify, table = own.settings.get("stratify"), joined.stimuli.table
    labels = tuple(map(str, table[stratify])) if isinstance(stratify, str) and stratify in table.columns else ()
    return code_digest(metric, settings, ceiling, facts, labels, joined.digest(), joined.stimuli.digest())


def _fixed(value: Any) -> Any:
    """Return lists and tables of settings as tuples, which cannot change."""
    if isinstance(value, Mapping):
        return tuple((str(name), _fixed(each)) for name, each in value.items())
    if isinstance(value, list | tuple):
        return tuple(map(_fixed, value))
    return digest_of(value) if is_data_array(value) else value


def _ingredient_of_ceiling(given: Any) -> dict[str, str | int | float]:
    """Return what a record says of a ceiling beside the recording, so that a change of it is no better model."""
    if given is None or isinstance(given, str):
        # Unless said otherwise the repetitions of the recording, of which there is a digest.
        return {"ceiling": given} if given == "subjects" else {}
    if isinstance(given, RecordingFile):
        with given.path.open("rb") as file:
            return {"ceiling_sha256": hashlib.file_digest(file, "sha256").hexdigest()}
    if isinstance(given, int | float | np.number):
        return {"ceiling": float(given)}
    if callable(given) and not hasattr(given, "shape"):
        given = given()
    return {"ceiling_sha256": hashlib.sha256(b"".join(_as_bytes(given))).hexdigest()}


def _as_bytes(value: Any) -> Iterator[bytes]:
    """Yield numbers and names of a ceiling, in any of the forms that it may have."""
    if isinstance(value, Mapping):
        for name in sorted(value, key=str):
            yield f"{name}\n".encode()
            yield from _as_bytes(value[name])
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _as_bytes(each)
    elif is_data_array(value):
        yield digest_of(value).encode()
    elif hasattr(value, "to_csv"):
        yield str(value.to_csv()).encode()
    else:
        numbers = np.ascontiguousarray(as_numbers(value, "ceiling"), dtype="<f8")
        yield str(numbers.shape).encode() + numbers.tobytes()


def compare(features: NDArray[np.generic], data: OwnData) -> Score:
    """Score features, shape (stimulus, unit), in the order of the stimuli."""
    own, joined = data.own, data.joined
    ids = joined.stimuli.table[STIMULUS].to_numpy()
    labelled = xarray.DataArray(features, {STIMULUS: (ROWS, ids)}, (ROWS, COLUMNS))
    if find_metric(own.metric).reads == "trials":
        raise RecordingError(
            f"The metric {own.metric} compares answers in the trials of a task, and models are recorded from here; use "
            "a metric of responses, such as pls, or score() with trials in hand."
        )
    known = inspect.signature(score).parameters
    unknown = [name for name in own.settings if name not in known]
    if unknown and not any(each.kind is each.VAR_KEYWORD for each in known.values()):
        raise RecordingError(f"score has no parameter {unknown[0]}; use one of {', '.join(list(known)[3:])}.")
    ceiling = ceiling_of(data)
    settings = {name: _label(value, joined) if name == "stratify" else value for name, value in own.settings.items()}
    chosen: dict[str, Any] = {**settings, **({} if ceiling is None else {"ceiling": ceiling})}
    recording: Any = joined.recording
    if len(joined.subjects) > 1 and not joined.dissimilar and np.isnan(recording.values).any():
        # Subjects saw different stimuli: each is scored on its own.
        recording = _by_subject(recording)
        if ceiling is joined.presentations and ceiling is not None:
            chosen["ceiling"] = _by_subject(ceiling)
    try:
        return score(labelled, recording, cast("Any", own.metric), **chosen)
    except RecordingError as error:
        if not joined.dissimilar or OTHER_ROWS not in str(error):
            raise
        raise RecordingError(
            f"The recording is dissimilarities of stimuli, which the metric {own.metric} does not compare; use rdm, or "
            "give responses."
        ) from error


def _by_subject(array: xarray.DataArray) -> dict[Any, xarray.DataArray]:
    """Return the neuroids of each subject with what it saw."""
    owners = array[SUBJECT].values
    each = {name: array.isel({COLUMNS: np.flatnonzero(owners == name)}) for name in dict.fromkeys(owners.tolist())}
    return {
        name: own.isel({ROWS: np.flatnonzero(~np.isnan(own.values).all(axis=1))}).drop_vars(SUBJECT)
        for name, own in each.items()
    }


def compare_at_chance(data: OwnData) -> Score:
    """Score features that say nothing: what is wrong with it is wrong with the recording, and its ceiling is that."""
    count = len(data.joined.stimuli)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return compare(np.random.default_rng(0).standard_normal((count, CHANCE_UNITS)), data)


def ceiling_of(data: OwnData) -> Any:
    """Return the ceiling as ``score`` takes it.

    Raises
    ------
    RecordingError
        When there are no repetitions, or the word is unknown.

    """
    given, joined = data.own.ceiling, data.joined
    if given is None or (isinstance(given, str) and given == "none"):
        return None
    if isinstance(given, str) and given in (WHERE_THERE_ARE, "repetitions"):
        if given == "repetitions" and joined.presentations is None:
            raise RecordingError(
                "The ceiling is to be that of the repetitions, and the recording has none; give all repetitions, a "
                'number, or "none".'
            )
        return joined.presentations
    if isinstance(given, str) and given == "subjects":
        if len(joined.subjects) < 2:
            raise RecordingError(
                f"The ceiling is to be that of the subjects, and the recording has {len(joined.subjects) or 'none'}; "
                'give the recordings of two or more, a number, or "none".'
            )
        return "subjects"
    if isinstance(given, RecordingFile):
        reliabilities = load_reliabilities(given.path)
        if reliabilities is not None:
            return reliabilities
        return _with_names_of(joined, load_numbers(given, joined.stimuli))
    if isinstance(given, str):
        raise RecordingError(
            f"The ceiling {given!r} is unknown; give a number, a file ({', '.join(SUFFIXES)}), or one of "
            f"{', '.join(CEILINGS)}."
        )
    return given() if callable(given) and not hasattr(given, "shape") else given


def _with_names_of(joined: RecordedData, ceiling: xarray.DataArray) -> xarray.DataArray:
    """Call the stimuli of a ceiling as the recording calls them."""
    ids = joined.stimuli.table[STIMULUS].tolist()
    there = list(dict.fromkeys(ceiling[STIMULUS].values.tolist()))
    places = match_names(ids, [there], "recording", "ceiling")
    called = {there[place]: name for place, name in zip(places, ids, strict=True)}
    kept = [place for place, name in enumerate(ceiling[STIMULUS].values.tolist()) if name in called]
    chosen = ceiling.isel({name: kept for name in (ROWS, OTHER_ROWS) if name in ceiling.dims})
    names = [called[name] for name in chosen[STIMULUS].values.tolist()]
    return chosen.assign_coords({STIMULUS: (ROWS, names)})


def _label(given: Any, joined: RecordedData) -> Any:
    """Return what splits are stratified by: a coordinate of the recording, or else a column of the stimuli."""
    table = joined.stimuli.table
    if isinstance(given, str) and given not in joined.recording.coords and given in table.columns:
        return xarray.DataArray(table[given].to_numpy(), {STIMULUS: (ROWS, table[STIMULUS].to_numpy())}, (ROWS,))
    return given


def _on_screen(joined: RecordedData, model: BrainModel) -> StimulusSet:
    if joined.filling:
        return replace(joined.stimuli, degrees=model.visual_degrees())
    return place_on_screen(joined.stimuli, model.visual_degrees())
