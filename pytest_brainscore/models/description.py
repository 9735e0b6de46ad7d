"""What a model's numbers depend on."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class ModelDescription:
    """What a model's numbers depend on, as plain values for the report."""

    identifier: str
    """Name of the model."""
    weights_sha256: str
    """Digest of the weights' content."""
    layers: dict[str, str | list[str]]
    """Layer, or layers, of each region, and of each task that reads one out."""
    visual_degrees: float
    """Visual angle of the input, in degrees."""
    preprocessing: dict[str, str | int | float | list[float]]
    """How an image becomes the input; and, where a decoder was trained for the model, which."""
    device: str
    """Where the model runs."""
    probe: dict[str, list[float]] = field(default_factory=dict)
    """Sketch of what layers answered to a few fixed images, which tells whether two processes had the same network."""
    weights_from: str | None = None
    """The weights' name, or file and place in it; None where the network came with its own."""
