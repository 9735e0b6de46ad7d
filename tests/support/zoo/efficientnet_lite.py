"""EfficientNet-Lite 1 and 2 of the package ``efficientnet-lite-pytorch``; 0 comes with this package."""

from __future__ import annotations

from efficientnet_lite_pytorch import EfficientNet
from torch import nn


def _network(name: str) -> nn.Module:
    network: nn.Module = EfficientNet.from_name(name)
    return network


def efficientnet_lite1() -> nn.Module:
    """Return the network for images of 240 pixels."""
    return _network("efficientnet-lite1")


def efficientnet_lite2() -> nn.Module:
    """Return the network for images of 260 pixels."""
    return _network("efficientnet-lite2")
