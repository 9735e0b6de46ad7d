"""Prepared images that the checkpoints of a network share: decoded, placed and resized once.

A folder holds what is kept of a block of images (their 8-bit values in the size of the input) in one file, which is
found by the digests of the images and by how they are prepared. The next checkpoints, and other processes, read it and
only scale it: what a network is given is bitwise the same with and without. It is meant for one run: nothing in it is
checked, and it is removed with the run.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import uuid
import warnings
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, cast

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.data.stimuli.stimulus_set import StimulusImage
from pytest_brainscore.models.networks.preprocessing import Preprocessing
from pytest_brainscore.models.networks.reading_ahead import Prepare, input_batches

Batches = Generator[tuple[NDArray[np.float32], int]]
_FREE: Final = 2**30
"""Bytes that stay free on the disk, whatever the limit."""


class SharedInputs:
    """Keeps prepared images for other checkpoints, in a folder that processes share.

    Parameters
    ----------
    folder
        An empty folder, or one that other checkpoints have filled; where it is not there, nothing is shared.
    limit
        Bytes in the folder, at most. Once a block of images does not fit, it is prepared for each checkpoint anew, and
        a warning says so; blocks that are there stay.
    keeps
        Whether to add to it: False for the last checkpoint, whose inputs nobody needs after it.

    """

    def __init__(self, folder: str | os.PathLike[str], limit: int, *, keeps: bool = True) -> None:
        self.folder = Path(folder)
        self._limit = limit
        self._keeps = keeps

    def batches(
        self,
        preprocessing: Preprocessing,
        images: Sequence[StimulusImage],
        rooms: Sequence[NDArray[np.float32]],
        prepare: Prepare,
        readers: int = 0,
    ) -> Batches:
        """Yield the network's input for images as ``input_batches`` does, without preparing what is there already.

        Parameters
        ----------
        preprocessing
            Made of two steps, of which the first is kept.
        images, rooms, prepare, readers
            As for :func:`~pytest_brainscore.models.networks.reading_ahead.input_batches`; `prepare` is these two steps.

        """
        if not images:
            return
        path = self.folder / _key(preprocessing, images)
        numbers = cast("Sequence[StimulusImage]", range(len(images)))  # what is kept has rows, not images
        rows = len(rooms[0])
        kept = _Kept.found(path, len(images), rooms[0].shape[1])
        if kept is not None:
            batches: dict[int, NDArray[Any]] = {}

            def scale(image: StimulusImage, room: NDArray[np.float32]) -> None:
                row = cast("int", image)
                batch, place = divmod(row, rows)
                # Read by whoever comes first; a few batches are being worked on at a time.
                values = batches.get(batch)
                if values is None:
                    values = batches[batch] = kept.read(batch * rows, min(rows, len(images) - batch * rows))
                    batches.pop(batch - len(rooms) - 1, None)
                preprocessing.scaled(values[place], room)

            yield from input_batches(numbers, rooms, scale, readers)
            return
        if not (self._keeps and self.folder.is_dir()):
            yield from input_batches(images, rooms, prepare, readers)
            return
        made: dict[int, NDArray[Any]] = {}

        def shrink(image: StimulusImage, room: NDArray[np.float32]) -> None:
            row = cast("int", image)
            made[row] = preprocessing.shrunk(images[row].pixels())
            preprocessing.scaled(made[row], room)

        with self._keeping(path, len(images)) as keep:
            start = 0
            for room, count in input_batches(numbers, rooms, shrink, readers):
                keep([made.pop(row) for row in range(start, start + count)])
                start += count
                yield room, count

    @contextmanager
    def _keeping(self, path: Path, images: int) -> Iterator[Callable[[list[NDArray[Any]]], None]]:
        """Give what appends a batch to a file, which is there under its name once all of them are in it."""
        temporary = path.with_name(f"{uuid.uuid4().hex}.tmp")
        written = 0

        def append(batch: list[NDArray[Any]]) -> None:
            nonlocal written
            if not self._keeps or len({(each.shape, each.dtype) for each in batch}) != 1:
                return  # grey images among colours have other sizes
            content = np.stack(batch)
            try:
                if not written and not self._has_room(content[0].nbytes * images):
                    return
                with temporary.open("ab") as file:
                    file.write(content.data)
                written += len(batch)
            except OSError as error:
                self._warn(error.strerror or str(error))

        try:
            yield append
            if written == images:
                temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)

    def _has_room(self, size: int) -> bool:
        try:
            with os.scandir(self.folder) as entries:
                used = sum(entry.stat().st_size for entry in entries)
            fits = used + size <= self._limit and shutil.disk_usage(self.folder).free - size >= _FREE
        except OSError:  # no such folder, where nothing is shared; or another process has renamed a file just now
            return False
        if not fits:
            self._warn(f"{self._limit / 1e9:.1f} GB are used")
        return fits

    def _warn(self, why: str) -> None:
        if self._keeps:
            self._keeps = False
            warnings.warn(
                f"Not all prepared images can be kept for the other checkpoints in {self.folder} ({why}); the others "
                "are prepared for each checkpoint anew, scores stay the same; free space, or set BRAINSCORE_HOME to a "
                "folder with space.",
                stacklevel=4,
            )


class _Kept:
    """A file of as many arrays as there are images: 8-bit values, grey or of three colours, or float32."""

    def __init__(self, path: Path, shape: tuple[int, ...], kind: type[np.uint8 | np.float32]) -> None:
        self._path, self._shape, self._kind = path, shape, kind

    @classmethod
    def found(cls, path: Path, images: int, side: int) -> _Kept | None:
        """Return what is kept under a name; None where nothing is. What it is, is told by its size."""
        try:
            size = path.stat().st_size
        except OSError:
            return None
        grey, colour = (side, side), (side, side, 3)
        kinds: dict[int, tuple[tuple[int, ...], type[np.uint8 | np.float32]]] = {
            1: (grey, np.uint8),
            3: (colour, np.uint8),
            12: (colour, np.float32),
        }
        each, rest = divmod(size, images * side * side)
        return None if rest or each not in kinds else cls(path, *kinds[each])

    def read(self, start: int, count: int) -> NDArray[Any]:
        """Return some of the arrays."""
        numbers = int(np.prod(self._shape))
        offset = start * numbers * np.dtype(self._kind).itemsize
        return np.fromfile(self._path, self._kind, count * numbers, offset=offset).reshape(-1, *self._shape)


def _key(preprocessing: Preprocessing, images: Sequence[StimulusImage]) -> str:
    digest = hashlib.sha256(json.dumps(preprocessing.description(), sort_keys=True).encode())
    for image in images:
        digest.update(image.digest().encode())
    return digest.hexdigest()
