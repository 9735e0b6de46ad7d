"""Time the human ceilings of all 17 experiments of Geirhos et al. (2021) from the trial tables, reading included.

    python -m tests.performance.human_ceilings --data DIR

DIR has ``geirhos2021/human/EXPERIMENT/*.csv``. Asked for: less than 1 s for all, and the published ceilings to 1e-5.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from pytest_brainscore.benchmarks.geirhos2021 import EXPERIMENTS
from pytest_brainscore.metrics.behavior.error_consistency import error_consistency_ceiling
from tests.support.trial_tables import read_trial_tables


def main() -> None:
    """Print ceilings, how far they are from the published ones, and the time."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, type=Path)
    arguments = parser.parse_args()
    total = 0.0
    for experiment in EXPERIMENTS:
        start = time.perf_counter()
        trials = read_trial_tables(arguments.data / "geirhos2021" / "human" / experiment.name)
        trials = trials.without(*experiment.excluded) if experiment.excluded else trials
        ceiling = error_consistency_ceiling(trials.correct, trials.conditions).value
        seconds = time.perf_counter() - start
        total += seconds
        difference = ceiling - experiment.ceiling
        print(f"{experiment.name:20s} {ceiling:.5f}  published {difference:+.0e}  {seconds * 1e3:5.1f} ms")
    print(f"all 17 experiments: {total:.2f} s")


if __name__ == "__main__":
    main()
