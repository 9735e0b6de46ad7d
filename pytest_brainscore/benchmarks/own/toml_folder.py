"""Benchmarks in a TOML file beside a recording and its images: no Python. Light to import; data are read when scored.

::

    identifier = "Lab2026.V4-pls"        # its name
    region = "V4"                        # V1, V2, V4 or IT
    parent = "mylab"                     # place in the score tree; own_benchmarks where it is left out
    recording = "v4.npz"                 # csv, npz, nc, or npy with a csv of ids beside
    stimuli = "images"                   # folder or zip of the images, or a csv of their file names
    metric = "pls"

All keys are in ``toml_keys.Definition``; what may be said of a recording besides its path, in ``toml_keys.Recording``:
``recording = { file = "v4.npy", ids = "images.csv", axes = ["neuroid", "stimulus"] }``. Several benchmarks stand in
tables ``[[benchmark]]``, and what they share before these; one may stand in a table ``[benchmark]``, or in none. Paths
start from the file.
``brainscore benchmark keys`` lists all keys.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.benchmarks.own.own_recording import (
    CEILINGS,
    WHERE_THERE_ARE,
    OwnRecording,
    RecordingFile,
    names_a_file,
    own_benchmark,
)
from pytest_brainscore.benchmarks.own.recording_benchmark import problems
from pytest_brainscore.benchmarks.own.toml_keys import Definition, Recording
from pytest_brainscore.data.reading import read_text, reading
from pytest_brainscore.errors import BenchmarkError

SEVERAL: Final = "benchmark"
"""Name of the tables, where a file has several benchmarks."""
IN_ORDER: Final = "stimuli"
"""What ``ids`` are where the rows of a recording are in the order of the images."""
_OF_SCORE: Final = ("stratify", "normalisation", "components", "alpha", "splits", "test_size", "seed")
"""Keys that are handed to ``score`` as they are."""


class Read(NamedTuple):
    """What a file says, and what is wrong with it."""

    definitions: list[tuple[Definition, Benchmark]]
    faults: list[str]
    """One sentence each."""


def read_benchmarks(path: str | os.PathLike[str]) -> tuple[Benchmark, ...]:
    """Return the benchmarks of a TOML file; see the module, and ``recording_benchmark`` for what they do.

    Raises
    ------
    BenchmarkError
        When the file cannot be read, a key is missing, unknown (the nearest one is named) or of the wrong type, or two
        benchmarks have one name.

    """
    read = read_definitions(path)
    if read.faults:
        more = f" ({len(read.faults) - 1} more: brainscore benchmark check {path})" if read.faults[1:] else ""
        raise BenchmarkError(f"{read.faults[0]}{more}")
    return tuple(benchmark for _, benchmark in read.definitions)


def read_definitions(path: str | os.PathLike[str]) -> Read:
    """Return what is right in a TOML file of benchmarks, and a sentence for everything that is wrong.

    Raises
    ------
    BenchmarkError
        When the file is no TOML.

    """
    file = Path(path)
    what, mend = "The benchmark file", "mend the file"
    text = read_text(file, what, mend, error=BenchmarkError)
    with reading(what, file, mend, error=BenchmarkError):
        content = tomllib.loads(text)
    shared = {name: value for name, value in content.items() if name != SEVERAL}
    tables = content.get(SEVERAL, [{}])
    if isinstance(tables, dict):
        tables = [tables]
    if not isinstance(tables, list) or not tables or not all(isinstance(each, dict) for each in tables):
        raise BenchmarkError(
            f"{file} has {SEVERAL} as something else than tables [[{SEVERAL}]] or [{SEVERAL}]; mend the file."
        )
    # Without "..", so that a file that is named in two ways defines one benchmark.
    folder = Path(os.path.abspath(file)).parent  # noqa: PTH100
    read = Read([], [])
    names: set[str] = set()
    read.faults.extend(_unknown(f"{file}", shared, Definition))
    for number, table in enumerate(tables):
        name = table.get("identifier", shared.get("identifier"))
        where = (
            f"{file}, benchmark {name if isinstance(name, str) else number + 1}," if SEVERAL in content else f"{file}"
        )
        definition, faults = _convert(where, shared, table)
        if definition.identifier in names:
            faults.append(f"{file} has the benchmark {definition.identifier} twice; give each its own identifier.")
        if "identifier" in (shared | table):
            names.add(definition.identifier)
        faults += [f"{where} {each}." for each in _problems(definition)]
        if not faults and not read.faults:
            read.definitions.append((definition, _benchmark(definition, folder)))
        read.faults.extend(faults)
    return read


def _convert(where: str, shared: Mapping[str, Any], own: Mapping[str, Any]) -> tuple[Definition, list[str]]:
    """Return a definition, in which keys that are wrong are as if they were right, and every fault."""
    content = {**_INSTEAD, **shared, **own}
    faults = [*_unknown(where, own, Definition)]
    lacking = [name for name in _INSTEAD if name not in shared and name not in own]
    faults += [f"{where} has no {name}; {_MEANS[name]}." for name in lacking]
    recording = content["recording"]
    if isinstance(recording, dict):
        inside = f"{where} recording"
        faults += _unknown(inside, recording, Recording)
        if "file" not in recording:
            faults.append(f"{inside} has no file; {_MEANS['file']}.")
        right, wrong = _converted(inside, {"file": "", **recording}, Recording)
        faults += wrong
        content["recording"] = {"file": "", **right}
    right, wrong = _converted(where, content, Definition)
    return msgspec.convert({**_INSTEAD, **right}, Definition), faults + wrong


_INSTEAD: Final[Mapping[str, str]] = {"identifier": "unnamed", "recording": "", "stimuli": ""}
"""What stands for keys that have to be there and are not, so that others are checked all the same."""


def _unknown(where: str, content: Mapping[str, object], kind: type[msgspec.Struct]) -> Iterator[str]:
    known = [each.name for each in msgspec.structs.fields(kind)]
    for name in content:
        if name not in known:
            part = [each for each in known if len(name) > 3 and (name in each or each in name)]
            near = part[:1] or difflib.get_close_matches(name, known, n=1)
            meant = f"did you mean {near[0]}?" if near else f"use one of {', '.join(known)}."
            yield f"{where} has the unknown key {name!r}; {meant}"


def _converted(
    where: str, content: Mapping[str, object], kind: type[msgspec.Struct]
) -> tuple[dict[str, object], list[str]]:
    """Return the values that are of the right type, and a sentence for each that is not."""
    right: dict[str, object] = {}
    wrong = []
    for each in msgspec.structs.fields(kind):
        if each.name in content:
            try:
                msgspec.convert(content[each.name], each.type)
                right[each.name] = content[each.name]
            except msgspec.ValidationError as error:
                reason = str(error).partition(" - at ")[0]
                wrong.append(f"{where} is wrong at {each.name}: {reason[0].lower()}{reason[1:]}; mend that key.")
    return right, wrong


_MEANS: Final = {
    "identifier": 'name it, for example identifier = "Lab2026.V4-pls"',
    "recording": 'name its file (csv, npz, nc or npy), for example recording = "v4.npz"',
    "stimuli": 'name the folder of the images, for example stimuli = "images"',
    "file": 'name it, for example file = "v4.npz"',
}


def _problems(definition: Definition) -> list[str]:
    found = problems(
        definition.identifier,
        definition.region or definition.task or "",
        _parents(definition),
        definition.time_bin,
        definition.visual_degrees,
        definition.version,
    )
    if not definition.region and not definition.task:
        found = [each for each in found if "of the region ''" not in each]
        found.append('has no region; say what is recorded from in the model, for example region = "V4"')
    if isinstance(definition.ceiling, str) and not names_a_file(definition.ceiling):
        known = [*CEILINGS, WHERE_THERE_ARE]
        if definition.ceiling not in known:
            found.append(
                f"has the ceiling {definition.ceiling!r}; give a number, a file, or one of {', '.join(CEILINGS)}"
            )
    if definition.number_of_trials < 0:
        found.append(f"has number_of_trials {definition.number_of_trials}; give the repetitions in the experiment")
    return found


def _parents(definition: Definition) -> tuple[str, ...]:
    given = definition.parent
    return tuple(each.strip() for each in given.split("/")) if isinstance(given, str) else tuple(given)


def _benchmark(definition: Definition, folder: Path) -> Benchmark:
    recording = _recording(definition.recording, folder)
    stimuli = _path(definition.stimuli, folder)
    table = _path(definition.stimulus_table, folder) if definition.stimulus_table else None
    ceiling: Any = definition.ceiling
    files = [recording.path, stimuli, *([table] if table else [])]
    files += [
        each for each in (recording.arguments.get("ids"), recording.arguments.get("neuroids")) if isinstance(each, Path)
    ]
    if isinstance(ceiling, str) and names_a_file(ceiling):
        ceiling = RecordingFile(_path(ceiling, folder))
        files.append(ceiling.path)
    given = {name: getattr(definition, name) for name in _OF_SCORE}
    own = OwnRecording(
        recording=recording,
        stimuli=stimuli,
        stimulus_table=table,
        metric=definition.metric,
        ceiling=ceiling,
        time_bin=(int(definition.time_bin[0]), int(definition.time_bin[1])),
        visual_degrees=definition.visual_degrees,
        settings={**{name: value for name, value in given.items() if value is not None}, **definition.options},
        files=tuple(files),
    )
    return own_benchmark(
        own,
        identifier=definition.identifier,
        region=definition.region,
        parents=_parents(definition),
        version=definition.version,
        number_of_trials=definition.number_of_trials or 1,
        citation=definition.citation,
        cost=definition.cost,
    )


def _recording(given: str | Recording, folder: Path) -> RecordingFile:
    if isinstance(given, str):
        return RecordingFile(_path(given, folder))
    arguments: dict[str, Any] = {
        each.name: getattr(given, each.name)
        for each in msgspec.structs.fields(Recording)
        if each.name != "file" and getattr(given, each.name) not in (None, [])
    }
    in_order = given.ids == IN_ORDER
    if in_order:
        del arguments["ids"]
    for name in ("ids", "neuroids"):
        if isinstance(arguments.get(name), str) and (name == "ids" or arguments[name].lower().endswith(".csv")):
            arguments[name] = _path(arguments[name], folder)
    return RecordingFile(_path(given.file, folder), arguments, in_order)


def _path(text: str, folder: Path) -> Path:
    """Return a path that starts from the file; ``~`` and variables of the environment are what they are in a shell."""
    return folder / Path(os.path.expandvars(text)).expanduser()
