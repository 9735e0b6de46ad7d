"""Time bootstrap values of a PLS score, 3200 stimuli x 168 neuroids, ten splits, from its held-out predictions.

    python -m tests.performance.replicates [--threads 1] [--size 3200 168] [--replicates 1000]

Nothing is fitted: predictions are random, as their cost does not depend on how good they are.
"""

from __future__ import annotations

import argparse
import sys
import time

import numpy as np

from pytest_brainscore.inference.draws import units
from pytest_brainscore.inference.levels import replicates
from pytest_brainscore.inference.predictivity import predictivity_design
from tests.performance.measuring import best_seconds, extra_megabytes, with_threads


def main() -> None:
    """Print time and memory."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, nargs="+", default=[1])
    parser.add_argument("--size", type=int, nargs=2, default=[3200, 168])
    parser.add_argument("--replicates", type=int, default=1000)
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if not arguments.here:
        with_threads(arguments.threads, __file__, sys.argv[1:])
        return
    stimuli, neuroids = arguments.size
    generator = np.random.default_rng(0)
    responses = generator.standard_normal((stimuli, neuroids))
    tests = [generator.permutation(stimuli)[: stimuli // 10] for _ in range(10)]
    predictions = [responses[rows] + generator.standard_normal((len(rows), neuroids)) for rows in tests]

    def work() -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        drawn = units("timed", "stimulus", stimuli), units("timed", "neuroid", neuroids)
        design = predictivity_design(predictions, tests, responses, *drawn)
        return replicates(0.7, design, count=arguments.replicates).values

    seconds, _ = best_seconds(work)
    start = time.process_time()
    megabytes, _ = extra_megabytes(work)
    print(
        f"{arguments.replicates} replicates of {stimuli} x {neuroids}: {seconds:.2f} s, "
        f"{time.process_time() - start:.2f} s of the processor, {megabytes:.0f} MB"
    )


if __name__ == "__main__":
    main()
