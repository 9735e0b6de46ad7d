#!/usr/bin/env bash
# numpy.linalg.lstsq on float32 data has the tolerance of float64.
#
# One would guess: "machine precision times max(M, N)" is that of the data, as in numpy.linalg.matrix_rank.
# What happens: lstsq computes float32 input in double, and takes double's precision. Features of rank 10 in float32
#   have rank 60 for it: the rounding noise of 50 directions is fitted with huge weights. matrix_rank says 10, and so
#   does LinearRegression. Giving rcond helps.
# Versions: NumPy 2.4.6, scikit-learn 1.9.1.
# Output: rank: matrix_rank 10, LinearRegression 10, lstsq 60, lstsq with rcond of float32 10
#         largest weight: lstsq above 1e5, with rcond 0.015
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile numpy==2.4.6 scikit-learn==1.9.1
cd "$work"

venv/bin/python - <<'PY'
import numpy as np
from sklearn.linear_model import LinearRegression

rng = np.random.default_rng(0)
features = rng.standard_normal((80, 10)).astype(np.float32) @ rng.standard_normal((10, 60)).astype(np.float32)
target = rng.standard_normal(80).astype(np.float32)
weights, _, rank, _ = np.linalg.lstsq(features, target)
other, _, other_rank, _ = np.linalg.lstsq(features, target, rcond=80 * np.finfo(np.float32).eps)
regression = LinearRegression().fit(features, target)
ranks = [int(np.linalg.matrix_rank(features)), int(regression.rank_), int(rank), int(other_rank)]
print("rank: matrix_rank {}, LinearRegression {}, lstsq {}, lstsq with rcond of float32 {}".format(*ranks))
assert ranks == [10, 10, 60, 10]
assert weights.dtype == np.float32
assert abs(weights).max() > 1e5
assert abs(other).max() < 0.1
print(f"largest weight: lstsq above 1e5, with rcond {abs(other).max():.3f}")
PY
