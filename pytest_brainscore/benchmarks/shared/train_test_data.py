"""The data of benchmarks that are fitted to one set of stimuli and tested on another one, from the catalogue."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.data.loading import load_assembly, load_stimulus_set

if TYPE_CHECKING:
    import xarray as xr

    from pytest_brainscore.data.catalogue import FileSetKind
    from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet


def train_test_benchmark(
    recordings: str,
    region: str,
    metric: str,
    *,
    images: str | None = None,
    computed: str | None = None,
    normalisation: str = "r^2/c by subject",
    version: int,
    visual_degrees: float,
    citation: str,
    cost: float,
    protocol: str,
) -> Benchmark:
    """Define a benchmark that is fitted to one set of stimuli and tested on another one.

    Parameters
    ----------
    recordings
        Its family, and what its recordings in the catalogue begin with: ``_train`` and ``_test`` follow.
    region, metric
        The other two parts of its identifier; the region is its parent.
    images
        What its stimulus sets begin with, ``_stim_train`` and ``_stim_test`` follow; `recordings` where None.
    computed
        Name of the metric in full; `metric` with one fixed split where None.
    normalisation, version, visual_degrees, citation, cost, protocol
        Those of the benchmark.

    """
    train_stimuli, test_stimuli = (f"{images or recordings}_stim_{part}" for part in ("train", "test"))
    train, test = (f"{recordings}_{part}" for part in ("train", "test"))
    return Benchmark(
        identifier=f"{recordings}.{region}-{metric}",
        version=version,
        parents=("average_vision", "neural_vision", region),
        region=region,
        metric=computed or f"{metric}_split",
        normalisation=normalisation,
        stimulus_set=test_stimuli,
        fitting_stimulus_set=train_stimuli,
        assembly=test,
        visual_degrees=visual_degrees,
        citation=citation,
        cost=cost,
        protocol=protocol,
        data=f"{__name__}:TrainTestData",
        reads=(
            ("stimulus_set", train_stimuli),
            ("stimulus_set", test_stimuli),
            ("assembly", train),
            ("assembly", test),
        ),
    )


class TrainTestData:
    """Stimuli and recordings to fit and to test, read once, when first asked for.

    Parameters
    ----------
    benchmark
        One of `train_test_benchmark`; says at which visual degrees stimuli were shown.
    train_stimuli, test_stimuli, train, test
        Taken instead of those of the catalogue, where given.

    """

    def __init__(
        self,
        benchmark: Benchmark,
        *,
        train_stimuli: StimulusSet | None = None,
        test_stimuli: StimulusSet | None = None,
        train: xr.DataArray | None = None,
        test: xr.DataArray | None = None,
    ) -> None:
        self._benchmark = benchmark
        given = {"train_stimuli": train_stimuli, "test_stimuli": test_stimuli, "train": train, "test": test}
        vars(self).update({name: value for name, value in given.items() if value is not None})

    def _named(self, kind: FileSetKind, place: int) -> str:
        return [name for each, name in self._benchmark.needs if each == kind][place]

    @cached_property
    def train_stimuli(self) -> StimulusSet:
        """What the subjects were shown whose responses are fitted, not yet placed on a screen."""
        return load_stimulus_set(self._named("stimulus_set", 0), self._benchmark.visual_degrees)

    @cached_property
    def test_stimuli(self) -> StimulusSet:
        """What they were shown besides."""
        return load_stimulus_set(self._named("stimulus_set", 1), self._benchmark.visual_degrees)

    @cached_property
    def train(self) -> xr.DataArray:
        """What is fitted."""
        return load_assembly(self._named("assembly", 0))

    @cached_property
    def test(self) -> xr.DataArray:
        """What is predicted."""
        return load_assembly(self._named("assembly", 1))
