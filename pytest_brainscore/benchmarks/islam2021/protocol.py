"""How dimensions of shape and texture are counted in a region of a model."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple, cast

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from pytest_brainscore.benchmarks.islam2021 import FACTORS, factor_of
from pytest_brainscore.benchmarks.shared.behavior import as_identifiers, require_columns
from pytest_brainscore.benchmarks.shared.replicating import stimulus_units, with_replicates
from pytest_brainscore.errors import DataUnavailable, NoNumber
from pytest_brainscore.inference.levels import Design, Level
from pytest_brainscore.metrics.reliability.bootstrap import DRAWS, bootstrap, deviation
from pytest_brainscore.metrics.reliability.bootstrap import SEED as BOOTSTRAP_SEED
from pytest_brainscore.metrics.shared.aggregation import credible
from pytest_brainscore.metrics.similarity.factor_dimensionality import PairSums, indexed_pair_sums, weighted_share
from pytest_brainscore.models.asking import record_responses
from pytest_brainscore.scoring.score import Score

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.benchmarks.benchmark_data import BenchmarkData
    from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
    from pytest_brainscore.models.interface import BrainModel, RecordingTarget

PROTOCOL_REVISION: Final = 1
"""Raise it with every change of this family that may change a score."""
SEED: Final = 1751
"""Of Python's generator that draws the pairs, anew for each score."""
TIME_BIN: Final = (70, 170)
"""In milliseconds after stimulus onset."""


class Pairs(NamedTuple):
    """Images that share one factor and differ in the other: every image, and the one that was drawn for it."""

    other: NDArray[np.intp]
    """Row of the second image of each pair, shape (image,); the first is the image itself."""
    factors: NDArray[np.str_]
    """What both share, shape (image,)."""


def score(benchmark: Benchmark, model: BrainModel, data: BenchmarkData) -> Score:
    """Score the share of the dimensions of a region that encodes a factor; see `factor_dimensionality`.

    The images fill the model's input; they are not placed on a screen.

    Parameters
    ----------
    benchmark
        Says the factor and the region.
    model
        Afterwards it records from the region.
    data
        ``stimuli`` with ``texture``, ``shape`` and ``original_image_id``; their order decides which pairs are drawn.

    Returns
    -------
    Score
        Between 0 and 1, with a ceiling of 1. The error is the deviation of a bootstrap over original images (within
        shapes), whose versions in other textures are drawn together. ``values`` has the shares of all factors and what
        is left.

    Raises
    ------
    DataUnavailable
        When a column is missing, or an image has no other texture, or a texture no other shape.
    NoNumber
        When no unit varies over the images, or responses are not finite.

    """
    stimuli = data.stimuli
    factor = factor_of(benchmark)
    pairs = draw_pairs(stimuli)
    model.start_recording(cast("RecordingTarget", benchmark.region), [TIME_BIN])
    responses = record_responses(model, stimuli)
    sums = indexed_pair_sums(responses, np.arange(len(stimuli)), pairs.other, pairs.factors, names=FACTORS)
    units = responses.shape[1]

    def shares(weights: NDArray[np.float64], which: str = factor) -> NDArray[np.float64]:
        return weighted_share(weights, sums, pairs.factors, which, units, names=FACTORS)

    every = np.ones((1, len(stimuli)))
    by_factor = [float(shares(every, each)[0]) for each in FACTORS]
    value = by_factor[FACTORS.index(factor)]
    if np.isnan(value):
        raise NoNumber(f"No unit of {model.identifier} in {benchmark.region} varies over the images of Islam2021.")
    originals = as_identifiers(stimuli.table["original_image_id"])
    shapes = as_identifiers(stimuli.table["shape"])
    score = Score(
        value=value,
        error=_error(shares, originals, shapes),
        raw=value,
        ceiling=1.0,
        normalisation=benchmark.normalisation,
        n={
            "stimuli": len(stimuli),
            "units": units,
            **{f"{each}_pairs": int((pairs.factors == each).sum()) for each in FACTORS},
            "bootstraps": DRAWS,
        },
        provenance={
            "protocol": PROTOCOL_REVISION,
            "stimuli": stimuli.digest(),
            "seed": SEED,
            "bootstrap_seed": BOOTSTRAP_SEED,
        },
        values=xr.DataArray([*by_factor, 1 - sum(by_factor)], {"factor": [*FACTORS, "residual"]}, ("factor",)),
    )
    drawn = stimulus_units(benchmark, originals, shapes)
    ordered = PairSums(drawn.sort(sums.covariance), drawn.sort(sums.variance))
    labels = drawn.sort(pairs.factors)
    level = Level(drawn, lambda weights: weighted_share(weights, ordered, labels, factor, units, names=FACTORS))
    return with_replicates(score, Design((level,)))


