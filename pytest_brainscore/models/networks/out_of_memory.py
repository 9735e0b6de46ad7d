"""Memory that does not suffice for the images that go through a network at once."""

from __future__ import annotations

from typing import Final

import torch

from pytest_brainscore.errors import ModelError, mend

_SIGNS: Final = ("out of memory", "can't allocate memory", "CUDNN_STATUS_ALLOC_FAILED", "CUBLAS_STATUS_ALLOC_FAILED")
"""Words in errors of PyTorch and of the libraries that it calls, where these have no class of their own."""


def memory_ran_out(error: Exception) -> bool:
    """Tell whether an error of a forward pass says that there is too little memory."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError) and any(sign in str(error) for sign in _SIGNS)


class OutOfMemory(ModelError):
    """Images do not fit into memory together with the network.

    Parameters
    ----------
    name
        Name of the model.
    device
        Where it runs.
    images
        How many were to go through at once; 0 where it was the network itself, or that is not known.
    error
        What was raised.

    """

    def __init__(self, name: str, device: torch.device, images: int, error: Exception) -> None:
        self.fewer_would_do = device.type != "cpu" or isinstance(error, torch.OutOfMemoryError)
        """Whether fewer images may go through at once. On the CPU they may not: their number is part of the result,
        to the last bit."""
        with_images = {0: "", 1: " with one image"}.get(images, f" with {images} images at once")
        of_device = mend(option=", or give --brainscore-device cpu", python=', or give device="cpu"')
        super().__init__(
            f"The memory of the device {device} does not suffice for {name}{with_images}; end other programs that use "
            "it, run fewer workers (-n)" + (of_device if device.type != "cpu" else "") + "."
        )
