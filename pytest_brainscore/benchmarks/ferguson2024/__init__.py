"""Ferguson et al. 2024: is it as much easier for a model as for people to find A among B than B among A?

Fourteen visual search experiments of Ferguson, Ngo, Lee, DiCarlo & Schrimpf (2024),
https://doi.org/10.17605/OSF.IO/5BA3N: is there an oddball among 1, 5 or 11 distractors? Target and distractor change
their roles between two blocks.

Importing this module is light: definitions only.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.data.citations import cite

VISUAL_DEGREES: Final = 8.0


class SearchExperiment(NamedTuple):
    """One experiment: a pair of items that differ in one feature."""

    name: str
    ceiling: float
    """Published similarity of random halves of the trials."""
    lapse_rate: float
    """Published share of trials in which the subjects guess."""


# Ceilings and lapse rates as published.
EXPERIMENTS: Final = (
    SearchExperiment("circle_line", 0.883, 0.0335),
    SearchExperiment("color", 0.897, 0.0578),
    SearchExperiment("convergence", 0.862, 0.0372),
    SearchExperiment("eighth", 0.852, 0.05556),
    SearchExperiment("gray_easy", 0.907, 0.0414),
    SearchExperiment("gray_hard", 0.863, 0.02305),
    SearchExperiment("half", 0.898, 0.0637),
    SearchExperiment("juncture", 0.767, 0.3715),
    SearchExperiment("lle", 0.831, 0.0573),
    SearchExperiment("llh", 0.812, 0.0402),
    SearchExperiment("quarter", 0.876, 0.0534),
    SearchExperiment("round_f", 0.874, 0.08196),
    SearchExperiment("round_v", 0.853, 0.0561),
    SearchExperiment("tilted_line", 0.912, 0.04986),
)


def experiment_of(benchmark: Benchmark) -> SearchExperiment:
    """Return the experiment that a benchmark belongs to."""
    return next(each for each in EXPERIMENTS if benchmark.assembly == f"Ferguson2024_{each.name}")


def _value_delta(experiment: SearchExperiment) -> Benchmark:
    return Benchmark(
        identifier=f"Ferguson2024{experiment.name}-value_delta",
        version=1,
        parents=("average_vision", "behavior_vision", "Ferguson2024"),
        region="probabilities",
        metric="value_delta",
        ceiling=experiment.ceiling,
        normalisation="r/c",
        stimulus_set=f"Ferguson2024_{experiment.name}",
        assembly=f"Ferguson2024_{experiment.name}",
        fitting_stimulus_set=f"Ferguson2024_{experiment.name}_training_stimuli",
        visual_degrees=VISUAL_DEGREES,
        number_of_trials=3,
        citation=cite("Ferguson2024"),
        cost=60.0,
        protocol=f"{__name__}.protocol:value_delta_score",
    )


BENCHMARKS: Final = tuple(_value_delta(experiment) for experiment in EXPERIMENTS)
"""The fourteen benchmarks in the order of the score tree."""
