"""What a benchmark is: the one definition that the library, the suites, the listing and the docs share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from pytest_brainscore.benchmarks.code_digest import code_digest
from pytest_brainscore.benchmarks.definition import check_definition
from pytest_brainscore.data.catalogue import FileSetKind, file_set
from pytest_brainscore.data.retrieval.readiness import Readiness, readiness
from pytest_brainscore.data.stimuli.showing import Screen, showing
from pytest_brainscore.data.user_folder import offline
from pytest_brainscore.errors import BenchmarkError, BrainScoreError, ModelError
from pytest_brainscore.scoring.score import Score, signed

if TYPE_CHECKING:
    from pytest_brainscore.models.interface import BrainModel

Result = TypeVar("Result")
Protocol = Callable[["Benchmark", "BrainModel", Any], Score]
"""A function that scores: ``(benchmark, model, data) -> Score``."""
CATALOGUE_DATA: Final = "pytest_brainscore.benchmarks.benchmark_data:BenchmarkData"
"""Stimuli and recordings of the names that a benchmark has, from the catalogue."""


OWN_PARENT: Final = "own_benchmarks"
"""Where benchmarks stand that name no parent."""


@dataclass(frozen=True, kw_only=True)
class Benchmark:
    """A leaf of the score tree. Light: building one imports neither numpy nor torch.

    Raises
    ------
    BenchmarkError
        For a field that cannot be what it is.

    Examples
    --------
    One of your own, of a function that gives a Score:

    >>> from pytest_brainscore import Score
    >>> def half(benchmark, model, data):
    ...     return Score(value=0.5, error=0.0, raw=0.5, ceiling=1.0, normalisation="r/c", n={"stimuli": 1})
    >>> Benchmark(identifier="mylab-half", region="V4", metric="half", protocol=half).parents
    ('own_benchmarks',)

    """

    identifier: str
    """Published identifier, for example ``Marques2020_DeValois1982-pref_or``."""
    version: int = 1
    """Version of the published benchmark; scores of different versions are not comparable."""
    parents: tuple[str, ...] = (OWN_PARENT,)
    """Path through the score tree, from the root to the direct parent; of a benchmark of one's own, through a tree of
    one's own beside the published one."""
    region: str
    """Region recorded from (V1, V2, V4, IT), or the task for behavior."""
    metric: str
    """Name of the metric."""
    ceiling: float | None = None
    """Published ceiling, for information; the ceiling used is computed from the data. None where none is stated."""
    normalisation: str = "r/c"
    """How the score follows from raw score r and ceiling c, for example ``"r/c"``."""
    stimulus_set: str = ""
    """Identifier of the stimulus set in the catalogue; empty where the protocol has stimuli of its own."""
    assembly: str = ""
    """Identifier of the recordings in the catalogue; empty where the protocol has recordings of its own, or none."""
    visual_degrees: float = 8.0
    """Visual angle at which the stimuli were shown, in degrees."""
    number_of_trials: int = 1
    """Number of repetitions in the experiment."""
    cost: float = 60.0
    """Rough time on one core, in seconds, for a SqueezeNet-sized model; orders the tests slow first."""
    protocol: str | Protocol
    """What scores: called with this benchmark, the model, and the data, returns a Score. ``module:function`` is
    imported when it is first called."""
    fitting_stimulus_set: str = ""
    """Identifier of the stimuli that a decoder is fitted to before the task; empty where there is none."""
    citation: str = ""
    """What to cite: BibTeX entries (of the paper that a score is compared with, then of the recordings), or a DOI, an
    address or words for one publication. Pages and reports have it from here."""
    screen: Screen = "published"
    """How stimuli of other visual degrees than the model's are shown: ``published`` writes them to files of their own
    format first, as the published system does, so that JPEG images are compressed twice; ``lossless`` does not."""
    data: str | Callable[[Benchmark], Any] | None = CATALOGUE_DATA
    """What loads the data that the protocol is handed, once a score: called with this benchmark. By default, the
    stimuli and recordings named above, from the catalogue. None where the protocol is to be handed None."""
    reads: tuple[tuple[FileSetKind, str], ...] | None = None
    """What of the catalogue `data` reads, where that is not all that is named above (some stimuli are drawn), or where
    `data` is another than the default."""
    availability: str | Callable[[Benchmark], Readiness] | None = None
    """What tells whether data outside the catalogue are at hand: called with this benchmark, returns the Readiness.
    None where what the catalogue has is all that is read."""
    source: str = field(default="", compare=False)
    """Where the benchmark was defined, in words (a file, a package); empty for those of this package."""

    def __post_init__(self) -> None:
        """Check what was written."""
        parents: Any = self.parents
        if isinstance(parents, list):
            object.__setattr__(self, "parents", tuple(parents))
        check_definition(self)

    @property
    def parent(self) -> str:
        """Direct parent in the score tree."""
        return self.parents[-1]

    def __call__(self, model: BrainModel) -> Score:
        """Score a model.

        The score's provenance has the ingredient ``screen`` unless that is ``published``, and wherever a stimulus was
        placed whose format does not keep its pixels.

        Raises
        ------
        ModelError
            When it is no model at all, a plain network for example.
        BenchmarkError
            When the protocol returns something else than a score.

        """
        if not hasattr(model, "look_at"):
            raise ModelError(
                f"{self.identifier} was given a {type(model).__name__}, which cannot look at stimuli; give what "
                'load_model("path/to/file.py:function") returns, or an object with start_recording, start_task and '
                "look_at."
            )
        definition = self.definition  # before the protocol runs: what it leaves behind is no part of it
        with showing(self.screen) as shown:
            data = None if self.data is None else resolve(self.data)(self)
            result = resolve(self.protocol)(self, model, data)
        if not isinstance(result, Score):
            raise BenchmarkError(
                f"The protocol of {self.identifier} returned {_what(result)}; return a pytest_brainscore.Score."
            )
        for name in ("value", "error", "raw", "ceiling"):
            if not _is_scalar(getattr(result, name), optional=name != "value"):
                raise BenchmarkError(
                    f"The protocol of {self.identifier} returned a Score whose {name} is "
                    f"{_what(getattr(result, name))}; give one number."
                )
        if shown.written or self.screen != "published":
            result = replace(result, provenance={**result.provenance, "screen": self.screen})
        if definition is not None:
            result = replace(result, provenance={**result.provenance, "definition": definition})
        return signed(result, self, model)

    @cached_property
    def definition(self) -> str | None:
        """A checksum of how scores come about; None where a version of this package says it."""
        functions = [resolve(self.protocol), *([] if self.data is None or isinstance(self.data, str) else [self.data])]
        if all(str(getattr(function, "__module__", "")).startswith(f"{__package__}.") for function in functions):
            return None
        facts = (self.stimulus_set, self.assembly, float(self.visual_degrees), self.number_of_trials)
        return code_digest(*functions, facts)

    @property
    def needs(self) -> tuple[tuple[FileSetKind, str], ...]:
        """Stimulus sets and assemblies of the catalogue that scoring reads; none where the data come from elsewhere."""
        if self.reads is not None:
            return self.reads
        if self.data != CATALOGUE_DATA or self.availability is not None:
            return ()
        stimuli = [("stimulus_set", name) for name in (self.stimulus_set, self.fitting_stimulus_set) if name]
        recordings = [("assembly", self.assembly)] if self.assembly else []
        return cast("tuple[tuple[FileSetKind, str], ...]", (*stimuli, *recordings))

    def readiness(self) -> Readiness:
        """Return whether everything that scoring needs is at hand, or can be; the first thing that is not says why.

        Raises
        ------
        BenchmarkError
            The function that is to tell does not.

        """
        if self.availability is not None:
            return _told(self, resolve(self.availability))
        states = [readiness(*need) for need in self.needs]
        missing = [each for each in states if each.state != "ready"]
        hopeless = [each for each in missing if each.state != "fetchable"]
        return next(iter(hopeless or missing), Readiness("ready", None))

    def unavailable(self) -> str | None:
        """Return in one sentence why this benchmark cannot run on this machine, or None when it can or might.

        Data that can be fetched are no obstacle, unless nothing may be fetched.
        """
        state, reason = self.readiness()
        return reason if state != "ready" and (state != "fetchable" or offline()) else None

    def obtain_data(self, *, progress: bool = False) -> None:
        """Fetch what is not on this machine yet.

        Raises
        ------
        DataUnavailable
            When something cannot be had.

        """
        from pytest_brainscore.data.retrieval.local_or_download import obtain

        for need in self.needs:
            if readiness(*need).state != "ready":
                obtain(file_set(*need), progress=progress)


