"""Small results that were computed from the responses of a layer, kept in the store beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.activations.activation_store import ActivationStore


def stored_result(
    store: ActivationStore,
    key: Mapping[str, object],
    shape: tuple[int, int],
    compute: Callable[[], NDArray[np.float64]],
    name: str,
) -> NDArray[np.float64]:
    """Return a result, from the store where it is in it.

    Parameters
    ----------
    store
        As for the responses themselves.
    key
        Everything that the numbers depend on, as plain JSON values.
    shape
        Of the result.
    compute
        Called where it is not stored. Nothing is locked meanwhile, so that processes which need the same can share the
        work on the responses.
    name
        What is asked for, for errors.

    Returns
    -------
    NDArray
        float64, bit for bit what was computed.

    Raises
    ------
    ModelError
        The store may not compute, and it is not stored.

    """
    halves = shape[0], 2 * shape[1]  # the store keeps float32: each number is two of them
    if store.mode == "use":
        try:
            kept = ActivationStore("only", folder=store.folder).activations(key, halves, shape[0], _nothing, name)
            return np.ascontiguousarray(kept).view(np.float64)
        except ModelError:
            pass
    values = _nothing() if store.mode == "only" else np.ascontiguousarray(compute(), np.float64).view(np.float32)
    stored = store.activations(key, halves, max(1, shape[0]), lambda rows: values[rows], name)
    return np.ascontiguousarray(stored).view(np.float64)


def _nothing(_rows: slice = slice(0)) -> NDArray[np.float32]:
    return np.empty((0, 0), np.float32)
