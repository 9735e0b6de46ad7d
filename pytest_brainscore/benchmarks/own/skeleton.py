"""A TOML file for a recording, filled in as far as the recording tells; comments say what is left to do."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import xarray

from pytest_brainscore.benchmarks.own.recorded_data import join_recording
from pytest_brainscore.benchmarks.own.recording_benchmark import REGIONS
from pytest_brainscore.data.joining.matrices import NEUROID, STIMULUS
from pytest_brainscore.data.own_images import own_stimuli
from pytest_brainscore.data.recordings.from_arrays import UnnamedStimuli
from pytest_brainscore.data.recordings.labelling import OTHER_ROWS, SUBJECT
from pytest_brainscore.data.recordings.load_recording import load_recording
from pytest_brainscore.data.recordings.vocabulary import shown
from pytest_brainscore.errors import BrainScoreError, RecordingError

_PLACEHOLDER = "images"


def skeleton(
    recording: Path, stimuli: Path | None, folder: Path, arguments: Mapping[str, Any], in_order: bool = False
) -> str:
    """Return the text of a TOML file for a recording.

    Parameters
    ----------
    recording
        Its file.
    stimuli
        Folder or archive of the images, or a table of them; None where it is not known yet.
    folder
        Where the TOML file will be: paths start from there.
    arguments
        Of ``load_recording``.
    in_order
        Whether the recording is in the order of the images. Also guessed, with a comment to check it, where an array
        has no names of stimuli and as many entries along one axis as there are images.

    Raises
    ------
    BrainScoreError
        When the recording cannot be read, or it is not clear what is what.

    """
    images = None if stimuli is None else own_stimuli(stimuli, degrees=1.0, identifier="the images")
    shown_ids = None if images is None else images[0].table[STIMULUS].tolist()
    assembly, guessed = _read(recording, shown_ids, arguments, in_order)
    in_order = in_order or guessed
    if guessed:
        arguments = {**arguments, "axes": assembly.attrs["axes"]}
    names = list(dict.fromkeys(map(str, assembly[STIMULUS].values.tolist())))
    dissimilar = OTHER_ROWS in assembly.dims
    found = [f"{len(names)} stimuli: {shown(names, 3)}"]
    repetitions = int(pd.Series(assembly[STIMULUS].values.tolist()).value_counts().max())
    if not dissimilar:
        neuroids = [str(each) for each in assembly[NEUROID].values.tolist()]
        found.append(f"{len(neuroids)} neuroids: {shown(neuroids, 6)}")
        found.append(f"{repetitions} repetitions" if "repetition" in assembly.coords else "averages over repetitions")
    subjects: list[str] = []
    if SUBJECT in assembly.coords:
        subjects = list(dict.fromkeys(map(str, assembly[SUBJECT].values.tolist())))
        found.append(f"{len(subjects)} subjects: {shown(subjects, 4)}")
    labels = [str(name) for name, each in assembly.coords.items() if each.dims == ("presentation",)]
    labels = [name for name in labels if name not in (STIMULUS, "repetition")]
    region = next((each for each in REGIONS if re.search(rf"(?<![a-z]){each}(?![a-z0-9])", recording.stem, re.I)), "")
    metric = "rdm" if dissimilar else "pls"
    lines = [
        "# A benchmark of one's own recording. What the file of the recording does not tell is yours to fill in.",
        "# Then: brainscore benchmark check THIS_FILE",
        "",
        f"identifier = {_text(f'{_identifier(recording.stem)}-{metric}')}",
        "version = 1  # raise it with every change that moves scores",
        'parent = "mylab"  # place in the score tree; FILL IN the name of your laboratory or project',
        f"region = {_text(region)}  # {'guessed from the name of the file' if region else 'FILL IN: V1, V2, V4 or IT'}",
        "",
        *(f"# {each}" for each in found),
        *(
            [f"# CHECK: it has no names of stimuli, and is taken to be in the order of the images: {shown(names, 3)}"]
            if guessed
            else []
        ),
        f"recording = {_recording(recording, folder, arguments, in_order)}",
        f"stimuli = {_text(_relative(stimuli, folder) if stimuli else _PLACEHOLDER)}"
        + _about_images(assembly, images, stimuli),
        "# visual_degrees = 8  # side of the images in the visual field; without it they fill the model's input",
        "",
        f"metric = {_text(metric)}",
        *_ceiling(repetitions if "repetition" in assembly.coords else 1, subjects),
        "time_bin = [70, 170]  # of the model, in milliseconds; CHECK: the window of your responses",
        *([f"number_of_trials = {repetitions}"] if repetitions > 1 else ["# number_of_trials = 20"]),
        *([f"# stratify = {_text(labels[0])}  # split in proportion to one of: {shown(labels)}"] if labels else []),
        "",
        '# citation = "DOI, address or BibTeX"',
        '# licence = "CC-BY-4.0"',
    ]
    return "\n".join(lines) + "\n"


def _read(
    recording: Path, shown_ids: Sequence[Any] | None, arguments: Mapping[str, Any], in_order: bool
) -> tuple[xarray.DataArray, bool]:
    """Return a recording, and whether it has no names of stimuli, so that it is taken to be in their order."""
    given: dict[str, Any] = {**arguments, "ids": shown_ids} if in_order else dict(arguments)
    try:
        return load_recording(recording, **given), False
    except UnnamedStimuli as unnamed:
        if shown_ids is None or "ids" in arguments:
            raise
        try:
            return load_recording(recording, **arguments, ids=shown_ids), True
        except RecordingError as error:
            raise RecordingError(f"{unnamed} In the order of the {len(shown_ids)} images, {error}") from error


def _about_images(assembly: Any, images: Any, stimuli: Path | None) -> str:
    if images is None or stimuli is None:
        return "  # FILL IN: folder or zip of the images, or a csv file with a column filename"
    try:
        joined = join_recording(assembly, images[0], ordered=images[1], filling=True)
    except BrainScoreError as error:
        return f"  # MEND: {error}"
    return f"  # {len(images[0])} images, {len(joined.stimuli)} of them in the recording"


def _ceiling(repetitions: int, subjects: Sequence[str]) -> list[str]:
    if repetitions > 1:
        return ['ceiling = "repetitions"  # how well the recording predicts itself']
    if len(subjects) > 1:
        return ['ceiling = "subjects"  # how well subjects predict each other']
    return ['ceiling = "none"  # or a number, or a file with all repetitions: then scores are divided by it']


def _recording(recording: Path, folder: Path, arguments: Mapping[str, Any], in_order: bool) -> str:
    file = _text(_relative(recording, folder))
    more = {name: _relative(each, folder) if isinstance(each, Path) else each for name, each in arguments.items()}
    if in_order:
        more["ids"] = "stimuli"
    if not more:
        return file
    parts = [f"file = {file}", *(f"{name} = {json.dumps(each, ensure_ascii=False)}" for name, each in more.items())]
    return f"{{ {', '.join(parts)} }}"


def _identifier(stem: str) -> str:
    return re.sub(r"[^\w.-]+", "_", stem).strip("_.-") or "Mine"


def _relative(path: Path, folder: Path) -> str:
    try:
        relative = Path(os.path.relpath(path.absolute(), folder.absolute())).as_posix()
    except ValueError:  # another drive
        return path.absolute().as_posix()
    return path.absolute().as_posix() if relative.startswith("../..") else relative


def _text(text: str) -> str:
    # JSON's escapes are TOML's.
    return json.dumps(text, ensure_ascii=False)