def resolve(function: str | Callable[..., Result]) -> Callable[..., Result]:
    """Return a function that may be named as ``module:function``."""
    if not isinstance(function, str):
        return function
    module, _, name = function.partition(":")
    try:
        found = getattr(import_module(module), name, None)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{module}.".startswith(f"{error.name}."):
            raise  # what the module itself needs
        raise BenchmarkError(f"There is no module {error.name}; correct the {function!r} of the benchmark.") from error
    if found is None:
        raise BenchmarkError(f"There is no {name} in the module {module}; correct the {function!r} of the benchmark.")
    return cast("Callable[..., Result]", found)


def _told(benchmark: Benchmark, availability: Callable[[Benchmark], object]) -> Readiness:
    """Return what somebody's function says of the data of a benchmark."""
    whose = f"The availability of {benchmark.identifier}"
    try:
        told = availability(benchmark)
    except BrainScoreError:
        raise
    except Exception as error:  # somebody's code
        raise BenchmarkError(f"{whose} cannot be told, it raised {type(error).__name__}: {error}.") from error
    if not isinstance(told, Readiness):
        raise BenchmarkError(
            f'{whose} returned {_what(told)}; return a Readiness, for example Readiness("ready", None).'
        )
    return told


def _is_scalar(value: object, *, optional: bool) -> bool:
    """Tell a number, of any library."""
    if value is None:
        return optional
    if getattr(value, "shape", ()) != () or isinstance(value, str | bytes):
        return False
    try:
        float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return False
    return True


def _what(result: object) -> str:
    return "nothing" if result is None else f"a {type(result).__name__}"
