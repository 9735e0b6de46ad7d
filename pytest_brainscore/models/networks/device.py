"""Devices: where a network runs."""

from __future__ import annotations

import torch

from pytest_brainscore.errors import ModelError, mend


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
