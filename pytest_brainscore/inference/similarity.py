"""Bootstrap values of representational similarity: by stimuli, and by the subjects compared with."""

from __future__ import annotations

from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike

from pytest_brainscore.inference.draws import BLOCK, FloatArray, Units
from pytest_brainscore.inference.levels import Design, Level
from pytest_brainscore.inference.weighted import (
    pairs,
    ranked,
    weighted_correlations,
    weighted_means,
    weighted_spearman,
)

TIMES: Final = 0.5
"""Of what pairs count too often, this share is taken off. All of it would make the error right on average, but errors
from some sixty stimuli differ by a sixth from recording to recording, and intervals would cover .93 instead of .95."""


def similarity_design(
    model: ArrayLike,
    targets: ArrayLike,
    stimuli: Units,
    subjects: Units | None = None,
    *,
    correlation: Literal["spearman", "pearson"] = "spearman",
) -> Design:
    """Return what the correlation of two matrices above their diagonals, or its mean over subjects, generalises over.

    Parameters
    ----------
    model
        Dissimilarities or similarities, shape (stimulus, stimulus).
    targets
        The same of a recording; or of every subject, shape (subject, stimulus, stimulus).
    stimuli
        No stimulus is paired with itself. To first order, a pair counts as often as its two stimuli, added up: its own
        noise counts twice; with the product of their counts, it would three times.
    subjects
        Those of `targets`; None for one matrix.
    correlation
        Of entries above the diagonal. Ranks are those among what was drawn.

    Returns
    -------
    The design: stimuli, and subjects where there are some.

    """
    one = np.asarray(model, dtype=np.float64)[np.ix_(stimuli.order, stimuli.order)]
    matrices = np.asarray(targets, dtype=np.float64)
    matrices = matrices if matrices.ndim == 3 else matrices[np.newaxis]
    matrices = matrices[:, stimuli.order][:, :, stimuli.order]
    if subjects is not None:
        matrices = subjects.sort(matrices)
    rows, columns = np.triu_indices(len(one), 1)
    entries, others = one[rows, columns], matrices[:, rows, columns]
    if correlation == "spearman":
        first, seconds = ranked(entries), [ranked(each) for each in others]
    else:
        series = pairs(np.repeat(entries[:, np.newaxis], len(others), axis=1), np.ascontiguousarray(others.T))

    def by_subject(weights: FloatArray, *, product: bool = False) -> FloatArray:
        """Return correlations, (draw, stimulus) to (draw, subject)."""
        step = max(1, BLOCK // rows.size)
        found = []
        for start in range(0, len(weights), step):
            some = weights[start : start + step]
            one_of, other = some[:, rows], some[:, columns]
            together = one_of * other if product else one_of + other - 1.0
            if correlation == "spearman":
                found.append(np.stack([weighted_spearman(together, first, each) for each in seconds], axis=1))
            else:
                found.append(weighted_correlations(together, series))
        return np.concatenate(found)

    def by_stimuli(weights: FloatArray) -> FloatArray:
        values = by_subject(weights)
        return weighted_means(np.ones(values.shape), values)

    def jointly(weights: tuple[FloatArray, ...]) -> FloatArray:
        values = by_subject(weights[0], product=True)
        return weighted_means(np.ones(values.shape) if subjects is None else weights[1], values)

    level = Level(stimuli, by_stimuli)
    if subjects is None:
        return Design((level,), jointly, times=TIMES)
    with_all = by_subject(np.ones((1, len(one))))[0]
    return Design((level, Level(subjects, lambda weights: weighted_means(weights, with_all))), jointly, times=TIMES)
