#!/usr/bin/env bash
# PLSRegression with tol=1e-6 is good to two or three digits, not six.
#
# One would guess: a fit that gives no ConvergenceWarning at tol=1e-6 has predictions good to about 1e-6.
# What happens: tol is compared with the squared norm of the last step of a slow iteration. With 50 targets and 25
#   components, a weight vector is off by 0.06, and predictions for new rows by a few thousandths of the largest; no
#   warning. A score can differ in its third digit from one of another implementation.
# Versions: scikit-learn 1.9.1, NumPy 2.4.6.
# Output: iterations at most: 188, converged: 1078
#         largest error of a unit weight vector: 0.057
#         largest error of a prediction, of the largest prediction: 0.0027
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile scikit-learn==1.9.1 numpy==2.4.6
cd "$work"

venv/bin/python -W error - <<'PY'
import numpy as np
from sklearn.cross_decomposition import PLSRegression

rng = np.random.default_rng(2)
x, new = rng.standard_normal((100, 200)), rng.standard_normal((50, 200))
y = 0.1 * x @ rng.standard_normal((200, 50)) + rng.standard_normal((100, 50))
usual = PLSRegression(25, scale=False).fit(x, y)
converged = PLSRegression(25, scale=False, tol=1e-20, max_iter=100_000).fit(x, y)
signs = np.sign((usual.x_weights_ * converged.x_weights_).sum(axis=0))
weights = np.linalg.norm(usual.x_weights_ - signs * converged.x_weights_, axis=0).max()
predictions = abs(usual.predict(new) - converged.predict(new)).max() / abs(converged.predict(new)).max()
print(f"iterations at most: {max(usual.n_iter_)}, converged: {max(converged.n_iter_)}")
print(f"largest error of a unit weight vector: {weights:.3f}")
print(f"largest error of a prediction, of the largest prediction: {predictions:.4f}")
assert max(usual.n_iter_) < 500  # no limit was met
assert weights > 0.01
assert predictions > 0.0005
PY
