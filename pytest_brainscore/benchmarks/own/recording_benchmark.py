"""A benchmark of a recording of one's own: what ``conftest.py`` and TOML files define theirs by. Light to import."""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, get_args

from pytest_brainscore.benchmarks.benchmark import OWN_PARENT, Benchmark
from pytest_brainscore.benchmarks.definition import NAME
from pytest_brainscore.benchmarks.own.own_recording import (
    WHERE_THERE_ARE,
    OwnRecording,
    RecordingFile,
    names_a_file,
    own_benchmark,
)
from pytest_brainscore.errors import BenchmarkError
from pytest_brainscore.models.interface import RecordingTarget, Task, TimeBin

if TYPE_CHECKING:
    import pandas
    import xarray
    from numpy.typing import ArrayLike

    from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet

REGIONS: Final[tuple[str, ...]] = get_args(RecordingTarget)
TASKS: Final[tuple[str, ...]] = get_args(Task)
TIME_BIN: Final[TimeBin] = (70, 170)
"""What the model is asked for unless told otherwise: the window of many recordings in IT (Majaj et al. 2015)."""


def recording_benchmark(
    identifier: str,
    recording: xarray.DataArray | pandas.DataFrame | ArrayLike | str | os.PathLike[str] | Callable[[], Any],
    stimuli: StimulusSet | pandas.DataFrame | str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    *,
    metric: str | Callable[..., Any] = "pls",
    region: str = "IT",
    parent: str | Sequence[str] = OWN_PARENT,
    ceiling: Any = WHERE_THERE_ARE,
    time_bin: tuple[float, float] = TIME_BIN,
    visual_degrees: float | None = None,
    stimulus_table: str | os.PathLike[str] | None = None,
    number_of_trials: int = 1,
    stratify: str | ArrayLike | None = None,
    normalisation: str | None = None,
    version: int = 1,
    citation: str = "",
    cost: float = 30.0,
    **settings: Any,
) -> Benchmark:
    """Make a benchmark of a recording: called with a model, or run by pytest, it gives a Score.

    The model sees the stimuli, is recorded from in one region and time bin, and its responses are compared with the
    recording as by ``score``. Nothing is read or joined before the first model is scored.

    Parameters
    ----------
    identifier
        Name of the benchmark, of letters, digits, ``_``, ``.`` and ``-``.
    recording
        What ``score`` takes as a recording: a DataArray, a DataFrame, or an array, which is in the order of the
        stimuli. With repetitions (rows of presentations with ``repetition``, or an array (repetition, stimulus,
        neuroid)) it is averaged over them. Dissimilarities (stimulus, stimulus) or (subject, stimulus, stimulus), for
        the metric ``rdm``. Or a file that ``load_recording`` reads, or a function that returns any of these.
    stimuli
        A StimulusSet; a folder or archive of images; a list of image files; a table (DataFrame or csv) with file names.
        Joined with the recording by name: ``7`` is ``007.png`` where nothing is nearer. Others are not shown.
    metric
        Of ``score``: a name, or a function.
    region
        What is recorded from in the model: V1, V2, V4 or IT.
    parent
        Where the score stands in the tree; several names are a path from the top. Never part of ``average_vision``.
    ceiling
        As for ``score``: a number, reliabilities of neuroids, repetitions. ``"repetitions"`` of the recording, which is
        so unless told otherwise where there are any; ``"subjects"``, those of the recording; ``"none"`` or None.
    time_bin
        Start and end of what is recorded in the model, in milliseconds after the onset of the stimulus.
    visual_degrees
        Side of the square that the images span in the visual field. Images keep that size whatever the model's field
        of view; without it, they fill the model's input.
    stimulus_table
        A csv file that says which of the images in a folder count; see ``own_stimuli``.
    number_of_trials
        Repetitions in the experiment, for information.
    stratify, normalisation
        Of ``score``.
    version
        Raise it with every change that moves scores.
    citation
        DOI, address or BibTeX of the publication.
    cost
        Rough seconds for a small model; slow ones start first.
    **settings
        Further parameters of ``score``: ``components``, ``alpha``, ``splits``, ``test_size``, ``seed`` ...

    Raises
    ------
    BenchmarkError
        When the name, the region, the place in the tree, the time bin or the degrees are none.

    Examples
    --------
    >>> import numpy as np
    >>> responses = np.random.default_rng(0).standard_normal((3, 2))
    >>> mine = recording_benchmark("Lab2026.V4-pls", responses, ["a.png", "b.png", "c.png"], region="V4")
    >>> mine.parent
    'own_benchmarks'

    """
    path = (parent,) if isinstance(parent, str) else tuple(parent)
    _check(identifier, region, path, time_bin, visual_degrees, version)
    if stratify is not None:
        settings["stratify"] = stratify
    if normalisation is not None:
        settings["normalisation"] = normalisation
    files = [Path(each) for each in (recording, stimuli, stimulus_table) if isinstance(each, str | os.PathLike)]
    if isinstance(ceiling, str) and names_a_file(ceiling):
        ceiling = RecordingFile(Path(ceiling))
        files.append(ceiling.path)
    own = OwnRecording(
        recording=RecordingFile(Path(recording)) if isinstance(recording, str | os.PathLike) else recording,
        stimuli=Path(stimuli) if isinstance(stimuli, str | os.PathLike) else stimuli,
        stimulus_table=None if stimulus_table is None else Path(stimulus_table),
        metric=metric,
        ceiling=ceiling,
        time_bin=(int(time_bin[0]), int(time_bin[1])),
        visual_degrees=visual_degrees,
        settings=settings,
        files=tuple(files),
    )
    return own_benchmark(
        own,
        identifier=identifier,
        region=region,
        parents=path,
        version=version,
        number_of_trials=number_of_trials,
        citation=citation,
        cost=cost,
    )


