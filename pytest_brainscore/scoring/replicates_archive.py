"""Bootstrap values in one file: an npz archive without pickles, single precision."""

from __future__ import annotations

import io
from collections.abc import Mapping

import numpy as np

from pytest_brainscore.inference.levels import Replicates


def packed(named: Mapping[str, Replicates]) -> bytes:
    """Return bootstrap values by name as the bytes of an npz archive."""
    buffer = io.BytesIO()
    arrays: dict[str, np.ndarray] = {}
    for number, name in enumerate(sorted(named)):
        each = named[name]
        arrays[f"score{number}"] = np.float64(each.score)
        arrays[f"values{number}"] = np.asarray(each.values, dtype=np.float32)
        arrays[f"parts{number}"] = np.asarray(each.parts, dtype=np.float32)
    np.savez_compressed(buffer, names=np.array(sorted(named), dtype=np.str_), **arrays)  # type: ignore[arg-type]
    return buffer.getvalue()


def unpacked(content: bytes) -> dict[str, Replicates]:
    """Return what :func:`packed` has written."""
    with np.load(io.BytesIO(content), allow_pickle=False) as archive:
        return {
            str(name): Replicates(
                float(archive[f"score{number}"]), archive[f"values{number}"], archive[f"parts{number}"]
            )
            for number, name in enumerate(archive["names"])
        }
