#!/usr/bin/env bash
# LinearRegression ignores a feature whose unit is small.
#
# One would guess: least squares does not care about units; a feature in other units gets another weight, and
#   predictions stay the same.
# What happens: directions smaller than 1e-6 of the largest (`tol`) are left out, in float64 too. Two features that
#   explain the target exactly, one of them times 1e-7: the second is dropped without a warning. numpy.linalg.lstsq
#   keeps it, and so does tol=0.
# Versions: scikit-learn 1.9.1, NumPy 2.4.6.
# Output: LinearRegression: rank 1, R2 0.421
#         LinearRegression(tol=0): rank 2, R2 1.000
#         numpy.linalg.lstsq: rank 2, R2 1.000
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile scikit-learn==1.9.1 numpy==2.4.6
cd "$work"

venv/bin/python -W error - <<'PY'
import numpy as np
from sklearn.linear_model import LinearRegression

rng = np.random.default_rng(1)
features = rng.standard_normal((200, 2))
target = features.sum(axis=1)
features[:, 1] *= 1e-7
usual, exact = LinearRegression().fit(features, target), LinearRegression(tol=0).fit(features, target)
centred = features - features.mean(axis=0)
weights, _, rank, _ = np.linalg.lstsq(centred, target - target.mean())
r2 = 1 - np.var(target - centred @ weights) / np.var(target)
print(f"LinearRegression: rank {usual.rank_}, R2 {usual.score(features, target):.3f}")
print(f"LinearRegression(tol=0): rank {exact.rank_}, R2 {exact.score(features, target):.3f}")
print(f"numpy.linalg.lstsq: rank {rank}, R2 {r2:.3f}")
assert (usual.rank_, exact.rank_, rank) == (1, 2, 2)
assert usual.score(features, target) < 0.7
assert min(r2, exact.score(features, target)) > 0.999999
PY
