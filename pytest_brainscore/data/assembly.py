"""Assemblies: recordings as labelled arrays with plain coordinates, never a MultiIndex."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import xarray
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas


def recording_assembly(
    responses: NDArray[np.float32],
    stimuli: pandas.DataFrame,
    neuroids: Mapping[str, NDArray[np.generic]],
    time_bins: Sequence[tuple[int, int]],
) -> xarray.DataArray:
    """Label the responses of a model that does not change over time.

    Parameters
    ----------
    responses
        Stimuli x units; not copied.
    stimuli
        One row per stimulus; every column becomes a coordinate of ``presentation``.
    neuroids
        Coordinates of ``neuroid``, one value per unit each.
    time_bins
        At least one (start, end), in milliseconds after stimulus onset.

    Returns
    -------
    xarray.DataArray
        ``presentation`` x ``neuroid`` for one time bin, whose limits are then scalar coordinates; ``presentation`` x
        ``neuroid`` x ``time_bin`` for several, with the same responses in each.

    """
    coordinates: dict[str, object] = {
        **{str(name): ("presentation", column.to_numpy()) for name, column in stimuli.items()},
        **{name: ("neuroid", values) for name, values in neuroids.items()},
    }
    starts, ends = zip(*time_bins, strict=True)
    if len(time_bins) == 1:
        coordinates |= {"time_bin_start": starts[0], "time_bin_end": ends[0]}
        return xarray.DataArray(responses, coordinates, ("presentation", "neuroid"))
    coordinates |= {"time_bin_start": ("time_bin", list(starts)), "time_bin_end": ("time_bin", list(ends))}
    repeated = np.broadcast_to(responses[:, :, np.newaxis], (*responses.shape, len(time_bins)))
    return xarray.DataArray(repeated, coordinates, ("presentation", "neuroid", "time_bin"))


def label_assembly(choices: Sequence[str], stimuli: pandas.DataFrame) -> xarray.DataArray:
    """Label the answers of a model that named a category for each stimulus.

    Parameters
    ----------
    choices
        Chosen category of each stimulus.
    stimuli
        One row per stimulus; every column becomes a coordinate of ``presentation``.

    Returns
    -------
    xarray.DataArray
        Text, ``presentation`` x ``choice`` with a single choice.

    """
    columns = {str(name): ("presentation", column.to_numpy()) for name, column in stimuli.items()}
    return xarray.DataArray(np.asarray(choices)[:, np.newaxis], columns, ("presentation", "choice"))
