"""A made-up recording whose stimuli were repeated unequally often: the one of the golden values of ceilings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

NEURONS = 5


def ragged(repeats: Sequence[int]) -> NDArray[np.float64]:
    """Return responses, shape (repetition, stimulus, neuroid), NaN where a stimulus was not repeated so often."""
    base = np.random.RandomState(3).standard_normal((len(repeats), NEURONS))
    noise = np.random.RandomState(4).standard_normal((len(repeats), 8, NEURONS))
    responses = np.full((max(repeats), len(repeats), NEURONS), np.nan)
    for image, count in enumerate(repeats):
        responses[:count, image] = base[image] + 1.5 * noise[image, :count]
    return responses
