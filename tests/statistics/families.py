"""All simulated families, by name."""

from __future__ import annotations

from functools import partial

from tests.statistics.simulated import Family, consistency, dissimilarity, distribution, predictivity, share_right
from tests.statistics.simulated_people import distance, image_level, triplets

FAMILIES: dict[str, Family] = {
    "predictivity": predictivity,
    "dissimilarity": dissimilarity,
    "dissimilarity to people": partial(dissimilarity, subjects=8),
    "error consistency": consistency,
    "accuracy": share_right,
    "distribution": partial(distribution, alike=True),
    "distribution, either side": distribution,
    "triplets": triplets,
    "image-level d'": image_level,
    "accuracy distance": distance,
}
