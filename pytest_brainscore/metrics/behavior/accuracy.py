"""How often is the answer right?"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray


class Accuracy(NamedTuple):
    """An accuracy, with what it came from."""

    value: float
    """Fraction of right answers, 0 to 1."""
    error: float
    """Standard error of the mean over stimuli: `deviation` / sqrt(number of stimuli)."""
    deviation: float
    """Standard deviation (ddof 0) over stimuli, published as the error; 0 to 0.5. It is not a standard error."""
    correct: NDArray[np.bool_]
    """Whether each answer is right, shape (stimulus,)."""


def accuracy(answers: ArrayLike, truth: ArrayLike) -> Accuracy:
    """Fraction of answers that equal the truth.

    Parameters
    ----------
    answers, truth
        Labels of any kind, shape (stimulus,), the same stimuli in the same order.

    Returns
    -------
    The `Accuracy`. A NaN equals nothing, not even NaN, and so is a wrong answer.

    Raises
    ------
    ValueError
        If the lengths differ or there are no stimuli.

    """
    given, right = np.asarray(answers), np.asarray(truth)
    if given.ndim != 1 or given.shape != right.shape or given.size == 0:
        raise ValueError(
            f"Answers of shape {given.shape} cannot be compared with a truth of shape {right.shape}: "
            "give one of each for every stimulus, at least one."
        )
    correct = np.asarray(given == right, dtype=np.bool_)
    deviation = float(np.std(correct))
    return Accuracy(float(np.mean(correct)), deviation / float(np.sqrt(correct.size)), deviation, correct)
