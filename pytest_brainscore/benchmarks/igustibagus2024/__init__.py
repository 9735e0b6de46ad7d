"""Igusti Bagus 2024: does a model predict macaque IT, and can objects be read out of it, in images of many domains?

3138 images: photographs in colour and grey, art, silhouettes, renderings. Bagus, Marques, Sanghavi, DiCarlo & Schrimpf
(2022), SVRHM workshop at NeurIPS.

Importing this module is light: definitions only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.data.citations import cite

SOURCES: Final = ("COCOColor", "Art", "COCOGray", "TDW", "Silhouette")
"""Where images come from that are predicted."""
STYLES: Final = (
    "silhouettes",
    "edges",
    "original",
    "sketch",
    "textures",
    "painting",
    "mosaic",
    "grayscale",
    "convex_hull",
    "outline",
    "silhouette",
    "line_drawing",
    "cartoon",
)
"""Styles of images that are predicted."""
TRAINED: Final = "hvm"
"""The domain that a read-out is trained on: objects on natural backgrounds, as rendered."""
DOMAINS: Final[Mapping[str, tuple[str, str | None]]] = {
    TRAINED: ("Silhouette", "original"),
    "cartoon": ("Art", "cartoon"),
    "line_drawing": ("Art", "line_drawing"),
    "mosaic": ("Art", "mosaic"),
    "painting": ("Art", "painting"),
    "sketch": ("Art", "sketch"),
    "convex_hull": ("Silhouette", "convex_hull"),
    "outline": ("Silhouette", "outline"),
    "skeleton": ("Silhouette", "skeleton"),
    "silhouette": ("Silhouette", "silhouette"),
    "cococolor": ("COCOColor", None),
    "cocogray": ("COCOGray", None),
    "tdw": ("TDW", None),
}
"""The 13 domains that a read-out is tested on: source and style of their images, None for all styles."""
SILHOUETTES: Final = ("convex_hull", "outline", "skeleton", "silhouette")
"""Domains whose images are on backgrounds of images of the trained domain."""


def further_benchmarks() -> tuple[Benchmark, ...]:
    """Return the predictivity of IT, and the read-out of a model's IT."""
    ridge = Benchmark(
        identifier="Igustibagus2024-ridge",
        version=2,
        parents=("further_recordings", "IT"),
        region="IT",
        metric="ridge",
        ceiling=None,
        normalisation="r^2/c",
        stimulus_set="Igustibagus2024",
        assembly="Igustibagus2024",
        visual_degrees=8.0,
        number_of_trials=63,
        citation=cite("Igustibagus2024"),
        cost=120.0,
        protocol=f"{__name__}.predicting:score",
    )
    readout = replace(
        ridge,
        # The published system has it internally as Igustibagus2024-IT_accuracy.
        identifier="Igustibagus2024.IT_readout-accuracy",
        version=1,
        parents=("engineering",),
        metric="accuracy",
        ceiling=1.0,
        normalisation="r/c",
        assembly="",
        cost=900.0,
        protocol=f"{__name__}.reading_out:score",
    )
    return (ridge, readout)