def _check(
    identifier: str,
    region: str,
    parents: tuple[str, ...],
    time_bin: tuple[float, float],
    visual_degrees: float | None,
    version: int,
) -> None:
    for problem in problems(identifier, region, parents, time_bin, visual_degrees, version):
        raise BenchmarkError(f"The benchmark {identifier} {problem}.")


def problems(
    identifier: object,
    region: object,
    parents: Sequence[object],
    time_bin: Sequence[object],
    visual_degrees: object,
    version: object,
) -> list[str]:
    """Return what is wrong with a definition, each as the end of a sentence that begins with its name."""
    found = []
    if not isinstance(identifier, str) or not NAME.fullmatch(identifier):
        found.append('cannot be called so; use letters, digits, "_", "." and "-"')
    if region in TASKS:
        found.append(
            f"asks for the task {region}, and recordings of one's own are of a region ({', '.join(REGIONS)}); for "
            "behavior, write a Benchmark whose protocol is a function (benchmark, model, data) -> Score"
        )
    elif region not in REGIONS:
        near = difflib.get_close_matches(str(region).upper(), REGIONS, n=1, cutoff=0.5)
        meant = f" (did you mean {near[0]}?)" if near else ""
        found.append(f"is of the region {region!r}, which models do not have; use one of {', '.join(REGIONS)}{meant}")
    if not parents or not all(isinstance(each, str) and NAME.fullmatch(each) for each in parents):
        found.append(
            f"cannot stand below {' / '.join(map(str, parents)) or 'nothing'} in the score tree; name its parent with "
            'letters, digits, "_", "." and "-", for example parent = "mylab"'
        )
    numbers = [each for each in time_bin if isinstance(each, int | float) and not isinstance(each, bool)]
    if len(time_bin) != 2 or len(numbers) != 2 or not 0 <= numbers[0] < numbers[1] or any(n != int(n) for n in numbers):
        found.append(f"has the time bin {tuple(time_bin)}; give start and end in whole milliseconds, such as (70, 170)")
    if visual_degrees is not None and not (isinstance(visual_degrees, int | float) and 0 < visual_degrees <= 360):
        found.append(
            f"has visual_degrees {visual_degrees!r}; give the side of the images in degrees, or leave it out and they "
            "fill the model's input"
        )
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        found.append(f"has the version {version!r}; give a whole number from 1")
    return found
