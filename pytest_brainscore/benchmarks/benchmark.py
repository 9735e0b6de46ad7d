"""What a benchmark is: the one definition that the library, the suites, the listing and the docs share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from pytest_brainscore.data.catalogue import FileSetKind, file_set
from pytest_brainscore.data.retrieval.readiness import Readiness, readiness
from pytest_brainscore.data.stimuli.showing import Screen, showing
from pytest_brainscore.data.user_folder import offline
from pytest_brainscore.errors import ModelError
from pytest_brainscore.scoring.score import Score, signed

if TYPE_CHECKING:
    from pytest_brainscore.models.interface import BrainModel

Result = TypeVar("Result")
Protocol = Callable[["Benchmark", "BrainModel", Any], Score]
"""A function that scores: ``(benchmark, model, data) -> Score``."""
CATALOGUE_DATA: Final = "pytest_brainscore.benchmarks.benchmark_data:BenchmarkData"
"""Stimuli and recordings of the names that a benchmark has, from the catalogue."""


@dataclass(frozen=True, kw_only=True)
class Benchmark:
    """A leaf of the score tree. Light: building one imports neither numpy nor torch."""

    identifier: str
    """Published identifier, for example ``Marques2020_DeValois1982-pref_or``."""
    version: int
    """Version of the published benchmark; scores of different versions are not comparable."""
    parents: tuple[str, ...]
    """Path through the score tree, from the root to the direct parent."""
    region: str
    """Region recorded from (V1, V2, V4, IT), or the task for behavior."""
    metric: str
    """Name of the metric."""
    ceiling: float | None
    """Published ceiling, for information; the ceiling used is computed from the data. None where none is stated."""
    normalisation: str
    """How the score follows from raw score r and ceiling c, for example ``"r/c"``."""
    stimulus_set: str
    """Identifier of the stimulus set."""
    assembly: str
    """Identifier of the recordings."""
    visual_degrees: float
    """Visual angle at which the stimuli were shown, in degrees."""
    number_of_trials: int
    """Number of repetitions in the experiment."""
    cost: float
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
    data: str | Callable[[Benchmark], Any] = CATALOGUE_DATA
    """What loads the data that the protocol is handed, once a score: called with this benchmark. By default, the
    stimuli and recordings named above, from the catalogue."""
    reads: tuple[tuple[FileSetKind, str], ...] | None = None
    """What of the catalogue `data` reads, where that is not all that is named above (some stimuli are drawn), or where
    `data` is another than the default."""
    availability: str | Callable[[Benchmark], Readiness] | None = None
    """What tells whether data outside the catalogue are at hand: called with this benchmark, returns the Readiness.
    None where what the catalogue has is all that is read."""

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

        """
        if not hasattr(model, "look_at"):
            raise ModelError(
                f"{self.identifier} was given a {type(model).__name__}, which cannot look at stimuli; give what "
                'load_model("path/to/file.py:function") returns, or an object with start_recording, start_task and '
                "look_at."
            )
        with showing(self.screen) as shown:
            result = _load(self.protocol)(self, model, _load(self.data)(self))
        if shown.written or self.screen != "published":
            result = replace(result, provenance={**result.provenance, "screen": self.screen})
        return signed(result, self, model)

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
        """Return whether everything that scoring needs is at hand, or can be; the first thing that is not says why."""
        if self.availability is not None:
            return _load(self.availability)(self)
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


def _load(function: str | Callable[..., Result]) -> Callable[..., Result]:
    """Return a function that may be named as ``module:function``."""
    if not isinstance(function, str):
        return function
    module, _, name = function.partition(":")
    return cast("Callable[..., Result]", getattr(import_module(module), name))
