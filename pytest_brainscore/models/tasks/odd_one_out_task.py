"""The odd-one-out task: of three stimuli, which one belongs least to the others?

The experiment of Hebart et al. (2023), doi 10.7554/eLife.82580. A model takes the two stimuli whose features have the
largest dot product as alike; the third is odd, as in the published system.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from pytest_brainscore.data.assembly import behavior_assembly
from pytest_brainscore.errors import ModelError
from pytest_brainscore.one_thread import one_thread

if TYPE_CHECKING:
    import xarray

    from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet

CHUNK_FEATURES: Final = 4096
"""Features that dot products are summed over at a time: bounds the copies in double precision."""


@dataclass(frozen=True)
class OddOneOutTask:
    """An odd-one-out task that was started."""

    def answers(
        self, stimuli: StimulusSet, features_of: Callable[[StimulusSet], NDArray[np.float32]]
    ) -> xarray.DataArray:
        """Return the odd stimulus of each triplet.

        Parameters
        ----------
        stimuli
            Three consecutive rows are a triplet; rows with the same ``stimulus_id`` are the same stimulus.
        features_of
            Returns features, stimuli x features; called once, with each stimulus once.

        Returns
        -------
        xarray.DataArray
            ``stimulus_id`` of the odd stimuli: ``presentation`` (triplet) x ``choice``, with a single choice. The
            coordinate ``stimulus_id`` joins the three ids of a triplet with ``|``.

        Raises
        ------
        ModelError
            The number of rows is not a multiple of three.

        """
        if len(stimuli) == 0 or len(stimuli) % 3:
            raise ModelError(
                f"{stimuli.identifier} has {len(stimuli)} rows, which are no triplets; give three for each."
            )
        ids = stimuli.table["stimulus_id"].to_numpy()
        codes, distinct = pd.factorize(ids)
        first = np.unique(codes, return_index=True)[1]
        once = replace(stimuli, table=stimuli.table.iloc[first], images=tuple(stimuli.images[row] for row in first))
        similarities = dot_products(features_of(once))
        triplets = codes.reshape(-1, 3)
        odd = np.take_along_axis(triplets, odd_positions(similarities, triplets)[:, np.newaxis], axis=1)
        names = ["|".join(map(str, triplet)) for triplet in ids.reshape(-1, 3)]
        return behavior_assembly(np.asarray(distinct)[odd], pd.DataFrame({"stimulus_id": names}))


@one_thread()
def dot_products(features: ArrayLike) -> NDArray[np.float64]:
    """Return the dot products of all pairs of rows, (stimulus, feature) to (stimulus, stimulus)."""
    array = np.asarray(features)
    products = np.zeros((len(array), len(array)))
    for start in range(0, array.shape[1], CHUNK_FEATURES):
        chunk = array[:, start : start + CHUNK_FEATURES].astype(np.float64)
        products += chunk @ chunk.T
    return products


def odd_positions(similarities: ArrayLike, triplets: ArrayLike) -> NDArray[np.intp]:
    """Return which stimulus of each triplet is not one of the most similar two.

    Parameters
    ----------
    similarities
        Shape (stimulus, stimulus).
    triplets
        Positions of three stimuli, shape (triplet, 3).

    Returns
    -------
    0, 1 or 2, shape (triplet,). Among equal similarities the pair of the first and second comes first, then that of
    the first and third.

    """
    array, (first, second, third) = np.asarray(similarities), np.asarray(triplets).T
    pairs = np.stack([array[first, second], array[first, third], array[second, third]])
    return np.asarray(2 - pairs.argmax(axis=0))
