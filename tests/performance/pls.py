"""Time PLS against a loop over scikit-learn, and show how its cost grows.

    python -m tests.performance.pls [--threads 1 2] [--only 3200x1000x168 ...] [--growth] [--low-rank] [--large]

The loop is the published system's: ``PLSRegression(25, scale=False)`` per split and ``scipy.stats.pearsonr`` per
neuroid. Where it takes minutes it is run for one split and multiplied.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from sklearn.cross_decomposition import PLSRegression

from pytest_brainscore.metrics.predictivity.pls import fit_pls
from pytest_brainscore.metrics.shared.splits import Split, shuffle_splits
from tests.performance.measuring import best_seconds, extra_megabytes, with_threads
from tests.support.pls_correlation import pls_correlation

# Stimuli, features, neuroids; splits the loop is run for; least ratio asked for with one and with two threads.
CASES = [
    (3200, 1000, 168, 3, "70x / 50x"),
    (315, 1000, 103, 10, "15x"),
    (3200, 10_000, 168, 1, "50x"),
]


def example(stimuli: int, features: int, neuroids: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the recipe of the published example of a larger PLS, at any size."""
    values = np.random.RandomState(0).standard_normal((stimuli, features)) * np.linspace(3, 0.05, features)
    responses = values[:, :50] @ np.random.RandomState(1).standard_normal((50, neuroids))
    responses += 5 * np.random.RandomState(2).standard_normal((stimuli, neuroids))
    return values, responses


def loop(features: NDArray[np.generic], responses: NDArray[np.float64], splits: list[Split]) -> NDArray[np.float64]:
    """Correlate as the published system does."""
    correlations = []
    for train, test in splits:
        predicted = PLSRegression(25, scale=False).fit(features[train], responses[train]).predict(features[test])
        correlations.append([stats.pearsonr(p, r)[0] for p, r in zip(predicted.T, responses[test].T, strict=True)])
    return np.array(correlations)


def compare(stimuli: int, features: int, neuroids: int, looped: int, wanted: str) -> None:
    """Print one row of the table."""
    values, responses = example(stimuli, features, neuroids)
    splits = shuffle_splits(stimuli)
    megabytes, correlation = extra_megabytes(lambda: pls_correlation(values, responses, splits))
    start = time.perf_counter()
    expected = loop(values, responses, splits[:looped])
    loop_seconds = (time.perf_counter() - start) * len(splits) / looped
    seconds, _ = best_seconds(lambda: pls_correlation(values, responses, splits))
    difference = np.abs(correlation[:looped] - expected).max()
    print(
        f"{stimuli} x {features} -> {neuroids}: {seconds:.3f} s, loop {loop_seconds:.1f} s"
        f"{'' if looped == len(splits) else f' (from {looped} splits)'}, ratio {loop_seconds / seconds:.0f}x"
        f" (wanted {wanted}), largest difference {difference:.1e}, {megabytes:.0f} MB",
        flush=True,
    )


def show_growth() -> None:
    """Print the time for more and more neuroids, stimuli and features."""
    for name, sizes in {
        "neuroids": [(1000, 500, n) for n in (50, 100, 200, 400, 800)],
        "stimuli, many features": [(n, 8000, 100) for n in (250, 500, 1000, 2000)],
        "stimuli, few features": [(n, 500, 100) for n in (500, 1000, 2000, 4000, 8000)],
        "features": [(500, n, 100) for n in (250, 500, 1000, 2000, 8000, 32_000)],
    }.items():
        print(f"growth with {name}")
        for size in sizes:
            values, responses = example(*size)
            splits = shuffle_splits(size[0])
            seconds, _ = best_seconds(lambda: pls_correlation(values, responses, splits))  # noqa: B023
            iterations = fit_pls(values, responses, splits).iterations.sum()
            print(
                f"  {size[0]:5d} x {size[1]:5d} -> {size[2]:3d}: {seconds:.3f} s, {iterations} iterations", flush=True
            )


def show_low_rank() -> None:
    """Print what features of low rank in single precision cost, which are rotated by reflections, beside full rank."""
    for stimuli, features in ((3200, 1000), (1000, 4000)):
        values, responses = example(stimuli, features, 168)
        generator = np.random.default_rng(0)
        low = generator.standard_normal((stimuli, 10)) @ generator.standard_normal((10, features))
        splits = shuffle_splits(stimuli)
        for name, some in (("full rank", values), ("rank 10", low.astype(np.float32))):
            seconds, _ = best_seconds(lambda: pls_correlation(some, responses, splits))  # noqa: B023
            print(f"  {stimuli} x {features} -> 168, {name}: {seconds:.3f} s", flush=True)


def measure_large(stimuli: int = 3200, features: int = 93_312, neuroids: int = 168) -> None:
    """Print time and memory for all units of an early layer, in a memory-mapped file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "features"
        shape = (stimuli, features)
        written = np.memmap(path, dtype=np.float32, mode="w+", shape=shape)
        generator = np.random.default_rng(0)
        latent = generator.standard_normal((stimuli, 200)) * np.arange(1, 201) ** -0.5
        for start in range(0, features, 4096):
            block = latent @ generator.standard_normal((200, min(4096, features - start)))
            written[:, start : start + 4096] = np.maximum(block + 0.3 * generator.standard_normal(block.shape), 0)
        written.flush()
        del written
        responses = latent @ generator.standard_normal((200, neuroids)) + generator.standard_normal((stimuli, neuroids))
        stored = np.memmap(path, dtype=np.float32, mode="r", shape=shape)
        start_time = time.perf_counter()
        megabytes, _ = extra_megabytes(lambda: pls_correlation(stored, responses, shuffle_splits(stimuli)))
        seconds = time.perf_counter() - start_time
        print(f"{stimuli} x {features} float32 on disk -> {neuroids}: {seconds:.1f} s, {megabytes:.0f} MB (2500)")


def main() -> None:
    """Run the measurements asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--only", nargs="*", default=[f"{n}x{p}x{q}" for n, p, q, *_ in CASES])
    parser.add_argument("--growth", action="store_true")
    parser.add_argument("--low-rank", action="store_true")
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if not arguments.here:
        with_threads(arguments.threads, __file__, sys.argv[1:])
        return
    for case in CASES:
        if f"{case[0]}x{case[1]}x{case[2]}" in arguments.only:
            compare(*case)
    if arguments.growth:
        show_growth()
    if arguments.low_rank:
        show_low_rank()
    if arguments.large:
        measure_large()


if __name__ == "__main__":
    main()
