"""Labelled recordings."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pytest_brainscore.data.assembly import recording_assembly

STIMULI = pd.DataFrame({"stimulus_id": ["a", "b", "c"], "degrees": 8.0})
NEUROIDS = {"neuroid_id": np.array(["n.0", "n.1"])}
RESPONSES = np.arange(6, dtype=np.float32).reshape(3, 2)


def test_one_time_bin_is_squeezed_away() -> None:
    assembly = recording_assembly(RESPONSES, STIMULI, NEUROIDS, [(70, 170)])
    assert assembly.dims == ("presentation", "neuroid")
    assert assembly["stimulus_id"].values.tolist() == ["a", "b", "c"]
    assert assembly["degrees"].values.tolist() == [8, 8, 8]
    assert (int(assembly["time_bin_start"]), int(assembly["time_bin_end"])) == (70, 170)
    assert not assembly.indexes, "plain coordinates, no index"


def test_several_time_bins_hold_the_same() -> None:
    assembly = recording_assembly(RESPONSES, STIMULI, NEUROIDS, [(0, 10), (10, 20), (20, 30)])
    assert assembly.dims == ("presentation", "neuroid", "time_bin")
    assert assembly["time_bin_start"].values.tolist() == [0, 10, 20]
    for index in range(3):
        np.testing.assert_array_equal(assembly.isel(time_bin=index), RESPONSES)


def test_responses_are_not_copied() -> None:
    for time_bins in ([(0, 10)], [(0, 10), (10, 20)]):
        assembly = recording_assembly(RESPONSES, STIMULI, NEUROIDS, time_bins)
        assert np.shares_memory(assembly.values, RESPONSES)
