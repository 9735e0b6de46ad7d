"""Whether benchmarks in a TOML file are in order: every fault in a sentence, or what was found."""

from __future__ import annotations

import math
import os
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar, cast

import numpy as np

from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.benchmarks.own.own_recording import OwnRecording, RecordingFile
from pytest_brainscore.benchmarks.own.recorded_data import join_recording
from pytest_brainscore.benchmarks.own.recording_protocol import (
    OwnData,
    ceiling_of,
    compare_at_chance,
    load_numbers,
    load_stimuli,
)
from pytest_brainscore.benchmarks.own.toml_folder import read_definitions
from pytest_brainscore.benchmarks.own.toml_keys import Definition
from pytest_brainscore.benchmarks.registry import Registry
from pytest_brainscore.data.joining.matrices import NEUROID
from pytest_brainscore.data.recordings.load_recording import load_recording
from pytest_brainscore.data.recordings.vocabulary import shown
from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.errors import BenchmarkError, BrainScoreError

Result = TypeVar("Result")
_IMAGES_SHOWN: Final = 10
"""Damaged images that are named each."""


@dataclass(frozen=True)
class Finding:
    """What was found of one benchmark."""

    benchmark: Benchmark
    faults: tuple[str, ...] = ()
    """One sentence each."""
    facts: dict[str, str] = field(default_factory=dict)
    """What there is, by what it is; empty where there are faults."""


def check_file(path: str | os.PathLike[str]) -> tuple[list[str], list[Finding]]:
    """Check the benchmarks in a TOML file: everything is read, joined and, with random features, scored once.

    Returns
    -------
    Faults of the file itself, and what was found of each benchmark that it defines.

    Raises
    ------
    BenchmarkError
        When the file is no TOML.

    """
    read = read_definitions(path)
    if not read.faults:
        try:
            Registry().named([os.fspath(path)])
        except BenchmarkError as error:  # a name or a place in the tree that is taken
            read.faults.append(str(error))
    return read.faults, [_check(definition, benchmark) for definition, benchmark in read.definitions]


def _check(definition: Definition, benchmark: Benchmark) -> Finding:
    own = cast("OwnRecording", benchmark.data)
    name = benchmark.identifier
    faults: list[str] = []

    def attempt(function: Callable[[], Result]) -> Result | None:
        try:
            return function()
        except BrainScoreError as error:
            faults.append(f"{name}: {error}")
            return None

    missing = [each for each in own.files if not each.exists()]
    faults.extend(f"{name}: {each} is not there; put it there, or mend the path." for each in missing)
    there = set(own.files) - set(missing)
    stimuli = None
    if own.stimuli in there and (own.stimulus_table is None or own.stimulus_table in there):
        stimuli = attempt(lambda: load_stimuli(own, name))
    if stimuli is not None:
        faults.extend(f"{name}: {each}" for each in _damaged(stimuli[0]))
    recording = None
    source = own.recording
    if isinstance(source, RecordingFile) and source.path in there:
        if not source.in_order_of_images:
            recording = attempt(lambda: load_recording(source.path, **source.arguments))
        elif stimuli is not None:
            recording = attempt(lambda: load_numbers(source, stimuli[0]))
    if stimuli is None or recording is None or faults:
        return Finding(benchmark, tuple(faults))
    stratify = own.settings.get("stratify")
    joined = attempt(
        lambda: join_recording(
            recording, stimuli[0], ordered=stimuli[1], filling=own.visual_degrees is None, labels=[str(stratify)]
        )
    )
    if joined is None:
        return Finding(benchmark, tuple(faults))
    data = OwnData(own, joined)
    trials = definition.number_of_trials
    if trials and joined.presentations is not None and joined.repetitions != trials:
        faults.append(
            f"{name}: number_of_trials is {trials}, and the recording has up to {joined.repetitions} repetitions of a "
            "stimulus; mend the one or the other."
        )
    attempt(lambda: ceiling_of(data))
    # A ceiling that is wrong makes the score wrong in the same words.
    chance = attempt(lambda: compare_at_chance(data)) if not faults else None
    if chance is None:
        return Finding(benchmark, tuple(faults))
    return Finding(benchmark, (), _facts(data, benchmark, len(stimuli[0]), chance))


def _damaged(stimuli: StimulusSet) -> list[str]:
    """Return a sentence for each image that cannot be decoded."""

    def problem(image: Any) -> str | None:
        try:
            image.pixels()
        except BrainScoreError as error:
            return str(error)
        return None

    with ThreadPoolExecutor() as threads:
        found = [each for each in threads.map(problem, stimuli.images) if each is not None]
    rest = len(found) - _IMAGES_SHOWN
    return found[:_IMAGES_SHOWN] + ([f"{rest} more images cannot be shown; copy them again."] if rest > 0 else [])


def _repetitions(data: OwnData) -> str:
    presentations = data.joined.presentations
    if presentations is None:
        return "none (averages)"
    counts = Counter(presentations["stimulus_id"].values.tolist())
    repeated = sum(count > 1 for count in counts.values())
    fewest, most = min(counts.values()), max(counts.values())
    only = f", {repeated} of {len(counts)} stimuli more than once" if repeated < len(counts) else ""
    return (str(most) if fewest == most else f"{fewest} to {most}") + only


def _facts(data: OwnData, benchmark: Benchmark, images: int, chance: Any) -> dict[str, str]:
    own, joined = data.own, data.joined
    size = len(joined.stimuli)
    shown_as = "filling the model's input" if joined.filling else f"{own.visual_degrees:g} degrees wide"
    others = f" ({images - size} further images are not shown)" if images > size else ""
    facts = {"stimuli": f"{size}, {shown_as}{others}; the first is {joined.stimuli.table['stimulus_id'].iloc[0]}"}
    if joined.dissimilar:
        facts["recording"] = f"dissimilarities of {size} x {size} stimuli"
    else:
        names = [str(each) for each in joined.recording[NEUROID].values.tolist()]
        facts["recording"] = f"{len(names)} neuroids: {shown(names, 6)}"
        facts["repetitions"] = _repetitions(data)
    if joined.subjects:
        facts["subjects"] = f"{len(joined.subjects)}: {shown(joined.subjects, 6)}"
    facts["model"] = f"recorded from in {benchmark.region}, {own.time_bin[0]} to {own.time_bin[1]} ms"
    facts["metric"] = benchmark.metric
    facts["ceiling"] = "none" if chance.normalisation == "r" else f"{chance.ceiling:.4f} ({chance.normalisation})"
    raw = "no number" if math.isnan(chance.raw) else f"{np.round(chance.raw, 3) + 0.0:.3f}"
    facts["random features"] = f"{raw} before the ceiling, so that models that know nothing score about that"
    return facts
