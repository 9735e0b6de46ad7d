"""Baselines of several score trees in one file: two versions of a benchmark do not take each other's place."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from pytest_brainscore.inference.levels import Replicates
from pytest_brainscore.scoring.baseline import (
    BaselineScore,
    baseline_replicates,
    read_baseline,
    stored_name,
    update_baseline,
)


def make(score: float, version: int) -> BaselineScore:
    return BaselineScore(score=score, error=0.01, raw=0.45, ceiling=0.9, fingerprint={"version": version})


def drawn(score: float) -> Replicates:
    return Replicates(score, score + np.arange(8) / 128, np.zeros((1, 4)))


def test_two_versions_of_a_leaf_stand_side_by_side(tmp_path: Path) -> None:
    """The published tree has version 3, that of 2026 version 4: one file is the baseline of both."""
    old, new = (make(value, version) for value, version in ((0.4, 3), (0.5, 4)))
    assert (stored_name("MajajHong2015.IT-pls", 3), stored_name("MajajHong2015.IT-pls", 4)) == (
        "MajajHong2015.IT-pls",
        "MajajHong2015.IT-pls@4",
    )
    assert stored_name("Allen2022_fmri_surface.V1-ridge", 1) == "Allen2022_fmri_surface.V1-ridge"
    update_baseline(tmp_path, "net", {stored_name("MajajHong2015.IT-pls", 3): old})
    baseline = read_baseline(tmp_path, "net")
    assert baseline.score_of("MajajHong2015.IT-pls", 4) is None
    update_baseline(tmp_path, "net", {stored_name("MajajHong2015.IT-pls", 4): new})
    baseline = read_baseline(tmp_path, "net")
    assert baseline.score_of("MajajHong2015.IT-pls", 3) == old
    assert baseline.score_of("MajajHong2015.IT-pls", 4) == new


def test_another_version_that_was_stored_under_the_identifier_alone_is_found(tmp_path: Path) -> None:
    stored = make(0.5, 4)
    update_baseline(tmp_path, "net", {"MajajHong2015.IT-pls": stored})
    baseline = read_baseline(tmp_path, "net")
    assert baseline.score_of("MajajHong2015.IT-pls", 4) == stored
    assert baseline.score_of("MajajHong2015.IT-pls", 3) == stored  # to be found not comparable


def test_bootstrap_values_of_two_versions_stand_side_by_side(tmp_path: Path) -> None:
    leaf = "MajajHong2015.IT-pls"
    for version, score in ((3, 0.5), (4, 0.25)):
        scores = {stored_name(leaf, version): make(score, version)}
        update_baseline(tmp_path, "net", scores, {(leaf, version): drawn(score)})
    found = baseline_replicates(tmp_path, "net")
    assert {key: each.score for key, each in found.items()} == {(leaf, 3): 0.5, (leaf, 4): 0.25}
    update_baseline(tmp_path, "net", {stored_name(leaf, 4): make(0.75, 4)}, {})
    assert baseline_replicates(tmp_path, "net").keys() == {(leaf, 3)}
