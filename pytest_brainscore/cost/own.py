"""Recordings of one's own: sizes from the file, and what their metric computes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final

from pytest_brainscore.cost import work
from pytest_brainscore.cost.counts import Recording, counted, own_data, sizes_of
from pytest_brainscore.cost.workload import Shown, Workload

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.cost.work import Work

    Metric = Callable[[float, float, float], Work]


def _one_split(fit: Callable[..., Work], stimuli: float, units: float, neuroids: float) -> Work:
    return fit(stimuli * work.TRAIN, stimuli * (1 - work.TRAIN), units, neuroids)


def _in_splits(fit: Callable[..., Work], stimuli: float, units: float, neuroids: float) -> Work:
    return fit(stimuli * work.TRAIN, stimuli * (1 - work.TRAIN), units, neuroids, work.SPLITS)


def _reverse(stimuli: float, units: float, neuroids: float) -> Work:
    return work.pls(stimuli, neuroids, units) + work.predictivity_drawn((1 - work.TRAIN) * stimuli, units)


def _pairs(stimuli: float, units: float, neuroids: float) -> Work:
    return (
        work.dissimilarities(stimuli, units)
        + work.dissimilarities(stimuli, neuroids)
        + work.pairs_compared(stimuli).times(2)
    )


def _aligned(stimuli: float, units: float, neuroids: float) -> Work:
    return work.kernels_aligned(stimuli, units, neuroids).times(2)


METRICS: Final[dict[str, Metric]] = {
    "pls": work.pls,
    "reverse_pls": _reverse,
    "pls_split": partial(work.pls, splits=1),
    "ridge": partial(_in_splits, work.ridge),
    "ridge_split": partial(_one_split, work.ridge),
    "ridgecv": partial(_in_splits, work.ridge_cv),
    "ridgecv_split": partial(_one_split, work.ridge_cv),
    "linear": work.linear,
    "linear_predictivity": work.linear,
    "linear_predictivity_split": partial(work.linear, splits=1),
    "rdm": _pairs,
    "rsm": _pairs,
    "cka": _aligned,
    "cka_biased": _aligned,
}
"""Of `benchmarks.own.recording`: (stimuli, units, neuroids)."""


def own(benchmark: Benchmark) -> Workload:
    """Return what a benchmark of a recording of one's own consists of."""
    data = own_data(benchmark)
    if data is None:
        return Workload((), unknown="the recording")
    joined = data.joined
    shown = counted(joined.stimuli)
    single = joined.presentations if joined.presentations is not None else joined.recording
    recording: Recording = sizes_of(single)
    asked = (Shown(benchmark.region, shown, filling=joined.filling),)
    metric = METRICS.get(data.own.metric) if isinstance(data.own.metric, str) else None
    stimuli, neuroids = len(joined.stimuli), recording.neuroids or 1
    repetitions = float(joined.repetitions)
    if metric is None:
        return Workload(asked, data=float(recording.bytes), unknown="what its metric computes")
    fitted = metric not in (_pairs, _aligned)

    def computed(units: int) -> Work:
        total = metric(stimuli, units, neuroids)
        if fitted:
            total = total + work.predictivity_drawn((1 - work.TRAIN) * stimuli, neuroids)
        return total + (work.consistency(repetitions, stimuli, neuroids) if repetitions > 1 else work.Work())

    held = recording.bytes + joined.recording.nbytes + work.DOUBLE * repetitions * stimuli * neuroids
    return Workload(asked, computed, float(held))
