"""Where and what: predict each neuroid from one spatial mask and one weight per channel of a convolutional layer.

A factorised regression (Klindt et al. 2017, arXiv 1711.02653) with the penalties and the optimiser of the published
system's ``mask_regression``. That one starts from random weights without a seed, so its numbers cannot be had exactly;
here the start is drawn from a seed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.ndimage import convolve

from pytest_brainscore.metrics.predictivity.regression_data import checked_targets
from pytest_brainscore.metrics.shared.splits import Split
from pytest_brainscore.one_thread import one_thread

FloatArray = NDArray[np.float64]

# Of the published regression.
SPLITS = 4
_PENALTY = 0.1
_LEARNING_RATE = 0.01
_EPOCHS = 40
_EPOCHS_OF_A_RATE = 25
_BATCH = 50
_GOOD_ENOUGH = 0.1
_LAPLACE = np.array([[0.0, -1.0, 0.0], [-1.0, 4.0, -1.0], [0.0, -1.0, 0.0]])
# Not published.
SEED = 0
# Of Adam (Kingma & Ba 2015, arXiv 1412.6980).
_DECAY, _SQUARED_DECAY, _LEAST = 0.9, 0.999, 1e-8

METHOD = (
    f"mask regression, penalties {_PENALTY:g}, Adam from {_LEARNING_RATE:g} in {_EPOCHS} epochs of batches of "
    f"{_BATCH}, weights drawn with seed {SEED}"
)
"""What a record says about how a number came about."""


class MaskFit(NamedTuple):
    """Fitted weights; a prediction is the sum over positions and channels of mask x weight x feature, plus the bias."""

    masks: FloatArray
    """Shape (neuroid, height, width)."""
    weights: FloatArray
    """Shape (neuroid, channel)."""
    biases: FloatArray
    """Shape (neuroid,)."""

    def predict(self, features: ArrayLike) -> FloatArray:
        """Predict responses, shape (stimulus, neuroid), from features, shape (stimulus, height, width, channel)."""
        maps = np.asarray(features, dtype=np.float64)
        values = maps.reshape(len(maps), -1, maps.shape[-1])
        return _forward(values, self.masks.reshape(len(self.masks), -1), self.weights, self.biases)[0]


def feature_maps(rows: ArrayLike, columns: ArrayLike, channels: ArrayLike) -> NDArray[np.intp]:
    """Return which feature lies where: numbers of features, shape (height, width, channel).

    Parameters
    ----------
    rows, columns, channels
        Place of every feature in the output of a convolutional layer, shape (feature,) each.

    Raises
    ------
    ValueError
        If a place is missing, or taken twice, or no number.

    """
    places = np.stack([np.asarray(each, dtype=np.float64) for each in (rows, columns, channels)])
    if np.isnan(places).any():
        raise ValueError("features have no place in a map: give those of one convolutional layer")
    axes = [np.unique(each, return_inverse=True) for each in places]
    shape = tuple(values.size for values, _ in axes)
    where = np.ravel_multi_index(tuple(codes.ravel() for _, codes in axes), shape)
    if places.shape[1] != np.prod(shape) or np.unique(where).size < where.size:
        raise ValueError(
            f"{places.shape[1]} features do not fill maps of {' x '.join(map(str, shape))} once each: give those of "
            "one convolutional layer"
        )
    maps = np.empty(where.size, dtype=np.intp)
    maps[where] = np.arange(where.size)
    return maps.reshape(shape)


def predict_mask(
    features: NDArray[np.generic],
    targets: ArrayLike,
    splits: Sequence[Split],
    *,
    maps: NDArray[np.intp],
    seed: int = SEED,
) -> Iterator[FloatArray]:
    """Predict the test stimuli of each split.

    Parameters
    ----------
    features
        Shape (stimulus, feature); may be memory-mapped.
    targets
        Responses, shape (stimulus, neuroid), finite, in the same order of stimuli.
    splits
        Row numbers of training and test stimuli.
    maps
        Which feature lies where, from `feature_maps`.
    seed
        Of the first weights and of the order of batches, the same in each split.

    Yields
    ------
    Prediction for the test stimuli of each split, shape (stimulus, neuroid).

    Raises
    ------
    ValueError
        If shapes do not fit, or a value is NaN or infinite.

    """
    responses = checked_targets(features, targets, splits)
    height, width, channels = maps.shape

    def read(rows: NDArray[np.intp]) -> FloatArray:
        values = np.array(features[rows], dtype=np.float64)
        if not np.isfinite(values).all():
            raise ValueError("Features are NaN or infinite: drop these stimuli or these features.")
        return values[:, maps.ravel()].reshape(len(rows), height * width, channels)

    for split in splits:
        train = np.asarray(split.train)
        with one_thread():
            fit = _fit(partial(_read_some, read, train), responses[train], (height, width, channels), seed, _EPOCHS)
            blocks = np.array_split(split.test, -(-len(split.test) // _BATCH))
            parts = [fit.predict(read(rows).reshape(-1, *maps.shape)) for rows in blocks]
        yield np.concatenate(parts)


@one_thread()
def fit_mask(features: ArrayLike, targets: ArrayLike, *, seed: int = SEED, epochs: int = _EPOCHS) -> MaskFit:
    """Fit masks and weights to all stimuli.

    The loss of a batch is the Frobenius norm of the errors, plus a tenth of the sum of squares of masks and weights,
    plus a tenth of the sum over neuroids of the norm of the Laplacian of the mask, which makes masks smooth. The first
    masks and weights are normal with the deviation 1, biases are 0. Adam's rate is a tenth from the 27th epoch on; an
    epoch whose last batch has errors with a norm below .1 is the last one.

    Parameters
    ----------
    features
        Shape (stimulus, height, width, channel).
    targets
        Responses, shape (stimulus, neuroid).
    seed
        Of the first weights and of the order of batches.
    epochs
        Times that all stimuli are gone through.

    """
    maps = np.asarray(features, dtype=np.float64)
    values = maps.reshape(len(maps), -1, maps.shape[-1])
    responses = np.asarray(targets, dtype=np.float64)
    height, width, channels = maps.shape[1:]
    return _fit(lambda rows: values[rows], responses, (height, width, channels), seed, epochs)


def _fit(
    read: Callable[[NDArray[np.intp]], FloatArray],
    responses: FloatArray,
    shape: tuple[int, int, int],
    seed: int,
    epochs: int,
) -> MaskFit:
    """Fit to stimuli that are read a batch at a time."""
    height, width, channels = shape
    stimuli, neuroids = responses.shape
    generator = np.random.default_rng(seed)
    parameters = [
        generator.standard_normal((neuroids, height * width)),
        generator.standard_normal((neuroids, channels)),
        np.zeros(neuroids),
    ]
    first = [np.zeros_like(each) for each in parameters]
    second = [np.zeros_like(each) for each in parameters]
    step = 0
    for epoch in range(epochs):
        rate = _LEARNING_RATE * 0.1 ** (max(epoch - 1, 0) // _EPOCHS_OF_A_RATE)
        order = generator.permutation(stimuli)
        for start in range(0, stimuli, _BATCH):
            rows = order[start : start + _BATCH]
            loss, gradients = loss_and_gradients(read(rows), responses[rows], parameters, (height, width))
            step += 1
            for place, gradient in enumerate(gradients):
                first[place] += (1 - _DECAY) * (gradient - first[place])
                second[place] += (1 - _SQUARED_DECAY) * (gradient**2 - second[place])
                size = rate * np.sqrt(1 - _SQUARED_DECAY**step) / (1 - _DECAY**step)
                parameters[place] -= size * first[place] / (np.sqrt(second[place]) + _LEAST)
        if loss.error < _GOOD_ENOUGH:
            break
    return _fitted(parameters, height, width)


class Loss(NamedTuple):
    """The loss of a batch."""

    total: float
    """With penalties."""
    error: float
    """Frobenius norm of the errors."""


def loss_and_gradients(
    values: FloatArray, responses: FloatArray, parameters: Sequence[FloatArray], shape: tuple[int, int]
) -> tuple[Loss, list[FloatArray]]:
    """Return the loss of a batch and its derivatives by masks, weights and biases.

    Parameters
    ----------
    values
        Features, shape (stimulus, position, channel).
    responses
        Shape (stimulus, neuroid).
    parameters
        Masks, (neuroid, position), weights, (neuroid, channel), and biases, (neuroid,).
    shape
        Height and width of the maps.

    """
    masks, weights, biases = parameters
    predicted, by_channel = _forward(values, masks, weights, biases)
    errors = predicted - responses
    norm = np.sqrt((errors**2).sum())
    slope = errors / norm if norm else errors
    filtered = _laplacian(masks, shape)
    roughness = np.sqrt((filtered**2).sum(axis=1, keepdims=True))
    smooth = np.divide(filtered, roughness, out=np.zeros_like(filtered), where=roughness > 0)
    loss = norm + _PENALTY * ((masks**2).sum() + roughness.sum()) + _PENALTY * (weights**2).sum()
    by_position = values @ weights.T  # (stimulus, position, neuroid)
    gradients = [
        np.einsum("nt,npt->tp", slope, by_position) + _PENALTY * (2 * masks + _laplacian(smooth, shape)),
        np.einsum("nt,nct->tc", slope, by_channel) + 2 * _PENALTY * weights,
        slope.sum(axis=0),
    ]
    return Loss(float(loss), float(norm)), gradients


def _forward(
    values: FloatArray, masks: FloatArray, weights: FloatArray, biases: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return predictions, (stimulus, neuroid), and features under each mask, (stimulus, channel, neuroid)."""
    by_channel = values.transpose(0, 2, 1) @ masks.T
    return np.einsum("nct,tc->nt", by_channel, weights) + biases, by_channel


def _laplacian(masks: FloatArray, shape: tuple[int, int]) -> FloatArray:
    """Filter masks, (neuroid, position), zeros being around them; the filter is its own transpose."""
    maps = masks.reshape(len(masks), *shape)
    filtered: FloatArray = convolve(maps, _LAPLACE[np.newaxis], mode="constant")
    return filtered.reshape(masks.shape)


def _read_some(
    read: Callable[[NDArray[np.intp]], FloatArray], members: NDArray[np.intp], rows: NDArray[np.intp]
) -> FloatArray:
    return read(members[rows])


def _fitted(parameters: Sequence[FloatArray], height: int, width: int) -> MaskFit:
    masks, weights, biases = parameters
    return MaskFit(masks.reshape(len(masks), height, width), weights, biases)
