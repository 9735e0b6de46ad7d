"""The plan of a run: what each leaf costs, what all of them cost together, and whether it fits."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from pytest_brainscore.cost.counts import Need, needed
from pytest_brainscore.cost.machine import Capacity, Rates
from pytest_brainscore.cost.passes import Layers, ModelCost
from pytest_brainscore.cost.work import SINGLE
from pytest_brainscore.cost.workload import Shown, Workload
from pytest_brainscore.errors import BrainScoreError

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
    from pytest_brainscore.models.interface import BrainModel

TOUCHED: Final = 6
"""Passes over answers on their way from a layer to the store: copied, seen to be finite, written, checked."""
IMAGE_SECONDS: Final = 0.004
"""Of reading an image that is not here to be timed, about: half a megapixel of JPEG."""
RUNS: Final = ("present", "to download")
"""States of data with which a benchmark is scored."""
FIRST: Final = 0.4
"""Processor seconds of a leaf besides: libraries that are first used, tables that are joined, the record."""


@dataclass(frozen=True)
class LeafPlan:
    """What one leaf costs, after those before it in the plan."""

    model: str
    benchmark: str
    version: int
    region: str
    data: Need
    forward_passes: int | None
    """Images that go through the network for it, and for none before it; None where it is not known."""
    stimuli: int | None
    """Images that it shows, also those that others show."""
    checking_passes: int
    """Images of the probe that go through besides, to see that answers are repeatable."""
    stored: int
    """Bytes of answers that are stored for it, and for none before it."""
    memory: float | None
    """Bytes of the process at most."""
    seconds: float | None
    """Processor seconds."""
    alone_seconds: float | None
    """The same in a process of its own, which loads the model and finds nothing stored."""
    uncertain: str = ""
    """Why numbers are uncertain, or lacking; empty where they are not."""

    @property
    def runs(self) -> bool:
        """Whether it can be scored here: its data are present, or can be fetched."""
        return self.data.state in RUNS


@dataclass(frozen=True)
class Plan:
    """What a run costs."""

    leaves: tuple[LeafPlan, ...]
    models: tuple[ModelCost, ...]
    capacity: Capacity
    workers: int
    seconds: float
    """From the start to the end, on a machine that does nothing else."""
    processor_seconds: float
    memory: float
    """Bytes of all processes together at most."""
    stored: int
    """Bytes of answers that are stored."""
    forward_passes: int
    problems: tuple[str, ...] = field(default=())
    """What cannot fit, each with numbers and what mends it."""


@dataclass
class _Taken:
    """What a run has shown and stored so far."""

    keys: set[tuple[object, ...]] = field(default_factory=set)
    images: dict[tuple[object, ...], float] = field(default_factory=dict)
    """Seconds of reading an image, by stimulus set."""


def leaf_plans(
    model: BrainModel, cost: ModelCost, benchmarks: Iterable[Benchmark], rates: Rates, *, stored: bool = True
) -> list[LeafPlan]:
    """Return what each of some benchmarks costs, one after the other.

    Parameters
    ----------
    model
        As it will be scored.
    cost
        Of `passes.model_cost`.
    benchmarks
        In the order in which they run.
    rates
        Of this machine.
    stored
        Whether answers are stored; else they are held in memory.

    """
    taken = _Taken()
    return [_leaf(model, cost, each, rates, taken, stored=stored) for each in benchmarks]


def _leaf(
    model: BrainModel, cost: ModelCost, benchmark: Benchmark, rates: Rates, taken: _Taken, *, stored: bool
) -> LeafPlan:
    from pytest_brainscore.cost.protocols import workload_of

    data = needed(benchmark)
    about: dict[str, Any] = {
        "model": cost.identifier,
        "benchmark": benchmark.identifier,
        "version": benchmark.version,
        "region": benchmark.region,
        "data": data,
    }
    try:
        workload = workload_of(benchmark)
    except BrainScoreError as error:
        return _without_numbers(about, str(error))
    lacking = [cost.lacking[each.asked] for each in workload.shown if each.asked in cost.lacking]
    if lacking:
        return _without_numbers(about, lacking[0])
    counted = [each for each in workload.shown if each.stimuli.count is not None]
    new = [each for each in counted if each.key not in taken.keys]
    if data.state in RUNS:
        taken.keys |= {each.key for each in new}
    shows = [_show(model, cost, each, rates, taken) for each in counted]
    fresh = [show for each, show in zip(counted, shows, strict=True) if each in new]
    known = bool(workload.shown) and len(counted) == len(workload.shown)
    units = max((cost.layers[each.asked].units for each in workload.shown), default=0)
    work = workload.work(units)
    computed = work.seconds(rates) + FIRST
    held = _held(workload, cost)
    block = max((show.block for show in shows), default=0.0)
    memory = cost.rest + max(cost.workspace + block, work.memory + workload.data) + held
    complete = known and not workload.unknown
    until = " until the data are here" if workload.unknown.startswith("the ") else ""
    words = [f"{workload.unknown} is not known{until}"] if workload.unknown else []
    words += ["iterates until it is still"] if work.uncertain else []
    return LeafPlan(
        **about,
        forward_passes=sum(show.passes for show in fresh) if known else None,
        stimuli=sum(show.passes for show in shows) if known else None,
        checking_passes=sum(show.checks for show in fresh),
        stored=sum(show.stored for show in fresh) if stored else 0,
        memory=memory if complete else None,
        seconds=computed + sum(show.seconds for show in fresh) if complete else None,
        alone_seconds=cost.start + computed + sum(show.seconds for show in shows) if complete else None,
        uncertain="; ".join(words),
    )


def _without_numbers(about: Mapping[str, Any], reason: str) -> LeafPlan:
    return LeafPlan(
        **about,
        forward_passes=None,
        stimuli=None,
        checking_passes=0,
        stored=0,
        memory=None,
        seconds=None,
        alone_seconds=None,
        uncertain=reason,
    )


@dataclass(frozen=True)
class _Show:
    """What showing stimuli once costs."""

    passes: int
    checks: int
    seconds: float
    stored: int
    block: float
    """Bytes of answers that are held while they are made."""


def _show(model: BrainModel, cost: ModelCost, shown: Shown, rates: Rates, taken: _Taken) -> _Show:
    from pytest_brainscore.models.activations.stored_responses import block_rows

    count = shown.stimuli.count or 0
    layers: Layers = cost.layers[shown.asked]
    units = max(1, round(layers.units * shown.share))
    rows = -(-count // shown.maximum_over)
    size = rows * units * SINGLE
    parts = max(1, -(-size // round(shown.most_bytes))) if shown.most_bytes else 1
    of_block = block_rows(cost.batch, shown.maximum_over, -(-units // parts))
    blocks = max(1, -(-rows // of_block))
    full = -(-min(of_block, rows) * shown.maximum_over // cost.batch) * cost.batch
    through = blocks * full if blocks > 1 else full
    checks = blocks * parts * cost.checked
    reading = _reading(model, shown, taken)
    answered = through * layers.units * SINGLE * TOUCHED / rates.stream
    seconds = parts * (count * reading + through * layers.seconds * shown.pixels + answered) + checks * layers.seconds
    block = (min(of_block, rows) * -(-units // parts) + 2 * cost.batch * layers.units) * SINGLE
    return _Show(count * parts, checks, seconds, size, float(block))


def _held(workload: Workload, cost: ModelCost) -> float:
    """Return the bytes of answers that a leaf reads: of a file, or in memory."""
    sizes = {
        each.key: -(-(each.stimuli.count or 0) // each.maximum_over)
        * max(1, round(cost.layers[each.asked].units * each.share))
        * SINGLE
        for each in workload.shown
    }
    return float(sum(sizes.values()))


def _reading(model: BrainModel, shown: Shown, taken: _Taken) -> float:
    """Return the processor seconds of reading one image and making it the input of the model."""
    key = (shown.stimuli.name, shown.filling)
    if key not in taken.images:
        sample = shown.stimuli.sample
        taken.images[key] = IMAGE_SECONDS if sample is None else _timed(model, sample, filling=shown.filling)
    return taken.images[key]


def _timed(model: BrainModel, sample: StimulusSet, *, filling: bool) -> float:
    from dataclasses import replace

    import numpy as np

    from pytest_brainscore.data.stimuli.screen import place_on_screen
    from pytest_brainscore.models.activations.layer_reader import reader_of

    degrees = model.visual_degrees()
    placed = replace(sample, degrees=degrees) if filling else place_on_screen(sample, degrees)
    preprocessing: Any = getattr(reader_of(model), "preprocessing", None)
    times = []
    try:
        for image in placed.images:
            start = time.process_time()
            image.digest()
            if preprocessing is not None:
                size = preprocessing.image_size
                preprocessing(image.pixels(), np.empty((size, size, 3), np.float32))
            times.append(time.process_time() - start)
    except BrainScoreError:  # told when it is scored
        return IMAGE_SECONDS
    return sorted(times)[(len(times) - 1) // 2] if times else IMAGE_SECONDS
