"""Correlations of PLS predictions, split by split."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pytest_brainscore.metrics.predictivity.neural_predictivity import predictivity
from pytest_brainscore.metrics.shared.splits import Split


def pls_correlation(features: NDArray[np.generic], targets: ArrayLike, splits: Sequence[Split]) -> NDArray[np.float64]:
    """Return the correlations of `predictivity`, shape (split, neuroid)."""
    return predictivity(features, targets, splits).values