def draw_pairs(stimuli: StimulusSet) -> Pairs:
    """Draw for every image another one with the same shape (the same object in another texture) or the same texture.

    Python's generator, seeded anew, chooses what is shared, then the other texture or the other shape among those of
    the set, sorted; and of the images of that shape one, in the order of the table.

    Raises
    ------
    DataUnavailable
        When a column is missing, or there is no candidate.

    """
    require_columns(stimuli, "texture", "shape", "original_image_id")
    textures, shapes, originals = (
        as_identifiers(stimuli.table[name]) for name in ("texture", "shape", "original_image_id")
    )
    of_original, of_texture_and_shape = _members(originals), _members(textures, shapes)
    known = {name: sorted(set(stimuli.table[name].tolist())) for name in ("texture", "shape")}
    own = {name: stimuli.table[name].tolist() for name in known}
    generator = random.Random(SEED)  # noqa: S311  # the published draw
    other, factors = [], []
    for row in range(len(stimuli)):
        factor = generator.choice(FACTORS)
        different = "texture" if factor == "shape" else "shape"
        choices = [each for each in known[different] if each != own[different][row]]
        if not choices:
            raise DataUnavailable(
                f"The stimulus set {stimuli.identifier} has one {different} only; take the images as published."
            )
        chosen = str(as_identifiers([generator.choice(choices)])[0])
        if factor == "shape":
            versions = of_original[(originals[row],)]
            candidates = versions[textures[versions] == chosen]
        else:
            candidates = of_texture_and_shape.get((textures[row], chosen), np.empty(0, dtype=np.intp))
        if not candidates.size:
            raise DataUnavailable(
                f"The image {stimuli.table['stimulus_id'].iloc[row]} of {stimuli.identifier} has no other in the "
                f"{different} {chosen}; take the images as published."
            )
        # Of versions in one texture there is one, and nothing is drawn.
        other.append(candidates[0 if factor == "shape" else generator.randrange(candidates.size)])
        factors.append(factor)
    if len(set(factors)) < len(FACTORS):
        raise DataUnavailable(f"The stimulus set {stimuli.identifier} has too few images; take them as published.")
    return Pairs(np.array(other, dtype=np.intp), np.array(factors, dtype=np.str_))


def _members(*names: NDArray[np.str_]) -> dict[tuple[str, ...], NDArray[np.intp]]:
    """Return the rows of each name, or of each combination of names, ascending."""
    found: dict[tuple[str, ...], list[int]] = {}
    for row, key in enumerate(zip(*(each.tolist() for each in names), strict=True)):
        found.setdefault(key, []).append(row)
    return {key: np.array(rows, dtype=np.intp) for key, rows in found.items()}


def _error(
    shares: Callable[[NDArray[np.float64]], NDArray[np.float64]], originals: NDArray[np.str_], shapes: NDArray[np.str_]
) -> float:
    """Return the deviation of a share when original images are drawn anew."""
    distinct, first, codes = np.unique(originals, return_index=True, return_inverse=True)
    draws = bootstrap(lambda weights: shares(weights[:, codes]), shapes[first])
    return credible(deviation(draws), distinct.size)
