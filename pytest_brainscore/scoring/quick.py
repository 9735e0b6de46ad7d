"""What quick scores say of full ones: the calibration of each, from the differences that real networks had."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from pytest_brainscore.trees import QUICK

FEWEST = 3
"""Networks that tell an error, at least."""


class Expected(NamedTuple):
    """What the full score will be."""

    value: float
    """The quick score and the mean difference of the networks."""
    error: float
    """Root mean square of what is off when each network is predicted from the others."""
    networks: int
    """How many there were."""


class Scored(Protocol):
    """The record of a benchmark."""

    @property
    def identifier(self) -> str:
        """Identifier of the benchmark."""

    @property
    def parent(self) -> str | None:
        """Its parent."""

    @property
    def model(self) -> str:
        """The model."""

    @property
    def score(self) -> float | None:
        """The score."""

    @property
    def details(self) -> Mapping[str, Any]:
        """Has ``quick`` where the benchmark is a quick one."""


def expected(quick: float, differences: Sequence[float]) -> Expected | None:
    """Return what the full score of a network is expected to be.

    Parameters
    ----------
    quick
        Its quick score.
    differences
        Full minus quick score of each network of the calibration.

    Returns
    -------
    Expected
        None with fewer than three networks, which tell no error. The mean of the others is off by
        n / (n - 1) of what the mean of all is off by: that is the honest error for a network that was not among them.

    """
    count = len(differences)
    if count < FEWEST:
        return None
    mean = math.fsum(differences) / count
    spread = math.sqrt(math.fsum((each - mean) ** 2 for each in differences) / count)
    return Expected(quick + mean, spread * count / (count - 1), count)


def expectations(records: Sequence[Scored]) -> Iterator[tuple[str, str, float, Expected | None]]:
    """Yield what full scores are to be expected: model, leaf or parent, quick score, expectation.

    Parameters
    ----------
    records
        Of one run; those that are not quick, or have no score, are passed over. A mean over leaves is expected with the
        error that such means had, which is smaller than those of the leaves.

    """
    quick = [each for each in records if QUICK in each.details and each.score is not None]
    for model in dict.fromkeys(each.model for each in quick):
        mine = [each for each in quick if each.model == model]
        for parent in dict.fromkeys(each.parent or "" for each in mine):
            below = [each for each in mine if each.parent == parent]
            scores = [each.score for each in below if each.score is not None]
            differences = [each.details[QUICK]["differences"] for each in below]
            joint = [math.fsum(values) / len(values) for values in zip(*differences, strict=False)]
            yield model, parent, (value := math.fsum(scores) / len(scores)), expected(value, joint)
            for each, score, known in zip(below, scores, differences, strict=True):
                yield model, each.identifier, score, expected(score, known)
