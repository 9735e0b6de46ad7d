"""Textures for V1 neurons: naturalistic textures and spectrally matched noise in a soft window.

The images are those of Freeman, Ziemba, Heeger, Simoncelli & Movshon (2013), drawn into a raised-cosine window on a
grey canvas of 640 x 640 pixels for 8 x 8 degrees; the published stimulus set ``FreemanZiemba2013_properties`` holds
them ready to be shown.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from pytest_brainscore.benchmarks.marques2020.stimuli import POSITION
from pytest_brainscore.data.loading import load_stimulus_set
from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.errors import DataUnavailable

STIMULUS_SET: Final = "FreemanZiemba2013_properties"
DEGREES: Final = 8.0
TYPES: Final = 2
"""Noise (1), then texture (2)."""
FAMILIES: Final = 15
SAMPLES: Final = 15
"""Images of one family."""


def load_textures() -> StimulusSet:
    """Return the 450 texture stimuli in the order of the analysis: type, family, sample, slowest first.

    Raises
    ------
    DataUnavailable
        When the stimulus set is not on this machine and cannot be fetched, or is not the published one.

    """
    return in_order(load_stimulus_set(STIMULUS_SET, DEGREES))


def in_order(stimuli: StimulusSet) -> StimulusSet:
    """Return texture stimuli sorted by type, family and sample.

    Raises
    ------
    DataUnavailable
        When a type, family and sample is missing or twice, or stimuli are at another position than the gratings.

    """
    wanted = np.indices((TYPES, FAMILIES, SAMPLES)).reshape(3, -1).T + 1
    table = stimuli.table
    missing = {"type", "family", "sample", "position_y", "position_x"} - set(table.columns)
    if missing:
        raise DataUnavailable(
            f"The stimulus set {stimuli.identifier} has no column {sorted(missing)[0]!r}; use the published table."
        )
    order = np.lexsort(table[["sample", "family", "type"]].to_numpy().T)
    if not np.array_equal(table[["type", "family", "sample"]].to_numpy()[order], wanted):
        raise DataUnavailable(
            f"The stimulus set {stimuli.identifier} does not have every type, family and sample once; use the "
            f"published one of {len(wanted)} images."
        )
    if not (table[["position_y", "position_x"]].to_numpy() == POSITION).all():
        raise DataUnavailable(
            f"The textures of {stimuli.identifier} are not all at {POSITION} degrees, where the gratings are; use the "
            "published table."
        )
    ordered = table.iloc[order].reset_index(drop=True)
    return replace(stimuli, table=ordered, images=tuple(stimuli.images[row] for row in order))
