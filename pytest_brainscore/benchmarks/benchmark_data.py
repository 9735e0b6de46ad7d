"""The data that a protocol is handed: stimuli and recordings of the catalogue, read once, when first asked for."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from pytest_brainscore.data.loading import load_assembly, load_stimulus_set

if TYPE_CHECKING:
    import xarray as xr

    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet


class BenchmarkData:
    """Stimuli and recordings of a benchmark.

    Parameters
    ----------
    benchmark
        Names them, and says at which visual degrees they were shown.
    stimuli, assembly, fitting
        Taken instead of those of the catalogue, where given.

    """

    def __init__(
        self,
        benchmark: Benchmark,
        *,
        stimuli: StimulusSet | None = None,
        assembly: xr.DataArray | None = None,
        fitting: StimulusSet | None = None,
    ) -> None:
        self._benchmark = benchmark
        given = {"stimuli": stimuli, "assembly": assembly, "fitting": fitting}
        vars(self).update({name: value for name, value in given.items() if value is not None})

    @cached_property
    def stimuli(self) -> StimulusSet:
        """What was shown, not yet placed on a screen."""
        return load_stimulus_set(self._benchmark.stimulus_set, self._benchmark.visual_degrees)

    @cached_property
    def assembly(self) -> xr.DataArray:
        """What was recorded."""
        return load_assembly(self._benchmark.assembly)

    @cached_property
    def fitting(self) -> StimulusSet:
        """What a decoder is fitted to before the task."""
        return load_stimulus_set(self._benchmark.fitting_stimulus_set, self._benchmark.visual_degrees)
