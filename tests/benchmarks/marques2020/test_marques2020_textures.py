"""Textures: the stimulus set as published, in the order of the analysis."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pytest_brainscore.benchmarks.marques2020 import textures
from pytest_brainscore.benchmarks.marques2020.textures import in_order, load_textures
from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.errors import DataUnavailable


def test_textures_are_ordered_by_type_family_and_sample_and_keep_their_images(
    texture_stimuli: StimulusSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = np.random.default_rng(0).permutation(len(texture_stimuli))
    stored = replace(
        texture_stimuli,
        table=texture_stimuli.table.iloc[order],
        images=tuple(texture_stimuli.images[row] for row in order),
    )
    asked: list[tuple[str, float]] = []

    def load(identifier: str, degrees: float) -> StimulusSet:
        asked.append((identifier, degrees))
        return stored

    monkeypatch.setattr(textures, "load_stimulus_set", load)
    shown = load_textures()
    assert asked == [("FreemanZiemba2013_properties", 8.0)]
    assert shown.images == texture_stimuli.images
    assert shown.table.equals(texture_stimuli.table)
    axes = shown.table[["type", "family", "sample"]].to_numpy().reshape(2, 15, 15, 3)
    assert (axes[1, 2, 3] == (2, 3, 4)).all()


def test_an_incomplete_set_is_refused(texture_stimuli: StimulusSet) -> None:
    with pytest.raises(DataUnavailable, match="every type, family and sample once"):
        in_order(texture_stimuli.rows(slice(449)))


def test_a_set_without_families_is_refused(texture_stimuli: StimulusSet) -> None:
    with pytest.raises(DataUnavailable, match="has no column 'family'"):
        in_order(replace(texture_stimuli, table=texture_stimuli.table.drop(columns="family")))


def test_textures_at_another_position_than_the_gratings_are_refused(texture_stimuli: StimulusSet) -> None:
    with pytest.raises(DataUnavailable, match=r"not all at \(0.5, 0.5\) degrees"):
        in_order(replace(texture_stimuli, table=texture_stimuli.table.assign(position_x=0.0)))
