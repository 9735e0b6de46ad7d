"""Devices: where a network runs."""

from __future__ import annotations

import torch

from pytest_brainscore.errors import ModelError, mend


def resolve_device(name: str) -> torch.device:
    """Return a device that is there.

    Parameters
    ----------
    name
        ``auto`` (CUDA where available, else the CPU), ``cpu``, ``cuda``, ``cuda:1``, ``mps``.

    Raises
    ------
    ModelError
        The name is not a device, or this machine does not have it.

    """
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
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
