"""What a model costs: the network as it will be run, seen with a batch of the probe's images.

A pass over one batch is made anyway before a network is believed. Here it is watched: how much processor time has gone
by when each layer answers, and how much memory it took. Operations are counted from the shapes of what passes through
(``torch.utils.flop_counter``). What is no network of PyTorch is timed as a whole.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, cast

from pytest_brainscore.cost.machine import peak_bytes, resident_bytes
from pytest_brainscore.cost.workload import TASKS
from pytest_brainscore.errors import BrainScoreError

if TYPE_CHECKING:
    import torch

    from pytest_brainscore.models.activations.layer_reader import LayerReader
    from pytest_brainscore.models.interface import BrainModel, RecordingTarget

MOST_SECONDS: Final = 3.0
"""Of timing batches, about; at least one is timed."""
_BATCHES: Final = 5


@dataclass(frozen=True)
class Layers:
    """What is read for a region or a task."""

    names: tuple[str, ...]
    units: int
    seconds: float
    """Processor time of one image, up to these layers."""
    operations: float | None
    """Multiplications and additions of one image up to these layers, counted as two; None for what is no network."""


@dataclass(frozen=True)
class ModelCost:
    """What a model costs, whatever it is shown."""

    identifier: str
    start: float
    """Processor seconds until it has shown that its answers can be relied on: imports, weights, the probe."""
    rest: float
    """Bytes of a process that holds it."""
    workspace: float
    """Bytes that a batch takes besides."""
    batch: int
    """Images that go through at once."""
    checked: int
    """Images of the probe that go through again with every block of the store."""
    parallel: float
    """Processor time over time, 1 to the number of threads."""
    layers: Mapping[str, Layers] = field(default_factory=dict)
    """By region or task; those that the model has."""
    lacking: Mapping[str, str] = field(default_factory=dict)
    """Why others have none."""


def model_cost(model: BrainModel, asked: Sequence[str], start: float) -> ModelCost:
    """See what a model costs.

    Parameters
    ----------
    model
        As the run will load it.
    asked
        Regions and tasks.
    start
        Processor seconds that this process has taken so far.

    Raises
    ------
    BrainScoreError
        The model cannot be run.

    """
    from pytest_brainscore.models.activations.layer_reader import reader_of
    from pytest_brainscore.models.asking import why_not

    began = time.process_time()
    held = float(resident_bytes())
    reader = reader_of(model)
    if reader is None:
        return _without_layers(model, asked, start, held)
    names, lacking = {}, {}
    for each in asked:
        reason = why_not(model, each)
        read = _read(model, reader, each)
        if reason is None and read:
            names[each] = read
        else:
            lacking[each] = reason or f"{model.identifier} has no layer for {each}."
    units = {each: sum(layout.size for layout in reader.layouts(read).values()) for each, read in names.items()}
    seen = _watched(reader, names)
    return ModelCost(
        identifier=model.identifier,
        start=start + (time.process_time() - began - seen.spent),
        rest=held,
        workspace=max(0.0, float(peak_bytes() or held) - held),
        batch=reader.batch_size,
        checked=seen.checked,
        parallel=seen.parallel,
        layers={
            each: Layers(read, units[each], seen.seconds[read], seen.operations.get(read))
            for each, read in names.items()
        },
        lacking=lacking,
    )


def _without_layers(model: BrainModel, asked: Sequence[str], start: float, held: float) -> ModelCost:
    """See what a brain model of another kind costs: it is recorded from, looking at a few images."""
    import pandas as pd

    from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
    from pytest_brainscore.models.asking import record_responses, why_not
    from pytest_brainscore.models.networks.probing.images import probe_images

    images = tuple(map(_Array, probe_images()["mixed"]))
    table = pd.DataFrame({"stimulus_id": [f"probe-{row}" for row in range(len(images))]})
    stimuli = StimulusSet("probe", table, images, model.visual_degrees())
    layers, lacking = {}, {}
    for each in asked:
        reason = why_not(model, each)
        if reason is None and each in TASKS:
            reason = f"what {model.identifier} takes for the task {each} is not known before it does it"
        try:
            if reason is None:
                model.start_recording(cast("RecordingTarget", each), [(70, 170)])
                began = time.process_time()
                units = record_responses(model, stimuli).shape[1]
                layers[each] = Layers((), units, (time.process_time() - began) / len(images), None)
        except Exception as error:  # somebody's code: it fails in the run as well, where its traceback is shown
            reason = f"{model.identifier} raised {type(error).__name__}: {error}" if str(error) else repr(error)
        if reason is not None:
            lacking[each] = reason
    workspace = max(0.0, float(peak_bytes() or held) - held)
    return ModelCost(model.identifier, start, held, workspace, len(images), 0, 1.0, layers, lacking)


def _read(model: Any, reader: LayerReader, asked: str) -> tuple[str, ...]:
    """Return the layers that are read for a region or a task."""
    committed: Mapping[str, tuple[str, ...]] = getattr(model, "layers", {})
    task = TASKS.get(asked)
    if task is None:
        return tuple(committed.get(asked, ()))
    readout = tuple(committed.get("behavior", committed.get("IT", ())))
    decoded = getattr(model, "description", None) is not None and "decoder" in model.description().preprocessing
    if task == "label" and not decoded:
        return () if reader.output is None else (reader.output,)
    return readout


@dataclass
class _Seen:
    """What watching has shown, by the layers that were read."""

    seconds: dict[tuple[str, ...], float]
    operations: dict[tuple[str, ...], float]
    parallel: float
    checked: int
    spent: float
    """Processor seconds of watching itself."""


def _watched(reader: LayerReader, names: Mapping[str, tuple[str, ...]]) -> _Seen:
    from pytest_brainscore.models.networks.probing.images import COUNT

    seen = _Seen({}, {}, 1.0, COUNT, 0.0)
    wanted = list(dict.fromkeys(names.values()))
    network = getattr(reader, "network", None)
    for read in wanted:
        if network is not None and read not in seen.seconds and _modules(reader, network, read) is not None:
            _watch_network(reader, network, wanted, seen)
        if read not in seen.seconds:
            _watch_whole(reader, read, seen)
    return seen


def _images(reader: LayerReader) -> Any:
    """Return as many images as go through at once."""
    from pytest_brainscore.models.networks.probing.images import probe_images

    images = [_Array(pixels) for pixels in probe_images()["mixed"]]
    return [images[row % len(images)] for row in range(reader.batch_size)]


@dataclass(frozen=True)
class _Array:
    """An image in memory; a ``StimulusImage``."""

    array: Any

    def pixels(self) -> Any:
        return self.array

    def digest(self) -> str:
        return ""


def _watch_whole(reader: LayerReader, read: tuple[str, ...], seen: _Seen) -> None:
    """Time batches of what is no network; a matrix of features has no images to be timed with, and takes none."""
    from pytest_brainscore.models.functions.features_reader import FeaturesReader

    if isinstance(reader, FeaturesReader):
        seen.seconds[read], seen.checked = 0.0, 0
        return
    images = _images(reader)
    for _ in reader.batches(images, read):  # and all checks, which are made once
        pass
    best = math.inf
    began = time.process_time()
    for _ in range(_BATCHES):
        start, wall = time.process_time(), time.perf_counter()
        for _ in reader.batches(images, read):
            pass
        took = time.process_time() - start
        best = min(best, took)
        seen.parallel = max(seen.parallel, took / max(time.perf_counter() - wall, 1e-9))
        if time.process_time() - began > MOST_SECONDS:
            break
    seen.spent += time.process_time() - began
    seen.seconds[read] = best / (len(images) + seen.checked)


def _modules(reader: LayerReader, network: torch.nn.Module, read: tuple[str, ...]) -> list[torch.nn.Module] | None:
    """Return the modules of layers; None where a name says more than which module."""
    from pytest_brainscore.models.commitment.layer_name import parse_layer

    known = dict(network.named_modules())
    found = [known.get(parse_layer(layer).read(reader.output)) for layer in read]
    if found == [None] and read == (reader.output,):
        return [network]
    return None if None in found else [module for module in found if module is not None]


def _watch_network(reader: LayerReader, network: torch.nn.Module, wanted: list[Any], seen: _Seen) -> None:
    """Time batches through a whole network, and note when each layer has answered."""
    watched = {read: found for read in wanted if (found := _modules(reader, network, read)) is not None}
    whole = (reader.output,) if reader.output is not None else wanted[-1]
    images = _images(reader)
    stamps: dict[torch.nn.Module, float] = {}
    passes: list[dict[torch.nn.Module, float]] = []
    started = [0.0]

    def begin(_module: torch.nn.Module, _inputs: object) -> None:
        passes.append(dict(stamps))
        stamps.clear()
        started[0] = time.process_time()

    def stamp(module: torch.nn.Module, _inputs: object, _output: object) -> None:
        stamps[module] = time.process_time() - started[0]

    needed = {module for found in watched.values() for module in found} | {network}
    try:
        for _ in reader.batches(images, whole):  # and all checks, which are made once
            pass
    except BrainScoreError:  # what the network returns as a whole is no layer
        return
    handles: list[Any] = [network.register_forward_pre_hook(begin)]
    handles += [module.register_forward_hook(stamp) for module in needed]
    began = time.process_time()
    wall = time.perf_counter()
    try:
        for _ in range(_BATCHES):
            for _ in reader.batches(images, whole):
                pass
            if time.process_time() - began > MOST_SECONDS:
                break
    finally:
        for handle in handles:
            handle.remove()
    passes.append(dict(stamps))  # a pass ends where the last layer is recorded, which need not be the network's end
    spent = time.process_time() - began
    seen.parallel = max(seen.parallel, spent / max(time.perf_counter() - wall, 1e-9))
    seen.spent += spent
    operations = _operations(network, reader, needed)
    for read, found in watched.items():
        times = [max(each[module] for module in found) for each in passes if all(module in each for module in found)]
        if times:
            seen.seconds[read] = min(times) / reader.batch_size
        counts = [operations[module] for module in found if module in operations]
        if counts:
            seen.operations[read] = max(counts)


def _operations(
    network: torch.nn.Module, reader: LayerReader, needed: set[torch.nn.Module]
) -> dict[torch.nn.Module, float]:
    """Count the operations of one image until each module has answered, from the shapes of what passes through."""
    import numpy as np
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    preprocessing: Any = getattr(reader, "preprocessing", None)
    if preprocessing is None:
        return {}
    room = np.zeros((preprocessing.image_size, preprocessing.image_size, 3), np.float32)
    found: dict[torch.nn.Module, float] = {}
    counter = FlopCounterMode(display=False)

    def note(module: torch.nn.Module, _inputs: object, _output: object) -> None:
        found[module] = float(counter.get_total_flops())

    handles = [module.register_forward_hook(note) for module in needed]
    parameter = next(network.parameters(), None)
    image = torch.from_numpy(room).permute(2, 0, 1)[None]
    if parameter is not None:
        image = image.to(parameter.device, parameter.dtype if parameter.is_floating_point() else torch.float32)
    try:
        with torch.inference_mode(), counter:
            network(image)
    except Exception:  # it ran in another way before: what is lacking is a number to show
        return {}
    finally:
        for handle in handles:
            handle.remove()
    return found
