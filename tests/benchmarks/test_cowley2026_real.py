"""Real sessions of Cowley et al. in the layout of their own repository: golden values of the published metrics."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from pytest_brainscore.benchmarks.shared.recordings import arrange
from pytest_brainscore.data.publishers.cowley2026 import assembly_of, stimuli_of
from pytest_brainscore.data.stimuli.stimulus_set import ImageFile
from pytest_brainscore.metrics.predictivity.neural_predictivity import predictivity
from pytest_brainscore.metrics.reliability.internal_consistency import even_odd_consistency
from pytest_brainscore.metrics.shared.splits import stimulus_splits

pytestmark = pytest.mark.skipif(
    not (os.environ.get("BRAINSCORE_DATA") and Path(os.environ["BRAINSCORE_DATA"], "v4_cowley2023").is_dir()),
    reason="needs the recordings: BRAINSCORE_DATA with v4_cowley2023",
)


def test_the_ceiling_of_repetitions() -> None:
    recording = arrange(assembly_of("210325"))
    found = even_odd_consistency(recording.responses, recording.repetitions)
    assert found.value == pytest.approx(0.773099702033, abs=1e-10)
    expected = [0.5956833422, 0.5307827089, 0.8854300365, 0.5472774324]
    np.testing.assert_allclose(found.values[0, :4], expected, rtol=0, atol=1e-9)


def test_pixels_predict_a_session_as_published() -> None:
    stimuli = stimuli_of("210225", 11.2)
    grey = []
    for image in stimuli.images:
        assert isinstance(image, ImageFile)
        pixels = np.asarray(image.read().convert("L"), dtype=np.float64)
        grey.append(pixels.reshape(14, 8, 14, 8).mean(axis=(1, 3)).ravel())
    blocks = np.stack(grey)
    np.testing.assert_array_equal(blocks[0, :3], [209.96875, 226.859375, 237.671875])
    responses = arrange(assembly_of("210225")).average()
    found = predictivity(blocks, responses, stimulus_splits(stimuli.table["stimulus_id"]))
    assert (found.value, found.error) == pytest.approx((0.109491156700, 0.006730079784), abs=1e-9)
