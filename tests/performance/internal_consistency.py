"""Time the internal consistency of 3200 stimuli x 168 neuroids x 30 repetitions against loops over neuroids.

    python -m tests.performance.internal_consistency [--threads 1 2]

Three loops: the published system's, which averages labelled presentations by stimulus and selects neuroids by their
id; one that averages presentations in rows neuroid by neuroid; and the tightest we could write, on an array
(repetition, stimulus, neuroid). The loops are run for two of the ten splits.
"""

from __future__ import annotations

import argparse
import sys

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy import stats

from pytest_brainscore.metrics.reliability.internal_consistency import internal_consistency
from pytest_brainscore.metrics.shared.splits import Split, shuffle_splits
from tests.performance.measuring import best_seconds, extra_megabytes, with_threads

REPETITIONS, STIMULI, NEUROIDS = 30, 3200, 168


def recording(fewest: int) -> NDArray[np.float64]:
    """Return noisy repetitions; every stimulus has at least so many."""
    generator = np.random.default_rng(0)
    responses = generator.standard_normal((STIMULI, NEUROIDS)) + 3
    repeated = responses + 1.5 * generator.standard_normal((REPETITIONS, STIMULI, NEUROIDS))
    shown = generator.integers(fewest, REPETITIONS + 1, STIMULI)
    repeated[np.arange(REPETITIONS)[:, None] >= shown] = np.nan
    return repeated


def reliability(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Correlate two halves and correct for their length."""
    correlation = float(stats.pearsonr(one, other)[0])
    return 2 * correlation / (1 + correlation)


def loop_as_published(responses: NDArray[np.float64], splits: list[Split]) -> NDArray[np.float64]:
    """Average labelled presentations by stimulus in each half, then correlate neuroids one by one."""
    shown = ~np.isnan(responses[:, :, 0])
    repetition, stimulus = np.nonzero(shown)
    assembly = xr.DataArray(
        responses[shown],
        dims=("presentation", "neuroid"),
        coords={
            "stimulus_id": ("presentation", [f"s{number:04d}" for number in stimulus]),
            "repetition": ("presentation", repetition),
            "neuroid_id": ("neuroid", [f"n{number:03d}" for number in range(NEUROIDS)]),
        },
    )
    rows = []
    for split in splits:
        halves = [
            assembly[np.isin(assembly["repetition"], half)].groupby("stimulus_id").mean("presentation")
            for half in split
        ]
        row = []
        for neuroid in assembly["neuroid_id"].values:
            one, other = (half.sel(neuroid=half["neuroid_id"] == neuroid).values.squeeze() for half in halves)
            row.append(reliability(one, other))
        rows.append(row)
    return np.array(rows)


def loop_over_presentations(responses: NDArray[np.float64], splits: list[Split]) -> NDArray[np.float64]:
    """Average rows of the same stimulus in each half, for every split and neuroid."""
    shown = ~np.isnan(responses[:, :, 0])
    repetition, stimulus = np.nonzero(shown)
    presentations = responses[shown]
    rows = []
    for split in splits:
        halves = [np.isin(repetition, half) for half in split]
        row = []
        for neuroid in range(NEUROIDS):
            means = [
                np.bincount(stimulus[half], presentations[half, neuroid]) / np.bincount(stimulus[half])
                for half in halves
            ]
            row.append(reliability(*means))
        rows.append(row)
    return np.array(rows)


def loop_over_array(responses: NDArray[np.float64], splits: list[Split]) -> NDArray[np.float64]:
    """Average an array over the repetitions of each half, for every split and neuroid."""
    mean = np.nanmean if np.isnan(responses).any() else np.mean
    return np.array(
        [
            [
                reliability(mean(responses[first, :, neuroid], axis=0), mean(responses[second, :, neuroid], axis=0))
                for neuroid in range(NEUROIDS)
            ]
            for first, second in splits
        ]
    )


def main() -> None:
    """Print one row for balanced and one for unbalanced repetitions."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if not arguments.here:
        with_threads(arguments.threads, __file__, sys.argv[1:])
        return
    splits = shuffle_splits(REPETITIONS, train_size=0.5)[:2]
    for name, fewest in (("balanced", REPETITIONS), ("20 to 30 repetitions", 20)):
        responses = recording(fewest)
        megabytes, ceiling = extra_megabytes(lambda: internal_consistency(responses))  # noqa: B023
        seconds, _ = best_seconds(lambda: internal_consistency(responses), 10)  # noqa: B023
        published_seconds, published = best_seconds(lambda: loop_as_published(responses, splits), 1)  # noqa: B023
        rows_seconds, by_rows = best_seconds(lambda: loop_over_presentations(responses, splits), 1)  # noqa: B023
        array_seconds, by_array = best_seconds(lambda: loop_over_array(responses, splits), 3)  # noqa: B023
        difference = max(np.abs(ceiling.values[:2] - other).max() for other in (published, by_rows, by_array))
        print(
            f"{name}: {1000 * seconds:.1f} ms; published loop {5 * published_seconds:.2f} s, "
            f"{5 * published_seconds / seconds:.0f}x (wanted 70x); loop over rows {5 * rows_seconds:.2f} s, "
            f"{5 * rows_seconds / seconds:.0f}x; tightest loop {5 * array_seconds:.2f} s, "
            f"{5 * array_seconds / seconds:.0f}x; largest difference {difference:.1e}; {megabytes:.0f} MB",
            flush=True,
        )


if __name__ == "__main__":
    main()
