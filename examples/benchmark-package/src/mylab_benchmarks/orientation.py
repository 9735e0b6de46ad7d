"""How much units of V1 prefer one orientation of a grating."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pytest_brainscore import Benchmark, Score
from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet

ORIENTATIONS = np.arange(16) * np.pi / 16
CEILING = 0.5
SIDE = 64


@dataclass(frozen=True)
class Grating:
    """A grating of two cycles a degree, 64 pixels wide; drawn when it is looked at."""

    orientation: float

    def pixels(self):
        """Return the image, height x width."""
        y, x = np.mgrid[:SIDE, :SIDE] / SIDE * 8
        wave = np.sin(4 * np.pi * (x * np.cos(self.orientation) + y * np.sin(self.orientation)))
        return (127.5 + 127.5 * wave).astype("uint8")

    def digest(self):
        """Return what tells this image from others."""
        return hashlib.sha256(self.pixels().tobytes()).hexdigest()


def score(benchmark: Benchmark, model, data) -> Score:
    """Return the mean circular selectivity of units that respond, divided by the ceiling."""
    table = pd.DataFrame({"stimulus_id": [f"grating{place}" for place in range(len(ORIENTATIONS))]})
    images = [Grating(orientation) for orientation in ORIENTATIONS]
    model.start_recording("V1", [(70, 170)])
    responses = np.asarray(model.look_at(StimulusSet(benchmark.identifier, table, images, degrees=8.0)), dtype=float)
    responses = responses.reshape(len(images), -1)
    responses = responses[:, responses.sum(axis=0) > 0]
    selectivity = abs((responses * np.exp(2j * ORIENTATIONS)[:, None]).sum(axis=0)) / responses.sum(axis=0)
    raw, error = selectivity.mean(), selectivity.std() / len(selectivity) ** 0.5
    return Score(
        value=float(raw / CEILING),
        error=float(error / CEILING),
        raw=float(raw),
        ceiling=CEILING,
        normalisation="r/c",
        n={"stimuli": len(images), "units": len(selectivity)},
    )
