"""How many stimuli, neuroids and repetitions there are: from the data where they are here, else from the catalogue."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from pytest_brainscore.data.catalogue import FileSet, FileSetKind, file_set
from pytest_brainscore.data.retrieval import find_local
from pytest_brainscore.data.retrieval.readiness import readiness
from pytest_brainscore.errors import BrainScoreError

if TYPE_CHECKING:
    import xarray as xr

    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet

READ: Final = 400 * 10**6
"""Bytes of a file of recordings up to which it is read to be counted; of larger ones the catalogue says what it has."""
SAMPLED: Final = 5
"""Stimuli of a set that are read to see what reading takes."""


@dataclass(frozen=True)
class Stimuli:
    """A stimulus set as far as it is known."""

    name: str
    count: int | None
    """Images; None where neither the data nor the catalogue say."""
    sample: StimulusSet | None = None
    """Some of them, spread over the set, where they are here."""


@dataclass(frozen=True)
class Recording:
    """Recordings, or the answers of people, as far as they are known."""

    stimuli: int | None = None
    neuroids: int | None = None
    """Of the region that was asked for."""
    repetitions: int | None = None
    subjects: int = 1
    bytes: int = 0
    """In memory once they are read."""


@dataclass(frozen=True)
class Datum:
    """One stimulus set, or recordings, that a benchmark reads."""

    kind: str
    name: str
    state: str
    """``present``, ``to download``, ``restricted`` or ``user-supplied``."""
    bytes: int | None = None
    """To be fetched; None where the catalogue does not say, or nothing is."""


@dataclass(frozen=True)
class Need:
    """What of the data of a benchmark is here."""

    state: str
    """The worst of its data: ``present``, ``to download``, ``restricted`` or ``user-supplied``."""
    data: tuple[Datum, ...] = field(default=())
    reason: str | None = None
    """What is missing, in a sentence; None where nothing is."""


def needed(benchmark: Benchmark) -> Need:
    """Return what a benchmark reads, and where it is."""
    state, reason = benchmark.readiness()
    data = []
    for kind, name in benchmark.needs:
        each = readiness(kind, name).state
        wanted = file_set(kind, name)
        missing = [file for file in wanted.files if find_local.find(file) is None] if each == "fetchable" else []
        sizes = [file.size for file in missing if file.size is not None]
        known = sum(sizes) if missing and len(sizes) == len(missing) else None
        data.append(Datum(kind.replace("_", " "), name, _WORDS[each], known))
    return Need(_WORDS[state], tuple(data), reason)


_WORDS: Final = {
    "ready": "present",
    "fetchable": "to download",
    "restricted": "restricted",
    "user-supplied": "user-supplied",
}


@lru_cache(maxsize=256)
def stimuli_of(name: str, degrees: float) -> Stimuli:
    """Return how many images a stimulus set of the catalogue has, and some of them where they are here."""
    if readiness("stimulus_set", name).state == "ready":
        from pytest_brainscore.data.loading import load_stimulus_set

        return counted(load_stimulus_set(name, degrees))
    return Stimuli(name, images_in_words(file_set("stimulus_set", name).shape))


def counted(stimuli: StimulusSet) -> Stimuli:
    """Return a stimulus set that is here, with some of its images."""
    step = max(1, len(stimuli) // SAMPLED)
    return Stimuli(stimuli.identifier, len(stimuli), stimuli.rows(slice(step // 2, None, step)).rows(slice(SAMPLED)))


@lru_cache(maxsize=256)
def recording_of(name: str, region: str) -> Recording:
    """Return what recordings of the catalogue have of a region."""
    wanted = file_set("assembly", name)
    if readiness("assembly", name).state == "ready" and _small(wanted):
        from pytest_brainscore.data.loading import load_assembly

        try:
            return sizes_of(load_assembly(name), region)
        except BrainScoreError:  # told when it is scored
            pass
    return recording_in_words(wanted.shape, region)


def sizes_of(assembly: xr.DataArray, region: str = "") -> Recording:
    """Return the sizes of recordings in hand."""
    import numpy as np

    def distinct(name: str) -> int:
        return len(np.unique(np.asarray(assembly[name].values).astype(str))) if name in assembly.coords else 0

    presentations = int(assembly.sizes.get("presentation", assembly.shape[0]))
    neuroids = int(assembly.sizes.get("neuroid", 1))
    if region and "region" in assembly.coords and assembly["region"].dims == ("neuroid",):
        neuroids = int((assembly["region"].values.astype(str) == region).sum()) or neuroids
    stimuli = distinct("stimulus_id") or presentations
    return Recording(
        stimuli=stimuli,
        neuroids=neuroids,
        repetitions=max(1, round(presentations / max(stimuli, 1))),
        subjects=max(1, distinct("subject")),
        bytes=int(assembly.nbytes),
    )


def together(parts: Sequence[Recording]) -> Recording:
    """Return recordings of several subjects as one, who saw about as many stimuli each."""
    known = [each.neuroids for each in parts if each.neuroids is not None]
    return Recording(
        stimuli=next((each.stimuli for each in parts if each.stimuli), None),
        neuroids=sum(known) if len(known) == len(parts) else None,
        repetitions=next((each.repetitions for each in parts if each.repetitions), None),
        subjects=len(parts),
        bytes=sum(each.bytes for each in parts),
    )


def _small(wanted: FileSet) -> bool:
    """Tell whether files can be read to be counted: all that publishers have is small."""
    found = [find_local.find(file) for file in wanted.files]
    return all(path is None or path.stat().st_size <= READ for path in found)


_IMAGES: Final = re.compile(r"(\d+) (?:unique )?(?:images|image|stimuli)")
_KEPT: Final = re.compile(r"\((\d+) kept")
_NUMBERS: Final = re.compile(r"\d+")


def images_in_words(shape: str) -> int | None:
    """Return how many images the catalogue says that a stimulus set has; None where it does not.

    Examples
    --------
    >>> images_in_words("1280 images (800 kept by the benchmark)")
    1280
    >>> images_in_words("1320 rows, 1318 unique images")
    1318

    """
    found = _IMAGES.search(shape)
    return int(found[1]) if found else None


def recording_in_words(shape: str, region: str) -> Recording:
    """Return what the catalogue says of recordings, as far as it does.

    Examples
    --------
    >>> recording_in_words("148480 presentations over 3200 images; 256 neuroids; 1 time bin", "IT").stimuli
    3200
    >>> recording_in_words("5760 images x 28 rep; 47 V4 + 88 IT; 7 time bins", "IT").neuroids
    88
    >>> recording_in_words("8640 x 18394 x 1", "V1")
    Recording(stimuli=8640, neuroids=18394, repetitions=1, subjects=1, bytes=1271393280)

    """

    def number(pattern: str) -> int | None:
        found = re.search(pattern, shape)
        return int(found[1]) if found else None

    presentations = number(r"(\d+) (?:presentations|trials)")
    images = number(r"(\d+) images")
    named = number(rf"(\d+) {re.escape(region)}\b") if region else None
    neuroids = named or number(r"(\d+) (?:neuroids|neurons)")
    product = re.match(r"(\d+)(?: \(([^)]*)\))? x (\d+) x (\d+)$", shape)
    bins = number(r"(\d+) (?:1-ms |time )?bins?") or 1
    if product:
        presentations, neuroids, bins = int(product[1]), neuroids or int(product[3]), int(product[4])
        within = _NUMBERS.findall(product[2] or "")
        images = int(within[0]) if within else presentations
    stimuli = images or presentations
    repetitions = number(r"(\d+) rep\b") or number(r"(\d+) x \d+ rep")
    if repetitions is None and presentations and stimuli:
        repetitions = max(1, round(presentations / stimuli))
    shown = presentations or (stimuli or 0) * (repetitions or 1)
    return Recording(stimuli, neuroids, repetitions, number(r"(\d+) subjects") or 1, 8 * shown * (neuroids or 0) * bins)


def data_named(benchmark: Benchmark, kind: FileSetKind, place: int) -> str:
    """Return the name of the stimulus set, or recordings, that a benchmark reads in some place."""
    names = [name for each, name in benchmark.needs if each == kind]
    return names[place] if place < len(names) else ""


@lru_cache(maxsize=4)
def own_data(benchmark: Benchmark) -> Any:
    """Return the data that a benchmark is handed; None where they are not here, or cannot be read."""
    from pytest_brainscore.benchmarks.benchmark import resolve

    if benchmark.data is None or benchmark.readiness().state != "ready":
        return None
    try:
        return resolve(benchmark.data)(benchmark)
    except Exception:  # somebody's code or file: told when it is scored
        return None
