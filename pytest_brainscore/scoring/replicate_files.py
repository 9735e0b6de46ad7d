"""Bootstrap values of scores as one file: an archive of NumPy arrays that stands beside a report or a baseline.

Each member is named ``MODEL/IDENTIFIER@VERSION`` and holds values and parts, one after the other, as float32. Beside
them, ``scores`` holds the scores in the order of the names, as float64, and ``parts`` the shape of all parts. The same
values give the same bytes. Nothing in it is pickled.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from pytest_brainscore.scoring.npz import npz, read_npz

if TYPE_CHECKING:
    from pytest_brainscore.inference.levels import Replicates

SUFFIX: Final = ".replicates.npz"
"""Ending of the file, in place of ``.json``."""
_SCORES: Final = "scores"
_PARTS: Final = "parts"


class NotReplicates(ValueError):
    """Bytes are not such a file."""


def name_of(model: str, identifier: str, version: int) -> str:
    """Return the name of a member."""
    return f"{model}/{identifier}@{version}"


def packed(replicates: Mapping[str, Replicates]) -> bytes:
    """Return a file.

    Parameters
    ----------
    replicates
        By the names of members; all with equally many parts.

    Raises
    ------
    ValueError
        When they have different numbers of parts.

    """
    import numpy as np

    names = sorted(replicates)
    if len({replicates[name].parts.shape for name in names}) > 1:
        raise ValueError("Bootstrap values with different numbers of parts cannot stand in one file: score all alike.")
    members: dict[str, Any] = {
        name: np.concatenate([replicates[name].values, replicates[name].parts.ravel()]).astype("<f4") for name in names
    }
    members[_SCORES] = np.array([replicates[name].score for name in names], dtype="<f8")
    members[_PARTS] = np.array([each.parts.shape for each in replicates.values()][:1], dtype="<i8")
    return npz(members)


def unpacked(content: bytes) -> dict[str, Replicates]:
    """Return the bootstrap values of a file, by the names of members.

    Raises
    ------
    NotReplicates
        When the bytes are something else.

    """
    import numpy as np

    from pytest_brainscore.inference.levels import Replicates

    try:
        archive = read_npz(content)
    except ValueError as error:
        raise NotReplicates(str(error)) from error
    try:
        names = sorted(name for name in archive if name not in (_SCORES, _PARTS))
        scores = archive[_SCORES].astype(np.float64).tolist()
        found = {}
        for name, score in zip(names, scores, strict=True):
            rows, columns = archive[_PARTS].reshape(-1, 2)[0].tolist()
            numbers = archive[name].astype(np.float64)
            values, parts = np.split(numbers, [numbers.size - rows * columns])
            found[name] = Replicates(score, values, parts.reshape(rows, columns))
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:  # whatever the arrays are
        raise NotReplicates(f"{type(error).__name__}: {error}") from error
    return found
