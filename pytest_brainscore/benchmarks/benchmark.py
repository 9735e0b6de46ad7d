"""What a benchmark is: the one definition that the library, the suites, the listing and the docs share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Literal, cast

if TYPE_CHECKING:
    from pytest_brainscore.models.interface import BrainModel
    from pytest_brainscore.scoring.score import Score

Access = Literal["embedded", "public", "restricted", "private", "user-supplied"]


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
    """Region recorded from (V1, V2, V4, IT), or the task for behaviour."""
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
    access: Access
    """How the data can be had; ``embedded`` data are part of this package."""
    reference: str
    """DOI or address of the publication."""
    cost: float
    """Rough time on one core, in seconds, for a SqueezeNet-sized model; orders the tests slow first."""
    protocol: str
    """``module:function`` that scores: called with this benchmark and the model, returns a Score."""
    availability: str | None = None
    """``module:function`` that says why the data are not on this machine, or None when they are."""

    @property
    def parent(self) -> str:
        """Direct parent in the score tree."""
        return self.parents[-1]

    def __call__(self, model: BrainModel) -> Score:
        """Score a model."""
        score = cast("Callable[[Benchmark, BrainModel], Score]", _load(self.protocol))
        return score(self, model)

    def unavailable(self) -> str | None:
        """Return in one sentence why this benchmark cannot run on this machine, or None when it can."""
        if self.availability is None:
            return None
        return cast("Callable[[Benchmark], str | None]", _load(self.availability))(self)


def _load(address: str) -> object:
    module, _, name = address.partition(":")
    return getattr(import_module(module), name)
