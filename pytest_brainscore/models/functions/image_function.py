"""Any function from images to arrays, with the layers that it answers: NumPy, JAX, TensorFlow or anything else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.models.activations.layer_reader import OutputError

Order = Literal["NHWC", "NCHW"]
"""Axes of the images: N images, C channels, H rows, W columns."""
OUTPUT: Final = "output"
"""The layer of a function that answers one array and names none."""


@dataclass(frozen=True)
class ImageFunction:
    """A function from images to arrays, as a factory returns it to be scored.

    Examples
    --------
    >>> def build():
    ...     return ImageFunction(lambda images: {"edges": np.diff(images, axis=1)}, layers=["edges"])
    >>> build().layers
    ['edges']

    """

    function: Callable[[NDArray[np.float32]], object]
    """Takes float32 images, always the same number at once, prepared as the layer commitment says. Returns an array
    with one row an image; or a mapping from layers to arrays; or a sequence of arrays in the order of `layers`.
    Whatever NumPy can make an array of will do: arrays of JAX, tensors of TensorFlow or PyTorch."""
    layers: Sequence[str] = ()
    """Names of the layers. Without, they are the keys of the mapping, or the one layer ``output``."""
    output: str | None = None
    """The layer that holds the outputs for classes, for label tasks; ``output`` or the only layer where None."""
    order: Order = "NHWC"
    """Axes of the images."""
    version: str = ""
    """What tells this function from others of the same file, for example a digest of its parameters: part of what
    scores are compared by. What it answers to sixteen fixed images tells them apart besides."""

    def __call__(self, images: NDArray[np.float32]) -> dict[str, object]:
        """Return what the function answers, by layer.

        Parameters
        ----------
        images
            Images x rows x columns x channels.

        Raises
        ------
        OutputError
            It answers something else than the declared layers.

        """
        answered = self.function(images if self.order == "NHWC" else np.ascontiguousarray(images.transpose(0, 3, 1, 2)))
        if isinstance(answered, Mapping):
            named = {str(name): value for name, value in answered.items()}
        elif isinstance(answered, tuple | list):
            if len(answered) != len(self.layers):
                raise OutputError(
                    f"the function returns {len(answered)} arrays and declares {len(self.layers)} layers; declare one "
                    "layer an array, or return a mapping"
                )
            named = dict(zip(self.layers, answered, strict=True))
        else:
            named = {(*self.layers, OUTPUT)[0]: answered}
        missing = [name for name in self.layers if name not in named]
        if missing:
            raise OutputError(f"the function declares {missing[0]!r} and answers {', '.join(named)}")
        return {name: named[name] for name in self.layers or named}
