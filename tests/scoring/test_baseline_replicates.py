"""Bootstrap values beside a baseline: optional, and never those of another score."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pytest_brainscore.errors import BaselineError
from pytest_brainscore.inference.levels import Replicates
from pytest_brainscore.scoring.baseline import BaselineScore, baseline_replicates, update_baseline


def stored(score: float) -> BaselineScore:
    return BaselineScore(score=score, error=0.01, raw=score, ceiling=1.0, fingerprint={"version": 1})


def drawn(score: float) -> Replicates:
    values = score + np.random.default_rng(0).standard_normal(1000).astype("f4").astype(float) / 64
    return Replicates(score, values.astype("f4").astype(float), np.zeros((1, 250)))


def test_a_baseline_without_has_none(tmp_path: Path) -> None:
    update_baseline(tmp_path, "net", {"one": stored(0.5)})
    assert baseline_replicates(tmp_path, "net") == {}
    assert [path.name for path in tmp_path.glob("net*")] == ["net.json"]


def test_what_is_stored_is_read(tmp_path: Path) -> None:
    score = 0.123456789  # of which the baseline has six digits
    update_baseline(tmp_path, "net", {"one": stored(score)}, {("one", 1): drawn(score)})
    found = baseline_replicates(tmp_path, "net")
    assert list(found) == [("one", 1)]
    assert found["one", 1].score == score
    np.testing.assert_array_equal(found["one", 1].values, drawn(score).values)


def test_an_update_keeps_those_of_other_scores(tmp_path: Path) -> None:
    update_baseline(tmp_path, "net", {"one": stored(0.5)}, {("one", 1): drawn(0.5)})
    update_baseline(tmp_path, "net", {"two": stored(0.7)}, {("two", 3): drawn(0.7)})
    assert sorted(baseline_replicates(tmp_path, "net")) == [("one", 1), ("two", 3)]


def test_a_score_that_is_stored_without_takes_away_those_of_the_former_one(tmp_path: Path) -> None:
    update_baseline(tmp_path, "net", {"one": stored(0.5)}, {("one", 1): drawn(0.5)})
    update_baseline(tmp_path, "net", {"one": stored(0.5)}, {})
    assert baseline_replicates(tmp_path, "net") == {}
    assert not (tmp_path / "net.replicates.npz").exists()


def test_those_of_another_score_than_the_stored_one_do_not_count(tmp_path: Path) -> None:
    update_baseline(tmp_path, "net", {"one": stored(0.5)}, {("one", 1): drawn(0.5)})
    update_baseline(tmp_path, "net", {"one": stored(0.6)})  # by a version that knows of no bootstrap values
    assert baseline_replicates(tmp_path, "net") == {}


def test_the_same_update_leaves_the_file_as_it_is(tmp_path: Path) -> None:
    for _ in range(2):
        update_baseline(tmp_path, "net", {"one": stored(0.5)}, {("one", 1): drawn(0.5)})
        before = (tmp_path / "net.replicates.npz").stat().st_ino
    assert (tmp_path / "net.replicates.npz").stat().st_ino == before


def test_another_file_of_that_name_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "net.replicates.npz").write_bytes(b"nothing")
    with pytest.raises(BaselineError, match="holds no bootstrap values"):
        baseline_replicates(tmp_path, "net")
