"""The odd-one-out task: the published triplets, ties, and what a model is shown."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.tasks import odd_one_out_task
from pytest_brainscore.models.tasks.odd_one_out_task import OddOneOutTask, dot_products, odd_positions
from tests.support.networks import make_model
from tests.support.stimuli import NoiseImage

FEATURES = {"a": (1, 0, 0), "b": (0.9, 0.1, 0), "c": (0, 1, 0), "d": (0, 0.2, 1)}


def triplets(words: str) -> StimulusSet:
    names = list(words)
    table = pd.DataFrame({"stimulus_id": names})
    return StimulusSet("triplets", table, tuple(NoiseImage(ord(name), side=20) for name in names), 8.0)


def test_published_triplets_see_each_stimulus_once() -> None:
    shown = []

    def features_of(stimuli: StimulusSet) -> NDArray[np.float32]:
        shown.append(stimuli.table["stimulus_id"].tolist())
        return np.array([FEATURES[name] for name in shown[-1]], np.float32)

    answers = OddOneOutTask().answers(triplets("abcacddba"), features_of)
    assert answers.dims == ("presentation", "choice")
    assert answers.values.ravel().tolist() == ["c", "a", "d"]
    assert answers["stimulus_id"].values.tolist() == ["a|b|c", "a|c|d", "d|b|a"]
    assert shown == [["a", "b", "c", "d"]]


def test_ties() -> None:
    assert odd_positions(np.ones((3, 3)), [[0, 1, 2]]).tolist() == [2]
    similarities = np.array([[9, 0, 1], [0, 9, 1], [1, 1, 9]])
    assert odd_positions(similarities, [[0, 1, 2]]).tolist() == [1]


def test_dot_products_in_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(odd_one_out_task, "CHUNK_FEATURES", 3)
    features = np.random.default_rng(0).normal(size=(5, 10)).astype(np.float32)
    np.testing.assert_allclose(dot_products(features), features.astype(float) @ features.T.astype(float))


def test_a_model_names_one_of_each_three() -> None:
    model = make_model()
    model.start_task("odd_one_out")
    answers = model.look_at(triplets("abcacd"), number_of_trials=2)
    assert answers.shape == (2, 1)
    assert all(
        odd in name.split("|") for odd, name in zip(answers.values.ravel(), answers["stimulus_id"].values, strict=True)
    )


def test_rows_that_are_no_triplets() -> None:
    model = make_model()
    model.start_task("odd_one_out")
    with pytest.raises(ModelError, match="has 4 rows, which are no triplets"):
        model.look_at(triplets("abcd"))
