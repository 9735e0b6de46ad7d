"""Which units of a recording are chosen: strictly above a threshold, never without a reliability."""

from __future__ import annotations

import pytest
import xarray as xr

from pytest_brainscore.benchmarks.shared.subject_recordings import UnitSelection, units_of_subjects
from pytest_brainscore.errors import DataUnavailable

RELIABILITY = [0.3, 0.30000001, float("nan"), 0.9]
RECORDED = xr.DataArray(
    [[0.0] * 4],
    {
        "region": ("neuroid", ["V4"] * 4),
        "subject": ("neuroid", ["a", "a", "b", "b"]),
        "reliability": ("neuroid", RELIABILITY),
    },
    ("presentation", "neuroid"),
)


def test_golden_selection() -> None:
    found = units_of_subjects(RECORDED, UnitSelection("reliability", 0.3), "V4")
    assert {name: units.tolist() for name, units in found.items()} == {"a": [1], "b": [3]}


def test_without_a_quality_all_are_chosen() -> None:
    found = units_of_subjects(RECORDED, UnitSelection(), "V4")
    assert {name: units.tolist() for name, units in found.items()} == {"a": [0, 1], "b": [2, 3]}


def test_another_region_is_a_sentence() -> None:
    with pytest.raises(DataUnavailable, match=r"no unit in IT with reliability above 0\.3 \(0 units in all there\)"):
        units_of_subjects(RECORDED, UnitSelection("reliability", 0.3), "IT")


def test_a_quality_in_words_is_a_sentence() -> None:
    told = RECORDED.assign_coords(reliability=("neuroid", ["high", "low", "high", "high"]))
    with pytest.raises(DataUnavailable, match=r"'reliability' of the recordings .* is no number .* 'high'"):
        units_of_subjects(told, UnitSelection("reliability", 0.3), "V4")


def test_a_quality_stored_as_text_is_read() -> None:
    told = RECORDED.assign_coords(reliability=("neuroid", [str(each) for each in RELIABILITY]))
    assert units_of_subjects(told, UnitSelection("reliability", 0.3), "V4")["b"].tolist() == [3]
