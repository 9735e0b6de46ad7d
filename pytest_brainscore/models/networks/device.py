"""Devices: where a network runs, how images are brought there, and how exactly it computes."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final

import torch

from pytest_brainscore.errors import ModelError, mend
from pytest_brainscore.models.networks.probing.images import COUNT

ACCELERATOR_BATCH: Final = 64
"""Images in a batch on anything but the CPU: a multiple of the probe's, and enough to keep a large GPU busy."""
MOST_READERS: Final = 16
"""Threads that read images, at most: with more, they wait for each other."""


def resolve_device(name: str) -> torch.device:
    """Return a device that is there.

    Parameters
    ----------
    name
        ``auto`` (CUDA where available, else the CPU), ``cpu``, ``cuda``, ``cuda:1``, ``mps``;
        ``auto:3`` is ``auto`` for the fourth of several processes, which take the CUDA devices in turn.

    Raises
    ------
    ModelError
        The name is not a device, or this machine does not have it.

    """
    kind, _, process = name.partition(":")
    if kind == "auto" and (name == kind or process.isdecimal()):
        if not torch.cuda.is_available():
            return torch.device("cpu")
        count = torch.cuda.device_count()
        return torch.device("cuda", int(process) % count) if process and count > 1 else torch.device("cuda")
    advice = mend(option="give --brainscore-device", python="give as device") + " auto, cpu, cuda, cuda:1 or mps"
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise ModelError(f"There is no device {name!r}; {advice}.") from error
    counts = {
        "cpu": 1,
        "cuda": torch.cuda.device_count(),
        "mps": int(torch.backends.mps.is_available()),
    }
    if (device.index or 0) >= counts.get(device.type, 0):
        there = [f"{count} {kind}" for kind, count in counts.items() if count]
        raise ModelError(f"This machine has no device {name!r} that PyTorch can use ({', '.join(there)}); {advice}.")
    return device


@dataclass(frozen=True)
class Feeding:
    """How images are brought to a device."""

    batch: int
    """Images in a batch, a multiple of the probe's; fewer go through the network at once where memory is short."""
    readers: int = 0
    """Threads that read the next images while the device computes; 0 reads them in between."""
    ahead: int = 0
    """Batches that are under way while the one before is made use of."""


def feeding_of(device: torch.device) -> Feeding:
    """Return how images are brought to a device.

    The CPU, which reads and computes itself, gets small batches, one after the other. Their number of images is fixed:
    kernels are chosen by it, so that responses are bitwise the same for any order of images and number of threads
    (measured on squeezenet1_1; with 2 to 12 images they are not). Any other device gets larger ones: the next images
    are read, and sent, while it computes. As many threads read as PyTorch computes with on the CPU
    (``OMP_NUM_THREADS``), which the workers of a run share.
    """
    if device.type == "cpu":
        return Feeding(COUNT)
    return Feeding(ACCELERATOR_BATCH, readers=max(1, min(MOST_READERS, torch.get_num_threads())), ahead=1)


@contextmanager
def exact_arithmetic(device: torch.device) -> Iterator[None]:
    """Compute with single precision where a network says so, and alike in every pass; settings are put back after.

    By default, CUDA convolves numbers of 32 bits with 10 bits of mantissa (TF32), which changes responses by .001, and
    may add in any order. The CPU is left as it is.
    """
    if device.type != "cuda":
        yield
        return
    cudnn = torch.backends.cudnn
    how = cudnn.deterministic, cudnn.benchmark
    with _without_tf32():
        cudnn.deterministic, cudnn.benchmark = True, False
        try:
            yield
        finally:
            cudnn.deterministic, cudnn.benchmark = how


@contextmanager
def _without_tf32() -> Iterator[None]:
    """Turn TF32 off in both interfaces that PyTorch has for it: from 2.9 on, one refuses what only the other knows."""
    older = _older_settings()
    newer = [each for each in _operations() if hasattr(each, "fp32_precision")]
    before = [each.fp32_precision for each in newer]
    _set_older(("highest", False) if older else None)
    for each in newer:
        each.fp32_precision = "ieee"
    try:
        yield
    finally:
        _set_older(older)
        for each, value in zip(newer, before, strict=True):
            if each.fp32_precision != value:
                each.fp32_precision = value


def _operations() -> tuple[object, ...]:
    cudnn = torch.backends.cudnn
    return torch.backends.cuda.matmul, getattr(cudnn, "conv", None), getattr(cudnn, "rnn", None)


def _older_settings() -> tuple[str, bool] | None:
    """Return precision of matrix products and whether cuDNN may use TF32; None where only the newer interface knows."""
    with suppress(RuntimeError), _unwarned():
        return torch.get_float32_matmul_precision(), torch.backends.cudnn.allow_tf32
    return None


def _set_older(settings: tuple[str, bool] | None) -> None:
    if settings is not None:
        with _unwarned():
            torch.set_float32_matmul_precision(settings[0])
            torch.backends.cudnn.allow_tf32 = settings[1]


@contextmanager
def _unwarned() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that there is a newer interface
        yield
