"""Measure what bootstrap values add to a cold run: seconds of the processor with and without them, in one run.

    python -m tests.performance.replicates_of_leaves --model squeezenet1_1 --weights FILE [--benchmark NAME ...]

By default the seven embedded V1 benchmarks, and session 210325 of Cowley2023. Asked for: at most 10 %. What makes them,
designs and draws, is timed where the protocols call it; all else of the run is the time without.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any

V1 = (
    "Marques2020_DeValois1982-pref_or",
    "Marques2020_DeValois1982-peak_sf",
    "Marques2020_Schiller1976-sf_selective",
    "Marques2020_Schiller1976-sf_bandwidth",
    "Marques2020_Cavanaugh2002-grating_summation_field",
    "Marques2020_Cavanaugh2002-surround_diameter",
    "Marques2020_Cavanaugh2002-surround_suppression_index",
)
TIMED = (
    "with_replicates",
    "predictivity_design",
    "similarity_design",
    "distribution_design",
    "accuracy_design",
    "observer_design",
    "triplet_design",
)


class Watch:
    """Seconds of the processor in some functions, none of which calls another."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def timed(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function, whose time is added up."""

        def call(*arguments: Any, **named: Any) -> Any:
            start = time.process_time()
            try:
                return function(*arguments, **named)
            finally:
                self.seconds += time.process_time() - start

        return call


def main() -> None:
    """Score on an empty store, group by group, and print the share."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="squeezenet1_1")
    parser.add_argument("--weights")
    parser.add_argument("--benchmark", action="append")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ["BRAINSCORE_HOME"] = home
        from pytest_brainscore.benchmarks import load_benchmark
        from pytest_brainscore.models import load_model

        named = {"weights": arguments.weights} if arguments.weights else {}
        model = load_model(arguments.model, **named)
        groups = [arguments.benchmark] if arguments.benchmark else [V1, ("Cowley2023.210325.V4-pls",)]
        for group in groups:
            watch = Watch()
            benchmarks = [load_benchmark(name) for name in group]
            for benchmark in benchmarks:
                __import__(str(benchmark.protocol).partition(":")[0])
            for module in [each for name, each in sys.modules.items() if name.startswith("pytest_brainscore.bench")]:
                for name in TIMED:
                    if hasattr(module, name):
                        setattr(module, name, watch.timed(getattr(module, name)))
            start = time.process_time()
            scores = [benchmark(model) for benchmark in benchmarks]
            whole = time.process_time() - start
            without = whole - watch.seconds
            made = sum(score.replicates is not None for score in scores)
            print(
                f"{', '.join(group)}: {made} of {len(group)} with bootstrap values; {without:.2f} s without, "
                f"{watch.seconds:.2f} s more: {watch.seconds / without:.1%}"
            )


if __name__ == "__main__":
    main()
