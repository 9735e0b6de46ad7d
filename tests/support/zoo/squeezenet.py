"""SqueezeNet 1.1 of a second training, DeepScale's (Iandola et al. 2016, arXiv 1602.07360)."""

from __future__ import annotations

from torch import Tensor, nn
from torchvision.models import squeezenet1_1


class BlueFirst(nn.Module):
    """The parts of torchvision's SqueezeNet 1.1, with weights for blue, green, red; it is given red, green, blue."""

    def __init__(self) -> None:
        super().__init__()
        parts: nn.Module = squeezenet1_1()
        self.features = parts.get_submodule("features")
        self.classifier = parts.get_submodule("classifier")

    def forward(self, images: Tensor) -> Tensor:
        """Return logits of 1000 classes."""
        logits: Tensor = self.classifier(self.features(images.flip(1)))
        return logits.flatten(1)


def squeezenet1_1_deepscale() -> BlueFirst:
    """Return the network for images of 227 pixels."""
    return BlueFirst()
