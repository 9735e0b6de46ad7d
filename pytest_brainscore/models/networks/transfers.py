"""Copies between this process and a device, beside what the device computes."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import suppress
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

MOST_LOCKED: Final = 512 * 2**20
"""Bytes of a buffer in page-locked memory, at most: such memory is the whole machine's, and is given out in powers of
two."""


class Transfers:
    """Copies numbers to a device and back.

    To and from CUDA they go on streams of their own, out of page-locked memory, while the device computes; elsewhere
    one after the other.

    Parameters
    ----------
    device
        Where the network runs.

    """

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._streams = (
            (torch.cuda.Stream(device), torch.cuda.Stream(device))  # type: ignore[no-untyped-call]
            if device.type == "cuda"
            else None
        )

    def room(self, *shape: int) -> NDArray[np.float32]:
        """Return a buffer that can be copied from and to beside computations: float32, not initialised."""
        numbers = math.prod(shape)
        if self._streams is not None and 0 < numbers * 4 <= MOST_LOCKED:
            with suppress(RuntimeError):  # no more memory can be locked
                return torch.empty(shape, dtype=torch.float32, pin_memory=True).numpy()
        return torch.empty(shape, dtype=torch.float32).numpy()

    def send(self, values: torch.Tensor) -> torch.Tensor:
        """Return a copy on the device, which whatever is computed next waits for; `values` stay until that is done."""
        if self._streams is None:
            return values.to(self._device, copy=True)
        sending, _ = self._streams
        with torch.cuda.stream(sending):
            sent = values.to(self._device, copy=True, non_blocking=True)
        computing = torch.cuda.current_stream(self._device)
        computing.wait_stream(sending)
        sent.record_stream(computing)
        return sent

    def counterpart(self, room: torch.Tensor) -> torch.Tensor:
        """Return a buffer on the device for what is to be fetched: on the CPU, the one it is fetched into."""
        return room if self._device.type == "cpu" else torch.empty_like(room, device=self._device)

    def fetch(self, values: torch.Tensor, room: torch.Tensor) -> Callable[[], None]:
        """Copy values that are being computed into a buffer; what is returned waits until they are there."""
        if values is room:
            return _there
        if self._streams is None:
            room.copy_(values)
            return _there
        _, fetching = self._streams
        fetching.wait_stream(torch.cuda.current_stream(self._device))
        with torch.cuda.stream(fetching):
            room.copy_(values, non_blocking=True)
            fetched = fetching.record_event()
        values.record_stream(fetching)

        def wait() -> None:
            fetched.synchronize()

        return wait


def _there() -> None:
    """Wait for nothing."""
