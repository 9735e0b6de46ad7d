"""Choosing layers by their scores, as the published system does: once, when asked for, with the evidence kept.

Importing this module is light.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from pytest_brainscore.benchmarks import load_benchmark
from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.errors import BenchmarkError, DataUnavailable, NoNumber, NotCapable

if TYPE_CHECKING:
    from pytest_brainscore.models.commitment.commitment import LayerCommitment, LayerSelection
    from pytest_brainscore.models.layer_mapped.candidate_layers import CandidateLayers
    from pytest_brainscore.scoring.score import Score

REGION_BENCHMARKS: Final = {
    "V1": "FreemanZiemba2013public.V1-pls",
    "V2": "FreemanZiemba2013public.V2-pls",
    "V4": "MajajHong2015public.V4-pls",
    "IT": "MajajHong2015public.IT-pls",
}
"""What the published system chooses the layer of each region by."""


@dataclass(frozen=True)
class RegionScores:
    """How candidate layers fared in one region."""

    region: str
    benchmark: Benchmark
    scores: Mapping[str, Score] = field(default_factory=dict)
    """By layer, in the order of the candidates."""
    without_score: Mapping[str, str] = field(default_factory=dict)
    """Why the other candidates have none."""
    unavailable: str | None = None
    """Why none has; the region keeps its layer then."""

    @property
    def best(self) -> str | None:
        """Layer with the highest score, the first of equal ones; None where there is none."""
        return max(self.scores, key=lambda layer: self.scores[layer].value, default=None)


def region_benchmarks(regions: Sequence[str], others: Mapping[str, str] | None = None) -> dict[str, Benchmark]:
    """Return the benchmark of each region.

    Parameters
    ----------
    regions
        V1, V2, V4, IT.
    others
        Benchmark, by name or ``IDENTIFIER@VERSION``, instead of the one of the published system.

    Raises
    ------
    BenchmarkError
        A region or a benchmark is unknown, or a benchmark scores another region, or its region is not asked for.

    """
    for region in (*regions, *(others or {})):
        if region not in REGION_BENCHMARKS:
            raise BenchmarkError(f"There is no region {region!r}; use {', '.join(REGION_BENCHMARKS)}.")
    unused = [region for region in others or {} if region not in regions]
    if unused:
        raise BenchmarkError(f"A benchmark is given for {unused[0]}, which is not among the regions; add it there.")
    chosen = {region: load_benchmark((others or {}).get(region, REGION_BENCHMARKS[region])) for region in regions}
    for region, benchmark in chosen.items():
        if benchmark.region != region:
            raise BenchmarkError(
                f"{benchmark.identifier} scores {benchmark.region}, so it cannot choose a layer for {region}; give one "
                f"that scores {region}."
            )
    return chosen


def score_layers(candidates: CandidateLayers, benchmarks: Mapping[str, Benchmark]) -> dict[str, RegionScores]:
    """Score every candidate layer in every region.

    The network runs once over each stimulus set, whatever the number of layers and regions.

    Parameters
    ----------
    candidates
        The layers; afterwards the last one is chosen.
    benchmarks
        By region, see `region_benchmarks`.

    Returns
    -------
    dict
        Results by region. A region whose data cannot be had has a reason instead of scores; so has a layer that a
        benchmark has no number for, such as one with too few units.

    """
    reasons = {region: benchmark.unavailable() for region, benchmark in benchmarks.items()}
    scores: dict[str, dict[str, Score]] = {region: {} for region in benchmarks}
    without: dict[str, dict[str, str]] = {region: {} for region in benchmarks}
    # Layer by layer, so that principal components are fitted once.
    for layer in candidates.candidates:
        candidates.choose(layer)
        for region, benchmark in benchmarks.items():
            if reasons[region] is not None:
                continue
            try:
                score = benchmark(candidates)
            except (DataUnavailable, NotCapable) as error:
                reasons[region] = str(error)
                continue
            except NoNumber as error:
                without[region][layer] = str(error)
                continue
            if math.isfinite(score.value):
                scores[region][layer] = score
            else:
                without[region][layer] = f"The score is {score.value}."
    return {
        region: RegionScores(region, benchmark, scores[region], without[region], reasons[region])
        for region, benchmark in benchmarks.items()
    }


def with_selection(
    commitment: LayerCommitment,
    candidates: CandidateLayers,
    results: Mapping[str, RegionScores],
    date: str,
) -> LayerCommitment:
    """Return a commitment to the best layers, with the evidence.

    Parameters
    ----------
    commitment
        What was committed before; regions without scores keep their layers.
    candidates
        What was scored.
    results
        See `score_layers`.
    date
        Day of the selection, ISO 8601.

    Raises
    ------
    BenchmarkError
        No region has a score.

    """
    import msgspec

    chosen = {region: best for region, result in results.items() if (best := result.best) is not None}
    if not chosen:
        reasons = dict.fromkeys(
            result.unavailable or next(iter(result.without_score.values()), "") for result in results.values()
        )
        told = "; ".join(reason.rstrip(".") for reason in reasons)
        raise BenchmarkError(f"No layer has a score, so there is nothing to commit to: {told}.")
    kept = [line for line in commitment.evidence.splitlines() if not line.startswith(tuple(f"{r}: by" for r in chosen))]
    said = [
        f"{region}: by the scores of {date}, see selection.{region}; this replaces what is said above of {region}."
        for region in chosen
    ]
    return msgspec.structs.replace(
        commitment,
        layers={**commitment.layers, **chosen},
        time_course={region: steps for region, steps in commitment.time_course.items() if region not in chosen},
        visual_degrees=candidates.visual_degrees(),
        evidence="\n".join([*kept, *said]).lstrip("\n") + "\n",
        selection={
            **commitment.selection,
            **{region: _evidence(candidates, results[region], date) for region in chosen},
        },
    )


def _evidence(candidates: CandidateLayers, result: RegionScores, date: str) -> LayerSelection:
    from importlib.metadata import version

    from pytest_brainscore.models.commitment.commitment import LayerScore, LayerSelection

    provenance = next(iter(result.scores.values())).provenance
    return LayerSelection(
        benchmark=f"{result.benchmark.identifier}@{result.benchmark.version}",
        date=date,
        package=version("pytest-brainscore"),
        weights_sha256=candidates.description().weights_sha256,
        data_sha256=str(provenance.get("data_sha256", "")),
        stimuli_sha256=str(provenance.get("stimuli", "")),
        visual_degrees=candidates.visual_degrees(),
        components=candidates.components,
        components_fitted_to=candidates.fitted_to,
        scores={
            layer: LayerScore(score=float(score.value), error=float(score.error), raw=float(score.raw))
            for layer, score in result.scores.items()
        },
        without_score=dict(result.without_score),
    )
