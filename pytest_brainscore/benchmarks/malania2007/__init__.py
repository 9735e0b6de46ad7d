"""Malania 2007: do flankers raise the smallest vernier offset that a model sees as much as that of people?

Two lines, one above the other, and to which side the lower one is shifted; alone, and between shorter, equal or longer
lines, 2 to 16 of them. Malania, Herzog & Westheimer (2007), https://doi.org/10.1167/7.2.1.

Importing this module is light: definitions only.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.data.catalogue import FileSetKind
from pytest_brainscore.data.citations import cite

VISUAL_DEGREES: Final = 2.986667
CEILINGS: Final = {
    "short2": 0.78719345,
    "short4": 0.49998989,
    "short6": 0.50590051,
    "short8": 0.4426336,
    "short16": 0.8383443,
    "equal2": 0.56664015,
    "long2": 0.46470421,
    "equal16": 0.44087153,
    "long16": 0.50996587,
}
"""Published similarity of the subjects' threshold elevations with one another, by condition: length and number of
flankers."""
ACUITY_CEILING: Final = 0.70168481
BASELINE: Final = "vernier_only"
"""The condition without flankers."""


def name_of(condition: str) -> str:
    """Return the name of a condition's data in the catalogue."""
    return f"Malania2007.{condition}"


def fitting_name_of(condition: str) -> str:
    """Return the name of the images that a model learns a condition's task from."""
    return f"{name_of(condition)}_fit"


def conditions_of(benchmark: Benchmark) -> tuple[str, ...]:
    """Return the conditions that a benchmark reads: one, or for the acuity all with flankers."""
    condition = benchmark.assembly.removeprefix(name_of(""))
    return tuple(CEILINGS) if condition == BASELINE else (condition,)


def _reads(conditions: tuple[str, ...], *, shown: bool) -> tuple[tuple[FileSetKind, str], ...]:
    """Return what is read: fitting images and thresholds of conditions, and, where these are shown, their images."""
    names: list[tuple[FileSetKind, str]] = [("stimulus_set", name_of(BASELINE)), ("assembly", name_of(BASELINE))]
    for condition in conditions:
        names += [("stimulus_set", fitting_name_of(condition)), ("assembly", name_of(condition))]
        names += [("stimulus_set", name_of(condition))] if shown else []
    return tuple(names)


def _elevation(condition: str) -> Benchmark:
    return Benchmark(
        identifier=f"Malania2007.{condition}-threshold_elevation",
        version=1,
        parents=("Malania2007",),
        region="probabilities",
        metric="threshold_elevation",
        ceiling=CEILINGS[condition],
        normalisation="r/c",
        stimulus_set=name_of(condition),
        fitting_stimulus_set=fitting_name_of(condition),
        assembly=name_of(condition),
        visual_degrees=VISUAL_DEGREES,
        number_of_trials=10,
        citation=cite("Malania2007"),
        cost=60.0,
        protocol=f"{__name__}.protocol:elevation_score",
        data=f"{__name__}.protocol:ThresholdData",
        reads=_reads((condition,), shown=True),
    )


def further_benchmarks() -> tuple[Benchmark, ...]:
    """Return the threshold elevations of nine conditions, and the acuity without flankers."""
    elevations = tuple(_elevation(condition) for condition in CEILINGS)
    acuity = replace(
        elevations[0],
        identifier="Malania2007.vernieracuity-threshold",
        metric="threshold",
        ceiling=ACUITY_CEILING,
        normalisation="mean(min(r/c,1))",
        stimulus_set=name_of(BASELINE),
        assembly=name_of(BASELINE),
        cost=500.0,
        protocol=f"{__name__}.protocol:acuity_score",
        # Fitting images, and subjects, are those of each condition with flankers in turn.
        fitting_stimulus_set="",
        reads=_reads(tuple(CEILINGS), shown=False),
    )
    return (*elevations, acuity)
