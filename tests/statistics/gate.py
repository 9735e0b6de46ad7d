"""How often a gate is red without a reason, and how often with one.

    python -m tests.statistics.gate [--runs 400] [--replicates 500] [--seed 0]

False alarms: runs of 11 leaves of five families, each scored with two models that are equally good and noisy; a run is
red when any leaf is. Power: accuracies of two models that find mostly the same images hard, whose true difference is
two paired standard errors, found by the paired test and by one of independent scores.
"""

from __future__ import annotations

import argparse
from functools import partial

import numpy as np
from scipy.special import ndtri

from pytest_brainscore.inference.differences import paired_difference, score_error
from pytest_brainscore.inference.gate import judge
from pytest_brainscore.inference.levels import replicates
from tests.statistics.families import FAMILIES
from tests.statistics.simulated import Family, dissimilarity, distribution, predictivity, share_right

LEAVES = ("predictivity", "dissimilarity", "error consistency", "accuracy", "distribution")
SMALL: dict[str, Family] = FAMILIES | {
    "predictivity": partial(predictivity, stimuli=120, neurons=40),
    "dissimilarity": partial(dissimilarity, stimuli=40),
    "distribution": distribution,
}
"""Recordings that are quick to score."""


def main() -> None:
    """Print both shares."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=400)
    parser.add_argument("--replicates", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    red = false_alarms(arguments.runs, arguments.replicates, arguments.seed)
    print(f"red without a reason: {red:.3f} of {arguments.runs} runs of 11 leaves", flush=True)
    paired, unpaired = power(arguments.runs, arguments.replicates, arguments.seed)
    print(f"two paired standard errors: found in {paired:.3f} of recordings, unpaired {unpaired:.3f}", flush=True)


def false_alarms(runs: int, count: int, seed: int = 0) -> float:
    """Return the share of red runs."""
    red = 0
    for run in range(runs):
        differences = {}
        for place in range(11):
            family = LEAVES[place % len(LEAVES)]
            name = f"{family} {place}"
            models = SMALL[family](
                np.random.default_rng([run, place, seed]), f"{name} of run {run}, {seed}", alike=True
            )
            first, second = (replicates(model.value, model.design, count=count) for model in models)
            differences[name] = paired_difference(first, second)
        red += any(each.decision == "regressed" for each in judge(differences).values())
    return red / runs


def power(recordings: int, count: int, seed: int = 0) -> tuple[float, float]:
    """Return how often a difference is found, paired and not, two-sided at .05."""
    without = [
        share_right(np.random.default_rng([1, number, seed]), "spread", shared=3.0) for number in range(recordings)
    ]
    spread = float(np.std([second.value - first.value for first, second in without]))
    # How much more ability that takes, by bisection.
    better, step = 0.0, 0.5
    many = [np.random.default_rng([2, number, seed]).bit_generator.state for number in range(recordings)]
    for _ in range(12):
        gains = []
        for state in many:
            generator = np.random.default_rng()
            generator.bit_generator.state = state
            first, second = share_right(generator, "gain", better + step, shared=3.0)
            gains.append(second.value - first.value)
        better += step if np.mean(gains) < 2 * spread else 0.0
        step /= 2
    found = []
    for number in range(recordings):
        scored = share_right(np.random.default_rng([3, number, seed]), f"power {number}", better, shared=3.0)
        first_values, second_values = (replicates(each.value, each.design, count=count) for each in scored)
        difference = paired_difference(first_values, second_values)
        independent = np.hypot(score_error(first_values), score_error(second_values))
        found.append((difference.p < 0.05, abs(difference.value) / independent > -ndtri(0.025)))
    paired, unpaired = np.mean(found, axis=0)
    return float(paired), float(unpaired)


if __name__ == "__main__":
    main()
