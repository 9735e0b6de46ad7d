"""Reliabilities of neuroids in files: a ceiling that somebody has computed already."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pytest_brainscore.data.recordings.from_arrays import read_array
from pytest_brainscore.data.recordings.from_tables import numbers_in, read_table
from pytest_brainscore.data.recordings.vocabulary import find
from pytest_brainscore.errors import DataUnavailable


def load_reliabilities(path: Path) -> NDArray[np.generic] | pd.Series | None:
    """Return one reliability for each neuroid, or None where the file holds something else.

    Parameters
    ----------
    path
        ``.npy`` with one axis; or ``.csv`` with a column of neuroids, none of stimuli, and one of numbers.

    Returns
    -------
    An array in the order of the neuroids, or a series by their names.

    Raises
    ------
    DataUnavailable
        When the file is not there or cannot be read.

    """
    if not path.is_file():
        raise DataUnavailable(f"The ceiling {path} is not there; give the path of a file.")
    suffix = path.suffix.lower()
    if suffix == ".npy":
        array = read_array(path)
        return array if array.ndim < 2 else None
    if suffix != ".csv":
        return None
    table = read_table(path)
    if find("stimulus", table.columns, None, path) is not None:
        return None
    neuroid = find("neuroid", table.columns, None, path)
    numbers = [str(name) for name in table if name != neuroid and numbers_in(table[name])]
    if neuroid is None or len(numbers) != 1:
        return None
    return pd.Series(pd.to_numeric(table[numbers[0]]).to_numpy(), index=[str(each).strip() for each in table[neuroid]])
