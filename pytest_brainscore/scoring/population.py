"""The reference population: scores of other models, which give a score its rank, and the best and median to set it by.

A population is sparse: most models have a number on few benchmarks. Where nobody has one there is nothing to compare
with, and nothing is said; a missing number is never taken for 0.
"""

from __future__ import annotations

import csv
import math
import statistics
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from pytest_brainscore.resources import resource_folder

PUBLISHED_PAGE_MODEL = "squeezenet1_1"
"""The model whose published page is part of this package."""


@dataclass(frozen=True)
class Result:
    """The score of one model on one benchmark."""

    model: str
    """Name of the model."""
    identifier: str
    """Identifier of the benchmark."""
    version: int
    """Version of the benchmark; scores of different versions are not comparable."""
    score: float | None
    """Ceiling-normalised score; None or NaN where there is no number."""


@dataclass(frozen=True)
class Peers:
    """What the other models reach on a benchmark, and the rank of a score among them. All scores are within [0, 1]."""

    rank: int | None
    """1 + the number of other models with a higher score, so that ties share a rank; None without a score."""
    models: int
    """Models that have a number, the one that is ranked among them when it has one."""
    best: float
    """Highest score of the other models."""
    median: float
    """Median score of the other models."""


@dataclass(frozen=True)
class Population:
    """Scores of many models; made by :func:`population_of` or :func:`published_population`."""

    title: str
    """What it is made of, for the reader."""
    scores: Mapping[tuple[str, int], Mapping[str, float]]
    """Scores by model, for every benchmark (identifier and version) that has any."""

    def own(self, identifier: str, version: int, model: str) -> float | None:
        """Return the score that a model itself has in the population, None without one."""
        return self.scores.get((identifier, version), {}).get(model)

    def peers(self, identifier: str, version: int, score: float | None, model: str | None = None) -> Peers | None:
        """Return what the other models reach on a benchmark, and the rank of a score among them.

        The rank is the published one: 1 + the number of models that are strictly better, after scores are cut to
        [0, 1].

        Parameters
        ----------
        identifier, version
            The benchmark; other versions are not compared with.
        score
            Score to rank; None, NaN or infinite where there is none.
        model
            Its model; an entry of this name in the population is the same model, and is not compared with.

        Returns
        -------
        Peers | None
            None when no other model has a number on this benchmark in this version.

        """
        others = [other for name, other in self.scores.get((identifier, version), {}).items() if name != model]
        if not others:
            return None
        valid = score is not None and math.isfinite(score)
        mine = _cut(score) if score is not None and valid else math.nan
        return Peers(
            rank=1 + sum(other > mine for other in others) if valid else None,
            models=len(others) + valid,
            best=max(others),
            median=statistics.median(others),
        )


def population_of(results: Iterable[Result], title: str) -> Population:
    """Return a population of results in any order.

    A result without a number is left out, scores are cut to [0, 1], and a later result of a model on a benchmark
    replaces an earlier one.
    """
    scores: dict[tuple[str, int], dict[str, float]] = {}
    for result in results:
        if result.score is not None and math.isfinite(result.score):
            scores.setdefault((result.identifier, result.version), {})[result.model] = _cut(result.score)
    return Population(title, MappingProxyType({key: MappingProxyType(each) for key, each in scores.items()}))


@cache
def published_population() -> Population:
    """Return the published scores that are part of this package.

    These are 79 models on seven benchmarks, and the model page of squeezenet1_1 with its 55 numbers, which replace
    those of the older table for this model (its layers were chosen anew in between). It is a fraction of the models
    of the site, so ranks are other than the site's.
    """
    table = _rows(resource_folder("fixtures/population") / "published_models.csv")
    page = _rows(resource_folder("fixtures/tree") / "published" / f"{PUBLISHED_PAGE_MODEL}.csv")
    # Rows without version are parents.
    results = [*table, *({**row, "model": PUBLISHED_PAGE_MODEL} for row in page if row["version"])]
    return population_of((_result(row) for row in results), "79 models as once published (few benchmarks each)")


def _rows(path: Path) -> list[dict[str, str]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def _result(row: Mapping[str, str]) -> Result:
    """Return the result in a row of a table; ``X`` stands for a run without a number."""
    score = None if row["score"] == "X" else float(row["score"])
    return Result(row["model"], row["identifier"], int(row["version"]), score)


def _cut(score: float) -> float:
    """Return a score cut to [0, 1], the range that the published site ranks in."""
    return min(max(score, 0.0), 1.0)
