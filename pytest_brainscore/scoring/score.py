"""The result of one benchmark for one model."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import xarray

    from pytest_brainscore.inference.attribution import Attribution
    from pytest_brainscore.inference.levels import Replicates

_ORIGIN = "_origin"


@dataclass(frozen=True, kw_only=True)
class Score:
    """A ceiling-normalised score with everything needed to judge it.

    A score behaves as a number where one is wanted: ``float(score)``.
    """

    value: float
    """Ceiling-normalised score; 1 is as good as the data allow. Not clipped unless `clipped` says so."""
    error: float
    """Standard error or bootstrap deviation of `value`, on the scale of `value`."""
    raw: float
    """The metric before division by the ceiling."""
    ceiling: float
    """What a perfect model would reach on `raw`."""
    normalisation: str
    """How `value` follows from `raw` r and `ceiling` c, for example ``"r/c"`` or ``"(r/c)^2"``."""
    n: Mapping[str, int]
    """How many of what went in: for example ``{"stimuli": 2304, "units": 110, "bootstraps": 1000}``."""
    provenance: Mapping[str, str | int | float] = field(default_factory=dict)
    """What the number depends on besides the model: protocol revision, data checksum, seed."""
    clipped: bool = False
    """True when `value` was cut to [0, 1]."""
    unclipped: float | None = None
    """`value` before it was cut or its sign dropped; None where the protocol does neither."""
    values: xarray.DataArray | None = field(default=None, compare=False, repr=False)
    """Less aggregated numbers (per bootstrap, per neuroid ...), labelled; None where there are none."""
    details: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """What a reader or a plot of the score needs: by the kind of plot (distribution, confusion, cue_conflict);
    ``subjects``, the score, raw score and ceiling of each; ``notes``, sentences about odd recordings. Plain JSON
    values, a few kB at most. Goes into reports, never into baselines or fingerprints."""

    replicates: Replicates | None = field(default=None, compare=False, repr=False)
    """Bootstrap values of `value`, for which every model has the same stimuli, neuroids and people drawn; None where
    the protocol makes none. They stand beside reports and baselines, and `Score.value` does not depend on them."""
    attribution: Attribution | None = field(default=None, compare=False, repr=False)
    """What each stimulus, neuroid and person contributes to `value`; None where the protocol does not say."""

    def __float__(self) -> float:
        return self.value

    def __getstate__(self) -> dict[str, Any]:
        """Leave out where the score is from: that says something within one process only."""
        return {name: value for name, value in self.__dict__.items() if name != _ORIGIN}


def signed(score: Score, benchmark: object, model: object) -> Score:
    """Return the same score, which now knows what made it; a changed copy of it does not.

    A record is about one benchmark and one model. Without this, a number that comes from elsewhere could stand in it.
    """
    held: Callable[[], object]
    try:
        held = weakref.ref(model)  # a score that is kept must not keep a network
    except TypeError:  # a class with __slots__
        held = partial(_itself, model)
    object.__setattr__(score, _ORIGIN, (benchmark, held))
    return score


def origin(score: Score) -> tuple[object, object] | None:
    """Return the benchmark and the model that made a score; None where it was made or changed by hand."""
    known = score.__dict__.get(_ORIGIN)
    return None if known is None else (known[0], known[1]())


def _itself(model: object) -> object:
    return model
