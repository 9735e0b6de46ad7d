"""Time ridge regression with 99 penalties, 3200 x 10,000 -> 500, against scikit-learn, for one split.

    python -m tests.performance.ridge [--threads 2] [--size 3200 10000 500] [--without-loop]

scikit-learn decomposes once as well, but forms the coefficients of all features for every penalty. At full size its
fit takes several minutes.
"""

from __future__ import annotations

import argparse
import sys
import time

import numpy as np
from sklearn.linear_model import RidgeCV

from pytest_brainscore.metrics.predictivity.ridge import ALPHAS, fit_ridge_cv, predict_ridge
from pytest_brainscore.metrics.shared.splits import shuffle_splits
from tests.performance.measuring import best_seconds, extra_megabytes, with_threads


def main() -> None:
    """Print time, memory, the choice and the largest difference of predictions."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--size", type=int, nargs=3, default=[3200, 10_000, 500])
    parser.add_argument("--without-loop", action="store_true")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if not arguments.here:
        with_threads(arguments.threads, __file__, sys.argv[1:])
        return
    stimuli, features, neuroids = arguments.size
    generator = np.random.default_rng(0)
    values = generator.standard_normal((stimuli, features)) * np.arange(1, features + 1) ** -0.3
    responses = values @ generator.standard_normal((features, neuroids))
    responses += 2 * responses.std() * generator.standard_normal(responses.shape)
    splits = shuffle_splits(stimuli)[:1]
    start = time.perf_counter()
    megabytes, (fit,) = extra_megabytes(lambda: list(fit_ridge_cv(values, responses, splits)))
    seconds = time.perf_counter() - start
    one, _ = best_seconds(lambda: list(fit_ridge_cv(values, responses, splits, alphas=[1.0])), 1)
    plain, _ = best_seconds(lambda: list(predict_ridge(values, responses, splits)), 1)
    print(
        f"{stimuli} x {features} -> {neuroids}: {seconds:.1f} s for {ALPHAS.size} penalties, {one:.1f} s for one, "
        f"{plain:.1f} s for ridge without a choice; {megabytes:.0f} MB; alpha {fit.alpha:g}",
        flush=True,
    )
    if arguments.without_loop:
        return
    start = time.perf_counter()
    oracle = RidgeCV(ALPHAS).fit(values[splits[0].train], responses[splits[0].train])
    expected = oracle.predict(values[splits[0].test])
    oracle_seconds = time.perf_counter() - start
    difference = np.abs(fit.prediction - expected).max() / np.abs(expected).max()
    print(
        f"  scikit-learn {oracle_seconds:.1f} s, {oracle_seconds / seconds:.1f}x; alpha {oracle.alpha_:g}; "
        f"largest relative difference {difference:.1e}",
        flush=True,
    )


if __name__ == "__main__":
    main()
