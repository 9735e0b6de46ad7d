"""How a model is scored: record, measure the property of each unit, compare distributions, divide by the ceiling."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from pytest_brainscore.benchmarks.marques2020 import (
    cavanaugh2002,
    devalois1982,
    freemanziemba2013,
    neuronal_property,
    ringach2002,
    schiller1976,
    stimuli,
    targets,
    textures,
)
from pytest_brainscore.benchmarks.marques2020.distributions import distribution_details
from pytest_brainscore.benchmarks.marques2020.sessions import how_shown, record_firing_rates
from pytest_brainscore.benchmarks.shared.replicating import with_replicates
from pytest_brainscore.inference.distributions import distribution_design
from pytest_brainscore.inference.draws import units
from pytest_brainscore.inference.levels import Design
from pytest_brainscore.metrics.shared.aggregation import credible
from pytest_brainscore.metrics.tuning.ks_similarity import KSSimilarity, ks_similarity
from pytest_brainscore.scoring.score import Score

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
    from pytest_brainscore.models.interface import BrainModel

PROTOCOL_REVISION: Final = 1
"""Raise it with every change of this family that may change a score."""
SEED: Final = 0
"""Seed of the bootstraps; model and ceiling use the same one, so that data scored against themselves give exactly 1."""
BOOTSTRAPS: Final = 1000
"""Number of draws in the published protocol."""

Properties = dict[str, NDArray[np.float64]]


class PropertyData(NamedTuple):
    """What a benchmark of this family compares with and shows."""

    target: targets.PropertyTarget
    stimuli: StimulusSet
    """In the published order, not yet placed on a screen."""
    grids: stimuli.Grids = stimuli.FULL
    """What they are combined of, and the gratings that the model is mapped and calibrated with."""


class _Analysis(NamedTuple):
    """How the recordings of one paper are made and analysed."""

    stimuli: Callable[[], StimulusSet]
    axes: tuple[int, ...]
    """Lengths of the stimulus dimensions, slowest first."""
    properties: Callable[[NDArray[np.float64], NDArray[np.float64]], Properties]


_TEXTURE: Final = (textures.TYPES, textures.FAMILIES, textures.SAMPLES)

_ROUNDING: Final = 1e-12
"""Draws that differ by less are alike."""
_CEILINGS: Final[dict[str, KSSimilarity]] = {}
"""By the digest of the target: computed once a process."""


def _analysis(assembly: str, grids: stimuli.Grids = stimuli.FULL) -> _Analysis:
    """Return the analysis that belongs to the recordings of a name."""
    orientation = partial(stimuli.orientation_gratings, grids), grids.orientation_axes
    frequency = partial(stimuli.spatial_frequency_gratings, grids), grids.frequency_axes
    analyses = {
        "Ringach2002": _Analysis(*orientation, ringach2002.properties),
        "DeValois1982a": _Analysis(*orientation, devalois1982.preferred_orientation),
        "DeValois1982b": _Analysis(*frequency, devalois1982.peak_spatial_frequency),
        "Schiller1976c": _Analysis(*frequency, schiller1976.properties),
        "Cavanaugh2002a": _Analysis(partial(stimuli.size_gratings, grids), grids.size_axes, cavanaugh2002.properties),
        "FreemanZiemba2013_V1_properties": _Analysis(textures.load_textures, _TEXTURE, freemanziemba2013.properties),
    }
    return analyses[assembly]


def property_data(benchmark: Benchmark) -> PropertyData:
    """Return what a benchmark compares with, and what it shows.

    Raises
    ------
    DataUnavailable
        When the stimuli or recordings are not on this machine.

    """
    return _property_data(benchmark, stimuli.FULL)


def quick_property_data(benchmark: Benchmark) -> PropertyData:
    """Return the same, with the gratings of the quick subset."""
    return _property_data(benchmark, stimuli.QUICK)


def _property_data(benchmark: Benchmark, grids: stimuli.Grids) -> PropertyData:
    return PropertyData(targets.property_target(benchmark), _analysis(benchmark.assembly, grids).stimuli(), grids)


def score(benchmark: Benchmark, model: BrainModel, data: PropertyData) -> Score:
    """Score a model on one property.

    Protocol of Marques, Schrimpf & DiCarlo (2021): receptive-field mapping, affine calibration to spikes per second,
    the property of every responsive unit, bootstrapped Kolmogorov-Smirnov similarity with the neurons, divided by the
    similarity of the neurons with themselves. The published system draws its bootstraps unseeded and leaves the error
    on the scale of the raw score; here they are seeded and the error is divided by the ceiling.

    Parameters
    ----------
    benchmark
        One of the 22 benchmarks of this family, or of its quick ones.
    model
        Afterwards it records from V1.
    data
        The distribution over neurons, and the stimuli of their study in the published order, or a part of them.

    Returns
    -------
    Score
        Value 0 with error 0 when the property is undefined for (nearly) all units: more than 100 of the 1000 bootstraps
        then have no number, and the protocol says 0. Not clipped. The error is NaN where fewer than ten units have the
        property, or all draws are alike, as all units are in one bin.

    Raises
    ------
    NoNumber
        When the model has no unit at the position of the stimuli, no responsive unit, or responses that are not finite.

    """
    target, shown, grids = data
    analysis = _analysis(benchmark.assembly, grids)
    rates, baseline = record_firing_rates(model, shown, grids)
    ways = how_shown(model)
    by_unit = np.ascontiguousarray(rates.T).reshape(-1, *analysis.axes)
    values = analysis.properties(by_unit, baseline)[neuronal_property(benchmark)]
    raw = ks_similarity(values, target.values, target.bins, np.random.RandomState(SEED), BOOTSTRAPS)
    ceiling = property_ceiling(target)
    outcome = Score(
        value=raw.value / ceiling.value,
        error=_error(raw, values, ceiling.value),
        raw=raw.value,
        ceiling=ceiling.value,
        normalisation=benchmark.normalisation,
        n={
            "stimuli": len(shown),
            "units": baseline.size,
            "responsive_units": values.size,
            "neurons": target.values.size,
            "bootstraps": BOOTSTRAPS,
        },
        provenance={
            "protocol": PROTOCOL_REVISION,
            "data_sha256": target.sha256,
            "stimuli": shown.digest(),
            "seed": SEED,
        },
        values=xr.DataArray(raw.samples, dims="bootstrap"),
        details={"distribution": distribution_details(neuronal_property(benchmark), values, target)}
        | ({"shown": ways} if ways else {}),
    )
    return with_replicates(outcome, _design(benchmark, raw.value, values, target))


def _design(benchmark: Benchmark, value: float, values: NDArray[np.float64], target: targets.PropertyTarget) -> Design:
    """Return what a score generalises over: the responsive units of the model, and the neurons.

    Of recordings all properties are those of the same neurons, and of the same units; of a printed histogram nobody
    knows which neuron of another histogram is which.
    """
    neurons = benchmark.identifier if targets.is_printed(benchmark) else benchmark.assembly
    draws = np.random.RandomState(SEED).randint(0, values.size, size=(BOOTSTRAPS, target.values.size))
    return distribution_design(
        value,
        values,
        target.values,
        target.bins,
        draws,
        units(benchmark.assembly, "unit of the model", values.size),
        units(neurons, "neuron", target.values.size),
    )


def _error(raw: KSSimilarity, values: NDArray[np.float64], ceiling: float) -> float:
    """Return the error of a score, or NaN where the units are too few, or too much alike, to tell one.

    That no unit has the property is no estimate: the protocol says 0, with an error of 0.
    """
    defined = int(np.count_nonzero(~np.isnan(values)))
    if defined and np.nanmax(raw.samples) - np.nanmin(raw.samples) <= _ROUNDING:
        return math.nan
    error = raw.error / ceiling
    return credible(error, defined) if defined else error


def property_ceiling(target: targets.PropertyTarget) -> KSSimilarity:
    """Return the similarity of the neurons with themselves: what a perfect model would reach."""
    if target.sha256 not in _CEILINGS:
        _CEILINGS[target.sha256] = ks_similarity(
            target.values, target.values, target.bins, np.random.RandomState(SEED), BOOTSTRAPS
        )
    return _CEILINGS[target.sha256]
