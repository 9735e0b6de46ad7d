"""Batches of input, read by threads while the device computes, or one after the other."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from itertools import cycle

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.data.stimuli.stimulus_set import StimulusImage

Prepare = Callable[[StimulusImage, NDArray[np.float32]], None]
"""Writes the network's input for an image."""


def input_batches(
    images: Sequence[StimulusImage], rooms: Sequence[NDArray[np.float32]], prepare: Prepare, readers: int = 0
) -> Generator[tuple[NDArray[np.float32], int]]:
    """Yield the network's input for images, a batch at a time.

    Parameters
    ----------
    images
        In their order.
    rooms
        Buffers of batches, images x height x width x 3, which are used in turn; with `readers` at least three. All but
        two of them are being read into while a batch is used, and the one before may still be in use.
    prepare
        Called for every image; by `readers` threads where that is not 0.
    readers
        Threads that read; 0 reads a batch when it is asked for.

    Yields
    ------
    NDArray, int
        A full batch, whatever the number of images (the last one is repeated), and how many of its rows count.

    Raises
    ------
    Exception
        Whatever `prepare` raises, for the first image that it does so for.

    """
    rows = len(rooms[0])
    batches = [images[start : start + rows] for start in range(0, len(images), rows)]
    read = _by_threads(batches, rooms, prepare, readers) if readers else _one_by_one(batches, rooms, prepare)
    with closing(read):
        for batch, room in zip(batches, read, strict=True):
            room[len(batch) :] = room[len(batch) - 1]
            yield room, len(batch)


def _one_by_one(
    batches: Sequence[Sequence[StimulusImage]], rooms: Sequence[NDArray[np.float32]], prepare: Prepare
) -> Generator[NDArray[np.float32]]:
    for batch, room in zip(batches, cycle(rooms), strict=False):
        for row, image in enumerate(batch):
            prepare(image, room[row])
        yield room


def _by_threads(
    batches: Sequence[Sequence[StimulusImage]],
    rooms: Sequence[NDArray[np.float32]],
    prepare: Prepare,
    readers: int,
) -> Generator[NDArray[np.float32]]:
    ahead = len(rooms) - 2
    begun: deque[tuple[NDArray[np.float32], list[Future[None]]]] = deque()
    waiting = zip(batches, cycle(rooms), strict=False)
    with ThreadPoolExecutor(readers, "brainscore-images") as pool:
        try:
            for _ in batches:
                while len(begun) <= ahead and (following := next(waiting, None)) is not None:
                    batch, room = following
                    begun.append((room, [pool.submit(prepare, image, room[row]) for row, image in enumerate(batch)]))
                room, reading = begun.popleft()
                for each in reading:
                    each.result()
                yield room
        finally:
            pool.shutdown(cancel_futures=True)
