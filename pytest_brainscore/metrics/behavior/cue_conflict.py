"""Shape or texture: which cue decides when an image has the shape of one category and the texture of another?

Shape match and shape bias of Hermann, Chen & Kornblith (2020), NeurIPS 33:19000, on the images of Geirhos et al.
(2019), arXiv 1811.12231.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike


class CueConflict(NamedTuple):
    """How often shape and texture decided."""

    shape_match: float
    """Fraction of answers that name the shape, 0 to 1."""
    texture_match: float
    """Fraction of answers that name the texture, 0 to 1."""
    shape_bias: float
    """Shape matches among the answers that name one of the two, 0 to 1; NaN if none does."""
    stimuli: int
    """Number of stimuli whose cues conflict: the others do not count."""


def cue_conflict(answers: ArrayLike, shapes: ArrayLike, textures: ArrayLike) -> CueConflict:
    """Count the answers that follow the shape and those that follow the texture.

    Parameters
    ----------
    answers
        Chosen category of every stimulus, shape (stimulus,).
    shapes, textures
        Category of the shape and of the texture of every stimulus, shape (stimulus,). Stimuli for which the two are
        equal have no conflict and are left out.

    Returns
    -------
    The `CueConflict`.

    Raises
    ------
    ValueError
        If the lengths differ, or no stimulus has a conflict.

    """
    given, shape, texture = np.asarray(answers), np.asarray(shapes), np.asarray(textures)
    if given.ndim != 1 or not given.shape == shape.shape == texture.shape:
        raise ValueError(
            f"Answers {given.shape}, shapes {shape.shape} and textures {texture.shape} do not fit: "
            "give one of each for every stimulus."
        )
    conflict = shape != texture
    stimuli = int(conflict.sum())
    if stimuli == 0:
        raise ValueError("No stimulus has a shape and a texture of different categories: give some that have.")
    by_shape = int((given == shape)[conflict].sum())
    by_texture = int((given == texture)[conflict].sum())
    decided = by_shape + by_texture
    shape_bias = by_shape / decided if decided else float("nan")
    return CueConflict(by_shape / stimuli, by_texture / stimuli, shape_bias, stimuli)
