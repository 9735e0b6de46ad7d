"""Stimulus sets: a table with one row per stimulus, and one image per row, loaded only when looked at."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pytest_brainscore.data.reading import reading
from pytest_brainscore.errors import DataUnavailable

if TYPE_CHECKING:
    import pandas
    from PIL import Image

Pixels = NDArray[np.uint8]
"""An 8-bit image: height x width (grey level) or height x width x 3 (RGB)."""


class StimulusImage(Protocol):
    """One image of a stimulus set."""

    def pixels(self) -> Pixels:
        """Return the image: uint8, height x width (grey level) or height x width x 3 (RGB).

        Several threads read images at a time where the model runs on a GPU, each image by one of them.
        """
        ...

    def digest(self) -> str:
        """Return a hexadecimal digest of the content: equal digests have equal pixels, whatever the name."""
        ...


@dataclass(frozen=True)
class ImageFile:
    """An image in a file, read as the published system reads it (see ``decoding.rgb``)."""

    path: Path

    @property
    def name(self) -> str:
        """Path of the file, as text."""
        return str(self.path)

    def read(self) -> Image.Image:
        """Return the image as Pillow has it, in its own mode.

        Raises
        ------
        DataUnavailable
            When it cannot be decoded, or has more than 8 bits a channel.

        """
        from pytest_brainscore.data.stimuli.decoding import read_image

        return read_image(self.path, self.path)

    def pixels(self) -> Pixels:
        """Return the image as height x width x 3; errors as :meth:`read`."""
        from pytest_brainscore.data.stimuli.decoding import rgb

        return rgb(self.read())

    def digest(self) -> str:
        """Return the SHA-256 of the file's bytes; DataUnavailable when it cannot be read."""
        with reading("The image", self.path, "fetch or copy it again"):
            return hashlib.sha256(self.path.read_bytes()).hexdigest()


@dataclass(frozen=True)
class StimulusSet:
    """Stimuli in presentation order.

    Attributes
    ----------
    identifier
        Name of the set, for example ``Marques2020_size``.
    table
        One row per stimulus; column ``stimulus_id`` is required, all others are free metadata.
    images
        One image per row of `table`, in the same order.
    degrees
        Side of the square that the images span in the visual field, in visual degrees.

    """

    identifier: str
    table: pandas.DataFrame
    images: Sequence[StimulusImage]
    degrees: float

    def __post_init__(self) -> None:
        if "stimulus_id" not in self.table.columns:
            raise DataUnavailable(f"The stimulus set {self.identifier} has no column 'stimulus_id'; add one id a row.")
        if len(self.table) != len(self.images):
            raise DataUnavailable(
                f"The stimulus set {self.identifier} has {len(self.table)} rows but {len(self.images)} images; "
                "give one image a row."
            )

    def __len__(self) -> int:
        return len(self.images)

    def rows(self, chosen: slice | ArrayLike) -> StimulusSet:
        """Return the stimuli at some rows: a slice, a mask of all rows, or positions, then in their order."""
        if isinstance(chosen, slice):
            return replace(self, table=self.table.iloc[chosen], images=self.images[chosen])
        places = np.arange(len(self))[np.asarray(chosen)]
        return replace(self, table=self.table.iloc[places], images=tuple(self.images[place] for place in places))

    def digest(self) -> str:
        """Return a hexadecimal digest of all images in their order; names and metadata do not enter."""
        digest, between = hashlib.sha256(), ""
        for image in self.images:  # one by one: of tens of thousands, the text of all takes memory
            digest.update(f"{between}{image.digest()}".encode())
            between = "\n"
        return digest.hexdigest()


def stimuli_from_files(
    paths: Sequence[str | os.PathLike[str]], degrees: float, identifier: str = "files"
) -> StimulusSet:
    """Return image files as a stimulus set.

    Parameters
    ----------
    paths
        Image files in presentation order; the column ``stimulus_id`` holds the paths as given.
    degrees
        Side of the square that the images span in the visual field, in visual degrees.
    identifier
        Name of the set.

    """
    import pandas

    table = pandas.DataFrame({"stimulus_id": [os.fspath(path) for path in paths]})
    return StimulusSet(identifier, table, tuple(ImageFile(Path(path)) for path in paths), degrees)
