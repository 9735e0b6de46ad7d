"""How many stimuli, repetitions or neuroids tell two models apart: for experimenters who plan a recording."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from pytest_brainscore.benchmarks.own.recorded_data import in_one_form
from pytest_brainscore.benchmarks.own.recording import RecordingWarning, score
from pytest_brainscore.data.joining.matrices import STIMULUS, read_matrix
from pytest_brainscore.data.joining.stimulus_names import match_names
from pytest_brainscore.data.recordings.labelling import OTHER_ROWS
from pytest_brainscore.errors import RecordingError
from pytest_brainscore.inference.power import ErrorLaw, fit_error_law
from pytest_brainscore.metrics.reliability.explained_variance import FORMULAS, normalised
from pytest_brainscore.scoring.score import Score

FloatArray = NDArray[np.float64]

AXES: Final = ("stimuli", "repetitions", "neuroids")
"""What there may be more or fewer of."""
_ROTATIONS: Final = ("pls", "ridge", "ridgecv")
"""Metrics that see of features only which stimuli are alike, so that many of them become as many as stimuli."""
_FITTED: Final = ("pls", "ridge", "ridgecv", "linear", "linear_predictivity", "neuron_to_neuron")
"""Metrics that have a number for each neuroid."""
_DIVISIONS: Final = (2, 3, 4)
"""Into how many parts a recording is divided."""
_FEWEST_STIMULI: Final = 40
_FOLDS: Final = 5
"""Every stimulus is tested once, so that no luck of random splits is taken for that of stimuli."""
REPEATS: Final = 10
"""Divisions of each kind; errors are then known to about a tenth."""


@dataclass(frozen=True)
class Power:
    """Expected standard errors of a recording of any size, and what it takes to tell two models apart."""

    names: tuple[str, str]
    scores: tuple[Score, Score]
    """On the whole recording."""
    recorded: Mapping[str, int]
    """How many stimuli, repetitions and neuroids there are."""
    errors: Mapping[str, Mapping[str, ErrorLaw]]
    """Of both scores by name, and of their ``difference``: by what is varied, all else being as recorded."""
    variances: Mapping[str, float]
    """Of the difference: what ``stimuli``, ``neuroids`` and the noise of ``responses`` contribute to it as recorded."""
    difference: float
    """True difference that is to be found."""
    power: float
    level: float

    def needed(self, axis: str) -> float:
        """Return how many of these tell `difference` apart, all else being as recorded; infinity where none do."""
        law = self.errors["difference"].get(axis)
        return math.inf if law is None else law.needed(self.difference, power=self.power, level=self.level)

    def factor(self) -> float:
        """Return how many times as many of all that is sampled, stimuli and neuroids, tell `difference` apart."""
        allowed = (self.difference / float(ndtri(self.power) - ndtri(self.level / 2))) ** 2
        sampled, noise = self.variances["stimuli"] + self.variances["neuroids"], self.variances["responses"]
        return (sampled + math.sqrt(sampled**2 + 4 * allowed * noise)) / (2 * allowed)

    def sentence(self) -> str:
        """Say it: ``to tell .01 apart with power .8: 1,900 stimuli or 14 repetitions``."""
        axes = [axis for axis in AXES if axis in self.errors["difference"]]
        enough = [f"{_rounded(self.needed(axis)):,} {axis}" for axis in axes if math.isfinite(self.needed(axis))]
        never = [axis for axis in axes if math.isinf(self.needed(axis))]
        head = f"to tell {_short(self.difference)} apart with power {_short(self.power)}: "
        if enough:
            return head + " or ".join(enough) + (f"; more {' or '.join(never)} alone will not do" if never else "")
        return f"{head}{self.factor():.2g} times as many stimuli and neuroids; more of one alone will not do"


def power(
    features: Mapping[str, Any],
    recording: Any,
    metric: str = "pls",
    *,
    difference: float = 0.01,
    power: float = 0.8,
    level: float = 0.05,
    over: Sequence[str] = ("stimuli", "neuroids"),
    repeats: int = REPEATS,
    **settings: Any,
) -> Power:
    """Say how large a recording must be to tell two models apart.

    Parts of what was recorded, which share nothing, are scored anew. From their spread follow the variance that each
    stimulus, each neuroid and each response brings in, and from these the standard errors of a recording of any size,
    to about a fifth. Scores are compared at a fixed ceiling.

    Parameters
    ----------
    features
        Of two models by name, as `score` takes them: with names of the stimuli, or rows in the order of the recording.
    recording
        What ``load_recording`` returns; or responses as ``score`` takes them, with repetitions in rows or as the first
        axis. Without repetitions, nothing is known of the noise.
    metric
        As in `score`; one that has a number for each neuroid.
    difference
        True difference of the two scores that is to be found, on their scale.
    power
        Chance to find it.
    level
        Of the two-sided test.
    over
        What a result is to hold for: others of these than were recorded. With ``("stimuli",)``, for these neuroids.
    repeats
        Divisions into parts, of each kind.
    **settings
        Of `score`. Unless they say otherwise (``splits``, ``folds``), stimuli are dealt into five folds.

    Raises
    ------
    RecordingError
        When there are not two models, fewer than 80 stimuli, the metric has no number for each neuroid, or features do
        not fit the recording.

    """
    if not over or set(over) - {"stimuli", "neuroids"}:
        raise RecordingError(f"A result holds for other stimuli, other neuroids, or both; {list(over)} are neither.")
    if metric not in _FITTED:
        raise RecordingError(f"The metric {metric} has no number for each neuroid; give one of {', '.join(_FITTED)}.")
    if len(features) != 2:
        raise RecordingError(f"Power is that of a difference of two models, and {len(features)} were given; give two.")
    cube, ids = _cube(recording)
    stimuli, neuroids, repetitions = cube.shape[1], cube.shape[2], cube.shape[0]
    if stimuli < 2 * _FEWEST_STIMULI:
        raise RecordingError(
            f"The recording has {stimuli} stimuli, too few for parts of it to be scored; give {2 * _FEWEST_STIMULI} or "
            "more."
        )
    if not {"splits", "folds", "test_size"} & settings.keys():
        settings["folds"] = _FOLDS
    names = tuple(features)
    tables = [_aligned(features[name], ids, metric) for name in names]
    mean = cube.mean(axis=0)
    more = {"ceiling": cube} if repetitions > 1 else {}
    whole = [_scored(table, mean, metric, settings | more) for table in tables]
    by_neuroid = [_by_neuroid(each) for each in whole]
    scales = [_scale(each) for each in whole]

    def of_stimuli(rows: NDArray[np.intp]) -> FloatArray:
        return np.array(
            [
                scale(_scored(table[rows], mean[rows], metric, settings).raw)
                for table, scale in zip(tables, scales, strict=True)
            ]
        )

    def of_neuroids(rows: NDArray[np.intp]) -> FloatArray:
        pairs = zip(by_neuroid, scales, strict=True)
        return np.array([scale(float(np.nanmedian(each[rows]))) for each, scale in pairs])

    divisions = [parts for parts in _DIVISIONS if stimuli // parts >= _FEWEST_STIMULI]
    per_stimulus = _slopes(of_stimuli, stimuli, divisions, repeats)
    divisions = [parts for parts in _DIVISIONS if neuroids // parts >= 2]
    per_neuroid = _slopes(of_neuroids, neuroids, divisions, 10 * repeats) if divisions else np.zeros(3)
    per_response = np.zeros(3)
    if repetitions > 1:
        per_response = _noise(cube, tables, scales, metric, settings, repeats) * stimuli * neuroids
    if "neuroids" not in over:
        per_neuroid = np.zeros(3)
    if "stimuli" not in over:
        per_stimulus = np.zeros(3)
    laws = {
        name: _laws(float(a), float(b), float(c), (stimuli, neuroids, repetitions))
        for name, a, b, c in zip((*names, "difference"), per_stimulus, per_neuroid, per_response, strict=True)
    }
    known = {"stimuli": stimuli, "neuroids": neuroids} | ({"repetitions": repetitions} if repetitions > 1 else {})
    noise = float(per_response[2]) / (stimuli * neuroids * repetitions)
    variances = {
        "stimuli": max(float(per_stimulus[2]) / stimuli - noise, 0.0),
        "neuroids": max(float(per_neuroid[2]) / neuroids - noise, 0.0),
        "responses": noise,
    }
    return Power((names[0], names[1]), (whole[0], whole[1]), known, laws, variances, difference, power, level)


def _laws(
    per_stimulus: float, per_neuroid: float, per_response: float, sizes: tuple[int, int, int]
) -> dict[str, ErrorLaw]:
    """Return the error as a function of each axis, from what one of each adds to the variance.

    What stimuli, and what neuroids add, was found with all else as recorded, and so has the noise of their responses.
    """
    stimuli, neuroids, repetitions = sizes
    noise = per_response / repetitions
    stimulus = max(per_stimulus - noise / neuroids, 0.0)
    neuroid = max(per_neuroid - noise / stimuli, 0.0)
    laws = {
        "stimuli": ErrorLaw(math.sqrt(neuroid / neuroids), stimulus + noise / neuroids),
        "neuroids": ErrorLaw(math.sqrt(stimulus / stimuli), neuroid + noise / stimuli),
    }
    if repetitions > 1:
        floor = math.sqrt(stimulus / stimuli + neuroid / neuroids)
        laws["repetitions"] = ErrorLaw(floor, per_response / (stimuli * neuroids))
    return laws


def _slopes(
    values: Callable[[NDArray[np.intp]], FloatArray], count: int, divisions: Sequence[int], repeats: int
) -> FloatArray:
    """Return what one of `count` adds to the variance of both scores and of their difference, shape (3,).

    All are divided at random into parts that share nothing, as two recordings do; the variance of such parts is that
    of recordings of their size.
    """
    generator = _generator()
    sizes, errors = [], []
    for parts in divisions:
        size = count // parts
        found = []
        for _ in range(repeats):
            order = generator.permutation(count)
            scores = [values(np.sort(order[size * part : size * (part + 1)])) for part in range(parts)]
            found.append(_variances(scores))
        sizes.append(size)
        errors.append(np.sqrt(np.mean(found, axis=0)))
    if len(sizes) == 1:
        return np.asarray(sizes[0] * errors[0] ** 2)
    return np.array(
        [fit_error_law(sizes, each, floor=False).slope if (each > 0).all() else 0.0 for each in np.transpose(errors)]
    )


def _noise(
    cube: FloatArray,
    tables: Sequence[FloatArray],
    scales: Sequence[Callable[[float], float]],
    metric: str,
    settings: Mapping[str, Any],
    repeats: int,
) -> FloatArray:
    """Return what one repetition of all stimuli adds to the variances, shape (3,).

    The repetitions of each stimulus are divided into halves. The mean of half of them is noisier, so that raw scores
    are lower by the root of the reliabilities; they are raised by that.
    """
    repetitions = len(cube)
    half = repetitions // 2
    generator = _generator()
    noise = cube.var(axis=0, ddof=1).mean()
    signal = max(float(cube.mean(axis=0).var(axis=0, ddof=1).mean() - noise / repetitions), 1e-12)
    raised = math.sqrt((signal + noise / half) / (signal + noise / repetitions))
    found = []
    for _ in range(repeats):
        order = np.argsort(generator.random(cube.shape[:2]), axis=0)
        halves = []
        for chosen in (order[:half], order[half : 2 * half]):
            part = np.take_along_axis(cube, chosen[:, :, np.newaxis], axis=0).mean(axis=0)
            raws = [_scored(table, part, metric, settings).raw for table in tables]
            halves.append(np.array([scale(raised * raw) for raw, scale in zip(raws, scales, strict=True)]))
        found.append(_variances(halves))
    return np.asarray(np.mean(found, axis=0) * half, dtype=np.float64)


def _variances(scores: Sequence[FloatArray]) -> FloatArray:
    """Return the variance over parts of both scores, and of their difference."""
    values = np.asarray(scores)
    return np.asarray(np.var(np.column_stack([values, values[:, 1] - values[:, 0]]), axis=0, ddof=1))


def _generator() -> np.random.Generator:
    return np.random.Generator(np.random.Philox(key=0))


def _scored(features: FloatArray, responses: FloatArray, metric: str, settings: Mapping[str, Any]) -> Score:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RecordingWarning)  # of the error over few splits, which is not used here
        return score(features, responses, metric, subject=None, **settings)


def _scale(found: Score) -> Callable[[float], float]:
    """Return what makes a score of a raw score, at the ceiling of the whole recording."""
    if found.normalisation not in FORMULAS:
        raise RecordingError(
            f"Power is not computed for the normalisation {found.normalisation}; give one of {', '.join(FORMULAS)}."
        )
    return lambda raw: normalised(raw, found.ceiling, found.normalisation)


def _by_neuroid(found: Score) -> FloatArray:
    assert found.values is not None  # the metrics that are fitted have a number for each split and neuroid
    return np.asarray(found.values.mean("split").values, dtype=np.float64)


def _cube(recording: Any) -> tuple[FloatArray, list[Any]]:
    """Return responses (repetition, stimulus, neuroid), as many repetitions as every stimulus has, and the ids."""
    shape = np.shape(recording)
    named = in_one_form(recording, range(shape[-2]) if len(shape) in (2, 3) else None)
    if OTHER_ROWS in named.dims:
        raise RecordingError("The recording is of dissimilarities, which no parts of neuroids have; give responses.")
    ids = list(dict.fromkeys(named[STIMULUS].values.tolist()))
    place = {name: number for number, name in enumerate(ids)}
    rows: list[list[int]] = [[] for _ in ids]
    for row, name in enumerate(named[STIMULUS].values.tolist()):
        rows[place[name]].append(row)
    repetitions = min(map(len, rows))
    values = np.asarray(named.values, dtype=np.float64)
    cube = np.stack([values[[each[time] for each in rows]] for time in range(repetitions)])
    if not np.isfinite(cube).all():
        raise RecordingError(
            f"The recording has responses that are no numbers among the first {repetitions} repetitions of each "
            "stimulus; leave out these neuroids or stimuli."
        )
    return cube, ids


def _aligned(features: Any, ids: list[Any], metric: str) -> FloatArray:
    matrix = read_matrix(features, "features", [])
    values = np.asarray(matrix.values, dtype=np.float64)
    if matrix.rows is not None and not matrix.rows.numbered:
        values = values[match_names(ids, [list(matrix.rows.values)], "recording", "features")]
    elif len(values) != len(ids):
        raise RecordingError(f"Features of {len(values)} stimuli do not fit the {len(ids)} of the recording.")
    if metric in _ROTATIONS and values.shape[1] > len(values):
        left, singular, _ = np.linalg.svd(values - values.mean(axis=0), full_matrices=False)
        values = left * singular
    return values


def _rounded(count: float) -> int:
    """Return a number with two digits, as nothing more is known of it; small ones as they are."""
    if count < 100:
        return int(count)
    digits = 10 ** (len(str(int(count))) - 2)
    return int(math.ceil(count / digits) * digits)


def _short(value: float) -> str:
    return f"{value:g}".replace("0.", ".", 1) if 0 < value < 1 else f"{value:g}"
