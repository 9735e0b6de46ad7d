"""Results that are kept beside responses: float64, bit for bit, computed once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.activations.activation_store import ActivationStore
from pytest_brainscore.models.activations.derived import stored_result

RESULT = np.array([[np.pi, np.nan], [-1e300, 5e-324], [0.0, -0.0]])


def computed() -> NDArray[np.float64]:
    return RESULT


def never() -> NDArray[np.float64]:
    pytest.fail("computed again")


def test_it_is_computed_once_and_keeps_every_bit(tmp_path: Path) -> None:
    store = ActivationStore(folder=tmp_path)
    first = stored_result(store, {"of": 1}, RESULT.shape, computed, "result")
    again = stored_result(ActivationStore(folder=tmp_path), {"of": 1}, RESULT.shape, never, "result")
    other = stored_result(store, {"of": 2}, RESULT.shape, lambda: RESULT + 1, "result")
    assert first.tobytes() == again.tobytes() == RESULT.tobytes()
    assert other[0, 0] == np.pi + 1


def test_without_a_store_it_is_computed() -> None:
    assert np.array_equal(stored_result(ActivationStore("off"), {}, (3, 2), computed, "result"), RESULT, equal_nan=True)
    assert stored_result(ActivationStore("off"), {}, (0, 2), lambda: np.empty((0, 2)), "nothing").shape == (0, 2)


def test_a_store_that_may_only_be_read_says_what_is_missing(tmp_path: Path) -> None:
    only = ActivationStore("only", folder=tmp_path)
    with pytest.raises(ModelError, match="result are not in the store"):
        stored_result(only, {}, (3, 2), never, "result")
    stored_result(ActivationStore(folder=tmp_path), {}, (3, 2), computed, "result")
    assert stored_result(only, {}, (3, 2), never, "result")[0, 0] == np.pi


def test_a_run_that_refreshes_computes_anew(tmp_path: Path) -> None:
    stored_result(ActivationStore(folder=tmp_path), {}, (3, 2), computed, "result")
    fresh = stored_result(ActivationStore("refresh", folder=tmp_path), {}, (3, 2), lambda: RESULT + 1, "result")
    assert fresh[0, 0] == np.pi + 1
