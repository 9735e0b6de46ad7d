"""Records what layers answer to a batch, in as many passes as memory asks for."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.activations.layer_reader import OutputError
from pytest_brainscore.models.networks.out_of_memory import OutOfMemory
from pytest_brainscore.models.networks.probing.execution import AllRecorded, Execution
from pytest_brainscore.models.networks.probing.survey import Hook, Reading, Survey, hooks


class NotReached(ModelError):
    """A batch did not use a layer as often as others do."""


@dataclass(frozen=True)
class Recording:
    """The activations of one batch, which may be on their way from the device."""

    values: NDArray[np.float32]
    """Images x units; overwritten when the buffer is used again."""
    arrivals: tuple[Callable[[], None], ...]
    """Wait for the parts to arrive."""


@contextmanager
def recorder(
    survey: Survey,
    execution: Execution,
    readings: Mapping[str, Reading],
    rows: int,
    *,
    rooms: int = 1,
    count: bool = False,
) -> Iterator[Recorder]:
    """Have layers recorded for batches of so many images, in so many buffers in turn.

    With `count`, layers whose last use counts must be used as often as was found out.
    """
    made = Recorder(survey, execution, readings, rows, rooms, count)
    with hooks({layer: survey.module(layer) for layer in readings}, made.hook):
        yield made


class Recorder:
    """Runs batches through a network and keeps what layers answer; made by :func:`recorder`."""

    def __init__(
        self, survey: Survey, execution: Execution, readings: Mapping[str, Reading], rows: int, rooms: int, count: bool
    ) -> None:
        self._survey = survey
        self._execution = execution
        self._readings = readings
        self._whole = count and any(reading.last_of_several for reading in self._readings.values())
        self._sizes = {layer: math.prod(reading.shape) for layer, reading in self._readings.items()}
        self._rooms = [execution.transfers.room(rows, sum(self._sizes.values())) for _ in range(rooms)]
        self._views: dict[str, torch.Tensor] = {}
        self._seen: dict[str, int] = {}

    def run(self, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the activations for a batch, in a buffer of the recorder."""
        return self.wait(self.begin(pixels))

    def begin(self, pixels: NDArray[np.float32]) -> Recording:
        """Run a batch, and return what will be its activations; `pixels` must stay until they have arrived.

        Raises
        ------
        OutOfMemory
            Not even one image can go through.
        NotReached
            A layer is used more or less often than was found out.
        ModelError
            A layer returns something else than was found out, or the network raises.

        """
        self._rooms.append(self._rooms.pop(0))
        room = self._rooms[-1][: len(pixels)]
        arrivals = []
        start = 0
        while start < len(pixels):
            part = slice(start, min(start + self._execution.most, len(pixels)))
            arrival = self._pass(pixels[part], room[part])
            if arrival is None:
                self._execution.halve(part.stop - start)
                continue
            arrivals.append(arrival)
            start = part.stop
        return Recording(room, tuple(arrivals))

    def wait(self, recording: Recording) -> NDArray[np.float32]:
        """Return the activations of a batch, once they are there."""
        with self._survey.blaming():  # devices tell of failures late
            for arrival in recording.arrivals:
                arrival()
        return recording.values

    def hook(self, layer: str) -> Hook:
        """Return what keeps the output of a layer."""

        def keep(_module: nn.Module, _inputs: object, output: object) -> None:
            self._seen[layer] = self._seen.get(layer, 0) + 1
            if self._seen[layer] != self._readings[layer].calls:
                return
            # Copied at once, into C order: what follows may change the tensor in place.
            view = self._views[layer]
            view.copy_(self._checked(layer, output, len(view)))
            others = self._readings.items()
            if not self._whole and all(self._seen.get(other, 0) >= reading.calls for other, reading in others):
                raise AllRecorded

        return keep

    def _pass(self, pixels: NDArray[np.float32], room: NDArray[np.float32]) -> Callable[[], None] | None:
        """Run some images at once, and return what waits for them; None where memory may suffice for fewer."""
        self._seen.clear()
        host = torch.from_numpy(room)
        try:
            with self._survey.blaming(len(pixels)):
                there = self._execution.transfers.counterpart(host)
                self._views = self._views_of(there)
                self._execution.forward(pixels)
                arrival = self._execution.transfers.fetch(there, host)
        except OutOfMemory as error:
            if len(pixels) == 1 or not error.fewer_would_do:
                raise
            return None
        finally:
            self._views = {}
        self._check_uses()
        return arrival

    def _views_of(self, recorded: torch.Tensor) -> dict[str, torch.Tensor]:
        """Return the part of a buffer that each layer has, in the shape of its output."""
        stops = np.cumsum(list(self._sizes.values())).tolist()
        return {
            layer: recorded[:, stop - size : stop].view(len(recorded), *self._readings[layer].shape)
            for (layer, size), stop in zip(self._sizes.items(), stops, strict=True)
        }

    def _check_uses(self) -> None:
        for layer, reading in self._readings.items():
            uses, expected = self._seen.get(layer, 0), reading.calls
            if uses < expected or (self._whole and reading.last_of_several and uses > expected):
                raise NotReached(
                    f"{self._survey.called(layer)} is used more often for some images than for others; name a "
                    "layer that is always used alike."
                )

    def _checked(self, layer: str, output: object, rows: int) -> torch.Tensor:
        """Return the output of a layer for a batch; OutputError unless it is as the first images said."""
        tensor = self._survey.rows(layer, output, rows)
        reading = self._readings[layer]
        if tuple(tensor.shape[1:]) != reading.shape or tensor.dtype != reading.dtype:
            raise OutputError(
                f"{self._survey.called(layer)} returns {tuple(tensor.shape[1:])} ({tensor.dtype}) for some images and "
                f"{reading.shape} ({reading.dtype}) for others; name a layer that always returns the same."
            )
        return tensor.detach()
