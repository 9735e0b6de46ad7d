"""What a benchmark of a recording of one's own is made of, before anything is read. Light to import."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pytest_brainscore.benchmarks.benchmark import Benchmark, resolve
from pytest_brainscore.benchmarks.code_digest import code_digest
from pytest_brainscore.data.retrieval.readiness import Readiness
from pytest_brainscore.models.interface import TimeBin

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.own.recording_protocol import OwnData

ASKED: Final = "asked"
"""Among the details of a score: :meth:`OwnRecording.asked`."""
_FIELD_OF_VIEW: Final = 8.0
"""Stands in the definition of a benchmark whose images fill the model's input, and is not used."""

WHERE_THERE_ARE: Final = "where there are"
"""The ceiling unless told otherwise: repetitions where the recording has some, else none."""
CEILINGS: Final = ("repetitions", "subjects", "none")
"""What a ceiling may be said to be in a word."""


@dataclass(frozen=True)
class RecordingFile:
    """A file of a recording, and what ``load_recording`` is told about it."""

    path: Path
    arguments: Mapping[str, Any] = field(default_factory=dict)
    in_order_of_images: bool = False
    """Whether its rows are in the order of the images, and have their names."""


@dataclass(frozen=True, eq=False)
class OwnRecording:
    """What is recorded, of what, and how it is compared with a model. Nothing is read before it is needed."""

    recording: Any
    """Numbers in hand, a `RecordingFile`, or a function that returns numbers."""
    stimuli: Any
    stimulus_table: Path | None
    metric: str | Callable[..., Any]
    ceiling: Any
    time_bin: TimeBin
    visual_degrees: float | None
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Further parameters of ``score``."""
    files: tuple[Path, ...] = ()
    """Without which nothing can be scored."""

    def __call__(self, benchmark: Benchmark) -> OwnData:
        """Read everything, and join it."""
        load: Callable[..., OwnData] = resolve("pytest_brainscore.benchmarks.own.recording_protocol:load")

        return load(self, benchmark.identifier)

    def asked(self, benchmark: Benchmark) -> str:
        """Return a checksum of all that a score comes about by, but for the model: numbers, images, settings.

        Raises
        ------
        BrainScoreError
            As when it is scored: something cannot be read.

        """
        checksum: Callable[..., str] = resolve("pytest_brainscore.benchmarks.own.recording_protocol:checksum_of")
        return checksum(self(benchmark), benchmark)

    def __eq__(self, other: object) -> bool:
        """Tell the same recording, so that a file that is read twice defines one benchmark."""
        return isinstance(other, OwnRecording) and all(
            _same(vars(self)[name], vars(other)[name]) for name in vars(self)
        )

    def __hash__(self) -> int:
        """Return the same for equal ones."""
        return hash((self.files, self.time_bin, self.visual_degrees))


def own_benchmark(
    own: OwnRecording,
    *,
    identifier: str,
    region: str,
    parents: tuple[str, ...],
    version: int,
    number_of_trials: int,
    citation: str,
    cost: float,
) -> Benchmark:
    """Return the benchmark of a recording that is described already."""
    named = own.metric if isinstance(own.metric, str) else getattr(own.metric, "__name__", "own")
    given = own.ceiling if isinstance(own.ceiling, int | float) and not isinstance(own.ceiling, bool) else None
    return Benchmark(
        identifier=identifier,
        version=version,
        parents=parents,
        region=region,
        metric=named,
        ceiling=given,
        normalisation=str(own.settings.get("normalisation", "")),
        stimulus_set=identifier,
        assembly=identifier,
        visual_degrees=own.visual_degrees or _FIELD_OF_VIEW,
        number_of_trials=number_of_trials,
        citation=citation,
        cost=cost,
        protocol="pytest_brainscore.benchmarks.own.recording_protocol:score_recording",
        data=own,
        availability=Files(own.files),
    )


def names_a_file(word: str) -> bool:
    """Tell a file from other words that a ceiling may be said in, and from numbers in quotes."""
    try:
        float(word)
    except ValueError:
        return bool(Path(word).suffix)
    return False


@dataclass(frozen=True)
class Files:
    """Tells whether files are there; whether they are right shows when they are read."""

    paths: tuple[Path, ...]

    def __call__(self, benchmark: Benchmark) -> Readiness:
        """Return whether all are there, or the first that is not."""
        missing = [path for path in self.paths if not path.exists()]
        if not missing:
            return Readiness("ready", None)
        others = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        return Readiness(
            "user-supplied",
            f"{benchmark.identifier} needs {missing[0]}{others}, which is not there; put it there, or mend its "
            "definition.",
        )


def _same(one: Any, other: Any) -> bool:
    """Tell equal values, arrays and tables among them, without importing what they are of."""
    if one is other:
        return True
    if all(callable(each) and not hasattr(each, "shape") for each in (one, other)):  # of a file imported twice, maybe
        names = [getattr(each, "__qualname__", "") for each in (one, other)]
        return names[0] == names[1] and code_digest(one) == code_digest(other)
    if type(one) is not type(other):
        return False
    if isinstance(one, Mapping):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(_same, one, other))
    if hasattr(one, "equals"):  # tables of pandas and arrays of xarray, with their names
        return bool(one.equals(other))
    if hasattr(one, "tobytes"):
        return bool(one.shape == other.shape and one.dtype == other.dtype and one.tolist() == other.tolist())
    if is_dataclass(one) and not isinstance(one, type):
        return all(_same(getattr(one, each.name), getattr(other, each.name)) for each in fields(one))
    return bool(one == other)
