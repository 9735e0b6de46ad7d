"""The floor beside a score: what the same architecture reaches without training, and what pixels reach."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from pytest_brainscore.scoring.seeds import mean_over_seeds


class FloorScore(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What lies below a score on one benchmark or parent."""

    untrained: list[float | None] = []
    """Scores of the untrained twins, in the order of the seeds; null for one without."""
    mean: float | None = None
    """Of the untrained twins that have a score; null without any."""
    low: float | None = None
    """Lower end of the 95 % interval of that mean over seeds; null with fewer than two of them."""
    high: float | None = None
    """Its upper end."""
    pixels: float | None = None
    """Score of the pixels; null where they have none."""


class Floor(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The floor beside the scores of one model."""

    seeds: list[int]
    """Of the weights of its untrained twins."""
    scores: dict[str, FloorScore] = {}
    """By benchmark, and by parent: of these the site-comparable means."""
    reasons: list[str] = []
    """Why some of them are missing, each reason once."""


def floor_score(untrained: Sequence[float | None], pixels: float | None = None) -> FloorScore:
    """Return the floor of one benchmark, with the mean over seeds and its 95 % interval (Student's t)."""
    mean, low, high = mean_over_seeds(untrained)
    return FloorScore(untrained=list(untrained), mean=mean, low=low, high=high, pixels=pixels)


def floor_of(
    seeds: Sequence[int],
    twins: Sequence[Mapping[str, float]],
    pixels: Mapping[str, float],
    names: Sequence[str],
    reasons: Sequence[str] = (),
) -> Floor:
    """Return the floor beside the scores of a model.

    Parameters
    ----------
    seeds
        Of the untrained twins.
    twins
        Scores of each twin, by benchmark or parent.
    pixels
        Scores of the pixels, likewise.
    names
        Benchmarks and parents that the model itself has a score on.
    reasons
        Why something is missing.

    """
    scores = {
        name: floor_score([twin.get(name) for twin in twins], pixels.get(name))
        for name in names
        if name in pixels or any(name in twin for twin in twins)
    }
    return Floor(seeds=list(seeds), scores=scores, reasons=list(dict.fromkeys(reasons)))
