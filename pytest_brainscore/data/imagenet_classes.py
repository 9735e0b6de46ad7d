"""The 1000 classes of ImageNet, as WordNet identifiers in the order of a network's outputs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from pytest_brainscore.errors import DataUnavailable
from pytest_brainscore.resources import resource_folder

IMAGENET_SYNSETS: Final[tuple[str, ...]] = tuple(
    (resource_folder("fixtures/imagenet") / "synsets.txt").read_text(encoding="ascii").split()
)
"""Sorted, n01440764 (tench) to n15075141 (toilet tissue): ILSVRC 2012, Russakovsky et al. (2015), arXiv 1409.0575."""


def require_known_classes(synsets: Iterable[str], where: object) -> None:
    """Check that images are of the 1000 classes: a network could never be right about any other.

    Raises
    ------
    DataUnavailable
        When they are not; the message names the first class that is none.

    """
    unknown = sorted(set(synsets) - set(IMAGENET_SYNSETS))
    if unknown:
        raise DataUnavailable(
            f"{where} has {len(unknown)} classes that are not among ImageNet's 1000, first {unknown[0]}; take them out."
        )
