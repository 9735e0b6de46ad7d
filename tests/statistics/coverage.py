"""How often the 95 % interval of a difference covers the truth, over simulated recordings.

    python -m tests.statistics.coverage [--recordings 500] [--replicates 500] [--seed 0] [--family predictivity ...]

The truth is the mean difference over all recordings, whose own error is a twentieth of their spread: it changes
coverage by about .001. Of 500 intervals that cover with probability .95, between 465 and 485 do in most cases
(.93 to .97). Beside it: the standard deviation of the difference over recordings, the mean error that intervals claim,
and that of scores which are compared as if they were independent.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from pytest_brainscore.inference.differences import paired_difference, quantile, score_error
from pytest_brainscore.inference.levels import replicates
from tests.statistics.families import FAMILIES
from tests.statistics.simulated import Array


def main() -> None:
    """Print a line for every family."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recordings", type=int, default=500)
    parser.add_argument("--replicates", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--family", nargs="+", default=list(FAMILIES), choices=list(FAMILIES))
    arguments = parser.parse_args()
    for family in arguments.family:
        start = time.process_time()
        differences, centres, errors, unpaired, freedoms = simulate(
            family, arguments.recordings, arguments.replicates, arguments.seed
        )
        truth = differences.mean()
        covered = [
            np.abs(centres - truth) <= np.array([quantile((1 + level) / 2, each) for each in freedoms]) * errors
            for level in (0.90, 0.95, 0.99)
        ]
        print(
            f"{family:26s} covered {np.mean(covered[1]):.3f} (90 %: {np.mean(covered[0]):.3f}, "
            f"99 %: {np.mean(covered[2]):.3f}); spread {differences.std():.4f}, "
            f"error {np.sqrt(np.mean(errors**2)):.4f}, unpaired {np.sqrt(np.mean(unpaired**2)):.4f}; "
            f"{(time.process_time() - start) / arguments.recordings * 1e3:.0f} ms each",
            flush=True,
        )


def simulate(family: str, recordings: int, count: int, seed: int = 0) -> tuple[Array, Array, Array, Array, Array]:
    """Return differences, centres of intervals, errors, those of independent scores, and degrees of freedom."""
    rows = []
    for number in range(recordings):
        generator = np.random.default_rng([list(FAMILIES).index(family), number, *([seed] if seed else [])])
        models = FAMILIES[family](generator, f"{family} {number} of {seed}", 0.0)
        first, second = (replicates(model.value, model.design, count=count) for model in models)
        difference = paired_difference(first, second)
        rows.append(
            (
                *(difference.value, difference.centre, difference.error),
                *(np.hypot(score_error(first), score_error(second)), difference.freedom),
            )
        )
    values, centres, errors, unpaired, freedoms = np.array(rows).T
    return values, centres, errors, unpaired, freedoms


if __name__ == "__main__":
    main()
