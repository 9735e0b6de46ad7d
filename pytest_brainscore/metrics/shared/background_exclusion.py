"""Splits of images in which no background of a test image has been seen in training.

An object cut out, drawn or painted over keeps its background; a regression could recognise the image by it. As in the
domain transfer benchmark of Igusti Bagus et al. (2022), SVRHM workshop, of the published system.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from pytest_brainscore.metrics.shared.splits import Split

# Names the absence of a known background in the published stimulus set.
NO_BACKGROUND = 0


def without_shared_backgrounds(splits: Sequence[Split], backgrounds: ArrayLike) -> list[Split]:
    """Remove from each training set the images that have their background in common with a test image.

    Parameters
    ----------
    splits
        Row numbers of training and test images.
    backgrounds
        Number of the background of every image, shape (image,); 0 for none, which may be in both sets.

    Returns
    -------
    One `Split` per split: fewer training rows in the same order, the same test rows.

    Raises
    ------
    ValueError
        If there is not one background per image, or no training image would be left.

    """
    numbers = np.asarray(backgrounds)
    if numbers.ndim != 1:
        raise ValueError(f"Backgrounds of shape {numbers.shape} do not fit images: give one number per image.")
    filtered = []
    for index, split in enumerate(splits):
        if max(split.train.max(initial=-1), split.test.max(initial=-1)) >= numbers.size:
            raise ValueError(
                f"Split {index} names more than {numbers.size} images: give the background of every image."
            )
        shown = numbers[split.train]
        kept = (shown == NO_BACKGROUND) | ~np.isin(shown, numbers[split.test])
        if not kept.any():
            raise ValueError(f"Split {index} tests the backgrounds of all its training images: make its test smaller.")
        filtered.append(Split(split.train[kept], split.test))
    return filtered
