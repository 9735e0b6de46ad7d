"""ImageNet classes for a model that has no such outputs: a linear decoder, fitted to labelled images.

Scores that come from it tell about the decoder and its images as much as about the model. They are marked, and are not
comparable with those of models that have outputs of their own. Classes without images have the probability 0, also in
the mean over the classes of a category: images of all classes of the categories asked for are needed.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pytest_brainscore.data.folders import is_image
from pytest_brainscore.data.imagenet_classes import IMAGENET_SYNSETS
from pytest_brainscore.data.stimuli.stimulus_set import ImageFile, StimulusSet
from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.tasks.probabilities_task import LinearReadout, fit_readout, fitting_labels

if TYPE_CHECKING:
    from collections.abc import Sequence

SYNSET_COLUMN: Final = "synset"
"""Column of the labelled images that holds their WordNet identifiers."""
BELOW_ALL: Final = 1000.0
"""How far the logits of classes without images are below the lowest other one: exp(-1000) is 0."""


@dataclass(frozen=True)
class LinearDecoder:
    """A decoder that was fitted."""

    readout: LinearReadout
    """Its labels are WordNet identifiers."""
    description: str
    """What it was fitted to, for the report."""

    def logits(self, features: ArrayLike) -> NDArray[np.float64]:
        """Return the logits of the 1000 classes, stimuli x 1000; classes without images have the probability 0."""
        known = self.readout.logits(features)
        logits = np.repeat(known.min(axis=1, keepdims=True) - BELOW_ALL, len(IMAGENET_SYNSETS), axis=1)
        logits[:, [IMAGENET_SYNSETS.index(synset) for synset in self.readout.labels]] = known
        return np.asarray(logits)


def fit_decoder(
    stimuli: StimulusSet, features_of: Callable[[StimulusSet], NDArray[np.float32]], layers: str
) -> LinearDecoder:
    """Fit a decoder: the read-out of the probabilities task, with synsets for labels.

    Parameters
    ----------
    stimuli
        With the column ``synset``: two or more of the 1000.
    features_of
        Returns features, stimuli x features.
    layers
        Where features come from, for the description.

    Raises
    ------
    ModelError
        There is no such column, or it holds fewer than two synsets or unknown ones.

    """
    synsets = fitting_labels(stimuli, SYNSET_COLUMN)
    unknown = sorted(set(synsets) - set(IMAGENET_SYNSETS))
    if unknown:
        raise ModelError(
            f"{stimuli.identifier} has {len(unknown)} synsets that are not of ImageNet's 1000, first {unknown[0]}; "
            "leave them out."
        )
    readout = fit_readout(features_of(stimuli), synsets)
    digest = hashlib.sha256("\n".join([stimuli.digest(), *synsets]).encode()).hexdigest()
    description = (
        f"linear, fitted to {layers} with {len(stimuli)} images of {len(readout.labels)} classes (sha256 {digest}); "
        "not comparable with outputs of a model's own"
    )
    return LinearDecoder(readout, description)


def stimuli_from_synset_folders(folder: str | os.PathLike[str], degrees: float) -> StimulusSet:
    """Return labelled images: ``folder/n01440764/any name.jpg``, as ImageNet is laid out.

    Parameters
    ----------
    folder
        Holds a folder for each class, named by its WordNet identifier.
    degrees
        Side of the square that the images span in the visual field, in visual degrees.

    Returns
    -------
    StimulusSet
        Columns ``stimulus_id`` (path below `folder`) and ``synset``, sorted by ``stimulus_id``.

    Raises
    ------
    ModelError
        There are no images.

    """
    import pandas as pd

    folder = Path(folder)
    files: Sequence[Path] = sorted(filter(is_image, folder.glob("n*/*")))
    if not files:
        raise ModelError(f"{folder} holds no images in folders named by WordNet identifiers; give one with n*/*.jpg.")
    table = pd.DataFrame(
        {
            "stimulus_id": [file.relative_to(folder).as_posix() for file in files],
            SYNSET_COLUMN: [file.parent.name for file in files],
        }
    )
    return StimulusSet(folder.name, table, tuple(map(ImageFile, files)), degrees)
