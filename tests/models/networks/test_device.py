"""Devices."""

from __future__ import annotations

import pytest
import torch

from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.networks.device import resolve_device


def test_auto_is_cuda_where_there_is_one() -> None:
    assert resolve_device("auto").type == ("cuda" if torch.cuda.is_available() else "cpu")


@pytest.mark.parametrize(
    ("devices", "chosen"), [(0, ["cpu"] * 3), (1, ["cuda"] * 3), (2, ["cuda:0", "cuda:1", "cuda:0"])]
)
def test_processes_take_the_devices_in_turn(devices: int, chosen: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: devices > 0)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: devices)
    assert [str(resolve_device(f"auto:{process}")) for process in range(3)] == chosen


def test_cpu() -> None:
    assert resolve_device("cpu") == torch.device("cpu")


@pytest.mark.parametrize("name", ["gpu", "cuda:x", "auto:x", ""])
def test_what_is_no_device(name: str) -> None:
    with pytest.raises(ModelError, match=r"no device.*auto, cpu, cuda"):
        resolve_device(name)


@pytest.mark.parametrize("name", ["cuda:99", "cpu:1", "xpu"])
def test_what_this_machine_has_not(name: str) -> None:
    with pytest.raises(ModelError, match=r"has no device .* that PyTorch can use \(1 cpu"):
        resolve_device(name)


def test_one_mps_device_at_most() -> None:
    with pytest.raises(ModelError, match="has no device 'mps:1'"):
        resolve_device("mps:1")
