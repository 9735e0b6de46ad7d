"""Intervals cover the truth as often as they say, in the families that are quick to simulate.

All families, with more recordings: ``python -m tests.statistics.coverage``.
"""

from __future__ import annotations

import numpy as np
import pytest

from tests.statistics.coverage import simulate


@pytest.mark.walkthrough
@pytest.mark.parametrize("family", ["accuracy", "error consistency"])
def test_intervals_cover_the_truth(family: str) -> None:
    differences, centres, errors, unpaired, _ = simulate(family, 100, 200)
    covered = (np.abs(centres - differences.mean()) <= 1.96 * errors).mean()
    # With probability .95 each, a hundred intervals cover .88 to 1 of the time but for one family in two hundred.
    assert covered >= 0.88
    assert 0.85 < np.sqrt(np.mean(errors**2)) / differences.std() < 1.2
    assert np.mean(errors**2) < np.mean(unpaired**2)
