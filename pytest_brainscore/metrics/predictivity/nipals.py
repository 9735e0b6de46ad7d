"""The power iteration inside PLS, step for step with the published stopping rule.

The published system fits with scikit-learn, whose NIPALS loop stops when the x-weights move less than 10^-3 in norm.
Its scores therefore depend on how far each iteration got: a converged PLS differs by up to 4e-3 in single neuroids.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# Defaults of sklearn.cross_decomposition.PLSRegression.
MAX_ITERATIONS = 500
TOLERANCE = 1e-6

# Steps made before the rule is looked at; components take 20 to 120. Looking costs about as much as four steps.
_STEPS = 16


def power_iteration(
    cross_product: NDArray[np.float64],
    start: NDArray[np.float64],
    *,
    of_targets: bool,
    max_iterations: int = MAX_ITERATIONS,
    tolerance: float = TOLERANCE,
) -> tuple[NDArray[np.float64], int]:
    """Iterate on the products of the cross-covariance S = X'Y with itself until the x-weights stand still.

    NIPALS goes from x-weights w to scores Xw, to y-weights Y'Xw = S'w, to scores YS'w, and back to X'YS'w = SS'w, each
    scaled somehow. The direction is all that lasts, so iterating k -> S'S k from the first target (w = S k), or
    w -> SS' w, passes through the same w. Their norms and the angle between successive ones are inner products of the
    iterates k.

    Parameters
    ----------
    cross_product
        S'S, shape (target, target), or SS', shape (feature, feature), with a trace near 1.
    start
        The first iterate: the unit vector of the first target for S'S, its x-weights for SS'.
    of_targets
        Whether the cross product is S'S.
    max_iterations, tolerance
        Stop after so many iterations, or when the squared norm of the change of the unit x-weights is smaller.

    Returns
    -------
    The last iterate k with w = S k, or the last w itself; and the number of x-weights computed, as scikit-learn
    counts.

    """
    chain = np.empty((_STEPS + 1, start.size))
    chain[0] = start / np.sqrt(start @ start)
    iterates = list(chain)
    multiply = cross_product.dot  # the method: with small matrices np.dot takes as long to get there
    multiply(iterates[0], iterates[1])
    passed = 0  # iterates before chain[0]
    while True:
        for step in range(1, _STEPS):
            multiply(iterates[step], iterates[step + 1])
        squares = np.einsum("ij,ij->i", chain, chain)
        neighbours = np.einsum("ij,ij->i", chain[:-1], chain[1:])
        # cosine[i - 1] is between the x-weights that belong to chain[i - 1] and chain[i].
        if of_targets:
            cosine = squares[1:-1] / np.sqrt(neighbours[:-1] * neighbours[1:])
        else:
            cosine = neighbours[:-1] / np.sqrt(squares[:-2] * squares[1:-1])
        last = min(_STEPS - 1, max_iterations - 1 - passed)
        (still,) = (2 - 2 * cosine[:last] < tolerance).nonzero()
        if still.size or last < _STEPS - 1:
            final = int(still[0]) + 1 if still.size else last
            return chain[final] / np.sqrt(squares[final]), passed + final + 1
        chain[:2] = chain[-2:] / np.sqrt(squares[-1])
        passed += _STEPS - 1
