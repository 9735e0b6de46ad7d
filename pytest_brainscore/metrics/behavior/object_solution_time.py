"""Object solution times: when does the object in an image become readable from a population of neurons?

A linear read-out is trained in every time bin. The solution time of an image is when its read-out becomes as good as
people are at that image; the times in a model are compared with those in macaque IT. Kar et al. (2019), doi
10.1038/s41593-019-0392-5; as a metric, Kubilius, Schrimpf et al. (2019), arXiv 1909.06161.

The published read-out draws its first weights from TensorFlow, whose stream cannot be had without it. Here NumPy draws
them from the same distribution: scores agree to about .005, not to the digit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import softmax
from scipy.stats import truncnorm

from pytest_brainscore.metrics.behavior.image_level_behavior import dprime_pattern, image_level_dprime, model_rates
from pytest_brainscore.metrics.shared.aggregation import SplitScore, aggregate_splits
from pytest_brainscore.metrics.shared.correlation import ROUNDING, spearman_correlation
from pytest_brainscore.metrics.shared.splits import Split, shuffle_splits
from pytest_brainscore.one_thread import one_thread

# All of the published read-out. The weight decay is 1 / (C n), for C = 10^-3 and the 2160 images of another study.
LEARNING_RATE = 1e-4
EPOCHS = 40
BATCH = 64
WEIGHT_DECAY = 0.463
TOLERANCE = 1e-4
FIRST_BIAS = 1.0
SEED = 0
# Adam's own defaults (Kingma & Ba 2015, arXiv 1412.6980).
_DECAY_OF_MEAN, _DECAY_OF_SQUARE, _EPSILON = 0.9, 0.999, 1e-8


def object_solution_time_correlation(
    recordings: Iterable[NDArray[np.generic]],
    times: ArrayLike,
    labels: ArrayLike,
    thresholds: ArrayLike,
    solution_times: ArrayLike,
    *,
    splits: Sequence[Split] | None = None,
    held_out: list[NDArray[np.float64]] | None = None,
) -> SplitScore:
    """Correlate the solution times of a model with recorded ones.

    Parameters
    ----------
    recordings
        Responses in each time bin, shape (image, unit), ascending in time. Taken one by one, and no more than needed.
    times
        Start of each time bin in milliseconds, shape (bin,).
    labels
        Object in each image, shape (image,).
    thresholds
        How well people tell the object of each image from others (i1: d' averaged over distractors), shape (image,).
    solution_times
        Recorded solution times in milliseconds, shape (image,); NaN where an image was never solved.
    splits
        Images to train and to test the read-out with; None draws the published ten, tests of 10 %.
    held_out
        A list to which the solution times of the model are appended, shape (test image,) for each split.

    Returns
    -------
    The `SplitScore` of one Spearman correlation per split, shape (split, 1), over the images that are solved in both.
    NaN where there are fewer than two.

    Raises
    ------
    ValueError
        If lengths differ, a response is not finite, or a tested object has no training image.

    """
    objects, goal = np.asarray(labels), np.asarray(thresholds, dtype=np.float64)
    target, starts = np.asarray(solution_times, dtype=np.float64), np.asarray(times, dtype=np.float64)
    if not objects.shape == goal.shape == target.shape or goal.ndim != 1:
        raise ValueError(
            f"Labels {objects.shape}, thresholds {goal.shape} and solution times {target.shape} do not fit: give one "
            "of each per image."
        )
    if splits is None:
        splits = solution_time_splits(goal.size)
    reached: list[list[NDArray[np.float64]]] = [[] for _ in splits]
    time_course = iter(recordings)
    for _ in starts:
        # Read-outs of images that are all solved are not needed, nor recordings when this holds in all splits.
        open_splits = [
            number
            for number, split in enumerate(splits)
            if not reached[number] or not (np.stack(reached[number]) >= goal[split.test]).any(axis=0).all()
        ]
        if not open_splits:
            break
        responses = next(time_course)
        if responses.shape[0] != goal.size or not np.isfinite(responses).all():
            raise ValueError(
                f"Recordings of shape {responses.shape} do not fit {goal.size} images, or are not finite: give "
                "a finite (image, unit)."
            )
        for number in open_splits:
            train, test = splits[number]
            probabilities, classes = readout_probabilities(responses[train], objects[train], responses[test])
            rates = model_rates(probabilities, objects[test], classes)
            reached[number].append(image_level_dprime(dprime_pattern(rates, objects[test], classes)))
    correlations = []
    for split, levels in zip(splits, reached, strict=True):
        predicted = solution_times_of(np.stack(levels), goal[split.test], starts[: len(levels)])
        if held_out is not None:
            held_out.append(predicted)
        solved = ~np.isnan(predicted) & ~np.isnan(target[split.test])
        enough = np.count_nonzero(solved) > 1
        one, other = predicted[solved], target[split.test][solved]
        correlations.append([spearman_correlation(one, other, rounding=ROUNDING) if enough else float("nan")])
    return aggregate_splits(correlations)


def solution_time_splits(images: int) -> list[Split]:
    """Return the published ten splits into training and test images."""
    return list(shuffle_splits(images, train_size=None, test_size=0.1))


def solution_times_of(levels: ArrayLike, thresholds: ArrayLike, times: ArrayLike) -> NDArray[np.float64]:
    """Return when each image reaches its threshold.

    Parameters
    ----------
    levels
        Discriminability of each image in each time bin, shape (bin, image), ascending in time.
    thresholds
        Shape (image,).
    times
        Start of each time bin in milliseconds, shape (bin,).

    Returns
    -------
    Shape (image,), in milliseconds. On the line through the first bin at or above the threshold and the best bin before
    it; the start of the former where there is none before it; NaN where the threshold is never reached.

    Examples
    --------
    >>> solution_times_of([[0.4], [0.9]], [0.6], [90, 110])
    array([98.])

    """
    level, goal = np.asarray(levels, dtype=np.float64), np.asarray(thresholds, dtype=np.float64)
    start = np.asarray(times, dtype=np.float64)
    solved = np.full(goal.size, np.nan)
    for image in np.flatnonzero((level >= goal).any(axis=0)):
        hit = int((level[:, image] >= goal[image]).argmax())
        # Before the hit all defined levels are below the threshold; the first of equals counts.
        before = level[:hit, image]
        if np.isnan(before).all():
            solved[image] = start[hit]
            continue
        last = int(np.nanargmax(before))
        share = (goal[image] - before[last]) / (level[hit, image] - before[last])
        solved[image] = start[last] + share * (start[hit] - start[last])
    return solved


@one_thread()
def readout_probabilities(
    training: NDArray[np.generic], labels: NDArray[np.generic], test: NDArray[np.generic]
) -> tuple[NDArray[np.float64], NDArray[np.generic]]:
    """Train a softmax read-out and return the probability of each class for test images.

    Features are z-scored with mean and deviation of the training images. The loss is the mean cross-entropy plus half
    the weight decay times the squared weights and biases, minimised by Adam in shuffled batches; training ends when the
    cross-entropy of an epoch's last batch is below 10^-4.

    Parameters
    ----------
    training, test
        Shape (image, unit) each.
    labels
        Class of each training image.

    Returns
    -------
    Probabilities, shape (test image, class), and the classes in the order of their first image.

    """
    distinct, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    order = np.argsort(first)
    classes, target = distinct[order], np.argsort(order)[inverse]
    mean, deviation = training.mean(axis=0, dtype=np.float64), training.std(axis=0, dtype=np.float64)
    deviation[(training == training[:1]).all(axis=0)] = 1  # the deviation of equal values need not be 0
    features = (training - mean) / deviation
    weights = _first_weights(features.shape[1], classes.size)
    parameters = np.vstack([weights, np.full((1, classes.size), FIRST_BIAS)])
    inputs = np.column_stack([features, np.ones(len(features))])
    one_hot = np.eye(classes.size)[target]
    moment, square = np.zeros_like(parameters), np.zeros_like(parameters)
    generator = np.random.RandomState(SEED)
    rows = np.arange(len(inputs))
    step = 0
    for _ in range(EPOCHS):
        shuffled = rows.copy()
        generator.shuffle(shuffled)
        for start in range(0, len(rows), BATCH):
            batch = shuffled[start : start + BATCH]
            step += 1
            predicted = softmax(inputs[batch] @ parameters, axis=1)
            loss = -np.log(np.maximum(predicted[one_hot[batch] == 1], np.finfo(np.float64).tiny)).mean()
            gradient = inputs[batch].T @ (predicted - one_hot[batch]) / len(batch) + WEIGHT_DECAY * parameters
            moment += (1 - _DECAY_OF_MEAN) * (gradient - moment)
            square += (1 - _DECAY_OF_SQUARE) * (gradient**2 - square)
            rate = LEARNING_RATE * np.sqrt(1 - _DECAY_OF_SQUARE**step) / (1 - _DECAY_OF_MEAN**step)
            parameters -= rate * moment / (np.sqrt(square) + _EPSILON)
        if loss < TOLERANCE:
            break
    logits = (test - mean) / deviation @ parameters[:-1] + parameters[-1]
    return np.asarray(softmax(logits, axis=1)), classes


def _first_weights(units: int, classes: int) -> NDArray[np.float64]:
    """Draw from a normal distribution cut at two deviations, with the variance 1 / units after the cut."""
    deviation = 1 / np.sqrt(units) / truncnorm.std(-2, 2)
    drawn = truncnorm.rvs(-2, 2, size=(units, classes), random_state=np.random.RandomState(SEED))
    weights: NDArray[np.float64] = deviation * drawn
    return weights
