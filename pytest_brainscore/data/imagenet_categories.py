"""Categories of objects as classes of ImageNet (``fixtures/imagenet/categories.toml``). Light to import."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Final

from pytest_brainscore.resources import resource_folder

IMAGENET_CLASSES: Final = 1000
Categories = dict[str, tuple[int, ...]]
"""Positions, 0 to 999, in the sorted list of the 1000 classes, by the name of a category."""


def _positions(text: str) -> tuple[int, ...]:
    """Return the positions that a text such as ``8, 10-16`` names."""
    runs = (each.strip().partition("-") for each in text.split(","))
    return tuple(position for first, _, last in runs for position in range(int(first), int(last or first) + 1))


def _lists() -> Mapping[str, Categories]:
    text = (resource_folder("fixtures/imagenet") / "categories.toml").read_text(encoding="utf-8")
    return {
        name: {category: _positions(positions) for category, positions in table.items()}
        for name, table in tomllib.loads(text).items()
    }


def _kato(named: Categories) -> Categories:
    """Return the named categories, and all that is left as others, last."""
    left = set(range(IMAGENET_CLASSES)).difference(*named.values())
    return {f"kato2026_{name}": positions for name, positions in (*named.items(), ("others", tuple(sorted(left))))}


_LISTS: Final = _lists()
GEIRHOS_CATEGORIES: Final = _LISTS["geirhos"]
"""The 16 categories of Geirhos et al. (2018)."""
BAKER_CATEGORIES: Final = _LISTS["baker"]
"""The nine animals of the benchmarks of Baker & Elder (2022), doi 10.1016/j.isci.2022.104913."""
ZHU_CATEGORIES: Final = _LISTS["zhu"]
"""What the published system adds for the benchmarks of Zhu et al. (2019), arXiv 1905.04598."""
SCIALOM_CATEGORIES: Final = _LISTS["scialom"]
"""What the published system adds for the benchmarks of Scialom et al. (2024)."""
KATO_CATEGORIES: Final = _kato(_LISTS["kato2026"])
"""The 48 categories of Kato & He (2026) and the others: together all classes, each once."""
