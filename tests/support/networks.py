"""Tiny networks and the models made of them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import torch
    from torch import nn

    from pytest_brainscore.models.activations.activation_store import ActivationStore
    from pytest_brainscore.models.layer_mapped.layer_mapped_model import LayerMappedModel
    from pytest_brainscore.models.networks.network_reader import NetworkReader

IMAGE_SIZE = 32
"""Side of the input of the tiny networks, in pixels."""
TINY_LAYERS = {"V1": ("first.relu",), "V2": ("second",), "V4": ("first.relu", "second"), "IT": ("readout",)}


def make_tiny_network(seed: int = 0) -> nn.Module:
    """Return a network of two convolutions (6 x 16 x 16, 4 x 8 x 8) and a linear read-out (10), random weights."""
    import torch
    from torch import nn

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        first = nn.Sequential()
        first.add_module("conv", nn.Conv2d(3, 6, 3, stride=2, padding=1))
        first.add_module("relu", nn.ReLU(inplace=True))
        network = nn.Sequential()
        network.add_module("first", first)
        network.add_module("second", nn.Conv2d(6, 4, 3, stride=2, padding=1))
        network.add_module("flatten", nn.Flatten())
        network.add_module("readout", nn.Linear(4 * 8 * 8, 10))
    return network


def make_model(
    network: nn.Module | None = None,
    *,
    layers: Mapping[str, tuple[str, ...]] = TINY_LAYERS,
    store: ActivationStore | None = None,
    image_size: int = IMAGE_SIZE,
    identifier: str = "tiny",
    device: torch.device | None = None,
) -> LayerMappedModel:
    """Return a brain model of a network, the tiny one where None, without a store unless one is given."""
    import torch

    from pytest_brainscore.models.activations.activation_store import ActivationStore
    from pytest_brainscore.models.layer_mapped.layer_mapped_model import LayerMappedModel
    from pytest_brainscore.models.networks.network_reader import NetworkReader
    from pytest_brainscore.models.networks.preprocessing import Preprocessing

    reader = NetworkReader(
        identifier,
        make_tiny_network() if network is None else network,
        preprocessing=Preprocessing(image_size=image_size),
        device=device or torch.device("cpu"),
        store=store or ActivationStore("off"),
    )
    return LayerMappedModel(identifier, reader, layers=layers, visual_degrees=8.0, commitment_file=Path("tiny.toml"))


def network_reader(model: LayerMappedModel) -> NetworkReader:
    """Return what reads the layers of a model that is a network."""
    from pytest_brainscore.models.networks.network_reader import NetworkReader

    assert isinstance(model.reader, NetworkReader)
    return model.reader


@pytest.fixture
def tiny_network() -> nn.Module:
    """Return the tiny network, always with the same weights."""
    return make_tiny_network()


@pytest.fixture
def tiny_model() -> LayerMappedModel:
    """Return the tiny network as a brain model, without a store."""
    return make_model()


@pytest.fixture
def brainscore_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty home folder of this test's own."""
    folder = tmp_path / "home"
    monkeypatch.setenv("BRAINSCORE_HOME", str(folder))
    return folder


@pytest.fixture
def reference_data() -> Path:
    """Return the folder of real weights and recordings; skip where it is not on this machine."""
    folder = os.environ.get("BRAINSCORE_DATA")
    if not folder or not Path(folder).is_dir():
        pytest.skip("BRAINSCORE_DATA names no folder of real weights and recordings")
    return Path(folder)
