"""Principal components of layers, which the published system chooses layers by.

Components are fitted to the responses of a layer to ImageNet images, and never formed: with more units than images
they follow from the inner products of responses, so memory does not grow with units. Scores with and without
components are different scores; the published system chooses layers by the former and scores by the latter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.errors import ModelError
from pytest_brainscore.one_thread import one_thread

if TYPE_CHECKING:
    from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet

PCA_VERSION: Final = 1
"""Raise it whenever the same responses give other components."""
COMPONENTS: Final = 1000
"""Components of the published layer selection, and images that they are fitted to."""
_CLASSES: Final = 1000
"""Classes of ImageNet, which images are spread over."""
_BLOCK_BYTES: Final = 2**26
"""Responses are read in blocks of columns of about this size."""


@dataclass(frozen=True)
class LayerPCA:
    """Components fitted to one layer."""

    fitted: NDArray[np.float32]
    """Responses that components were fitted to, shape (image, unit); may be memory-mapped."""
    rotation: NDArray[np.float64]
    """From inner products with the centred `fitted` to components, shape (image, component)."""
    variances: NDArray[np.float64]
    """Variance of the fitted responses along each component, in descending order, shape (component,)."""

    @one_thread()
    def transform(self, responses: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return components of responses.

        Parameters
        ----------
        responses
            Shape (stimulus, unit).

        Returns
        -------
        NDArray
            float32, (stimulus, component); computed in float64. A component along which the fitted responses do not
            vary is 0: of 1000 images there are 999, since their mean is taken off.

        """
        products = np.zeros((len(responses), len(self.fitted)))
        for columns in _blocks(self.fitted, len(responses)):
            fitted = self.fitted[:, columns].astype(np.float64)
            mean = fitted.mean(axis=0)
            products += (responses[:, columns] - mean) @ (fitted - mean).T
        return np.asarray(products @ self.rotation, np.float32)


@one_thread()
def fit_layer_pca(responses: NDArray[np.float32], components: int) -> LayerPCA:
    """Fit principal components, as ``sklearn.decomposition.PCA(components, svd_solver="full")`` does.

    The sign of a component is such that the largest coefficient among the fitted images is positive.

    Parameters
    ----------
    responses
        Shape (image, unit); may be memory-mapped.
    components
        At most the number of images, and of units.

    Raises
    ------
    ValueError
        If there are fewer images or units than components.

    """
    if components > min(responses.shape):
        raise ValueError(f"{components} components need as many images and units, and responses are {responses.shape}.")
    products = np.zeros((len(responses), len(responses)))
    for columns in _blocks(responses):
        centred = responses[:, columns].astype(np.float64)
        centred -= centred.mean(axis=0)
        products += centred @ centred.T
    squares, vectors = np.linalg.eigh(products)
    squares, vectors = squares[::-1][:components], vectors[:, ::-1][:, :components]
    vectors = vectors * np.where(vectors[np.abs(vectors).argmax(axis=0), np.arange(components)] < 0, -1.0, 1.0)
    # What is left of a direction without variance is rounding.
    varies = squares > len(products) * np.finfo(np.float64).eps * max(squares[0], 0.0)
    squares = np.where(varies, squares, 0.0)
    rotation = np.where(varies, vectors / np.sqrt(np.where(varies, squares, 1.0)), 0.0)
    return LayerPCA(responses, rotation, squares / max(1, len(responses) - 1))


def fitting_rows(classes: Sequence[str], count: int) -> list[int]:
    """Choose images that are spread evenly over the classes of ImageNet, as the published system does.

    Parameters
    ----------
    classes
        Class of each image.
    count
        Number of images: floor((count - 1) / 1000) of each class, and one more of the first ((count - 1) mod 1000) + 1
        classes, in the order of their names. Of 50 images a class in order, five are 0, 50, 100, 150 and 200.

    Returns
    -------
    Row numbers, class by class; fewer than `count` where classes or their images are lacking.

    """
    each, last = divmod(count - 1, _CLASSES)
    members: dict[str, list[int]] = {name: [] for name in sorted(set(classes))}
    for row, name in enumerate(classes):
        members[name].append(row)
    return [row for number, rows in enumerate(members.values()) for row in rows[: each + (number <= last)]]


def fitting_images(stimuli: StimulusSet, count: int) -> StimulusSet:
    """Return the images that `count` components are fitted to.

    Parameters
    ----------
    stimuli
        With the column ``synset``, images are spread over classes; without, the first ones are taken.
    count
        Number of images.

    Raises
    ------
    ModelError
        There are fewer.

    """
    classes = stimuli.table["synset"].astype(str).tolist() if "synset" in stimuli.table else None
    rows = list(range(min(count, len(stimuli)))) if classes is None else fitting_rows(classes, count)
    if len(rows) < count or count < 1:
        raise ModelError(
            f"{count} principal components need as many images, and {stimuli.identifier} has {len(rows)} of these "
            "spread over classes; add images, or ask for fewer components (at least 1)."
        )
    return replace(stimuli, table=stimuli.table.iloc[rows], images=tuple(stimuli.images[row] for row in rows))


def fitting_digest(stimuli: StimulusSet, components: int) -> dict[str, str | int]:
    """Return what components depend on besides the responses, for the key of what is stored."""
    return {"components": components, "version": PCA_VERSION, "images": stimuli.digest()}


def _blocks(responses: NDArray[np.float32], further_rows: int = 0) -> list[slice]:
    """Return slices of columns that are affordable as float64, together with as many of other rows."""
    width = max(1, _BLOCK_BYTES // (np.dtype(np.float64).itemsize * max(1, len(responses) + further_rows)))
    return [slice(start, start + width) for start in range(0, responses.shape[1], width)]
