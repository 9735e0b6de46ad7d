"""How many stimuli tell a difference apart."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import norm

from pytest_brainscore.inference.power import ErrorLaw, fit_error_law, subsampled_errors


def test_the_law_is_found_from_its_errors() -> None:
    law = ErrorLaw(0.02, 0.5)
    counts = [20, 50, 100, 400]
    found = fit_error_law(counts, [law.error(count) for count in counts])
    assert found == pytest.approx(law)
    pure = fit_error_law(counts, [0.7 / math.sqrt(count) for count in counts], floor=False)
    assert pure == pytest.approx(ErrorLaw(0.0, 0.49))


def test_no_law_has_negative_parts() -> None:
    found = fit_error_law([10, 100], [0.1, 0.01])
    assert found.floor == 0
    assert fit_error_law([10, 100], [0.1, 0.2]).slope == 0


def test_so_many_as_the_test_needs() -> None:
    law = ErrorLaw(0.0, 0.5)
    count = law.needed(0.05)
    z = norm.isf(0.025)
    assert isinstance(count, int)
    assert norm.sf(z - 0.05 / law.error(count)) >= 0.8
    assert norm.sf(z - 0.05 / law.error(count - 1)) < 0.8
    assert law.needed(0.05, power=0.9) > count
    assert law.needed(-0.05) == count


def test_no_number_helps_where_an_error_stays() -> None:
    assert ErrorLaw(0.02, 0.5).needed(0.05) == math.inf
    assert ErrorLaw(0.01, 0.0).needed(0.05) == 1


def test_parts_of_a_recording_tell_the_error_of_a_mean() -> None:
    values = np.random.default_rng(0).standard_normal(2000)

    def mean(rows: NDArray[np.intp]) -> float:
        assert np.unique(rows).size == rows.size
        return float(values[rows].mean())

    found = subsampled_errors(mean, 2000, [50, 200, 1000], source="a", repeats=150)
    assert found == pytest.approx(values.std() / np.sqrt([50, 200, 1000]), rel=0.2)
    assert np.array_equal(found, subsampled_errors(mean, 2000, [50, 200, 1000], source="a", repeats=150))


def test_senseless_requests_are_refused() -> None:
    with pytest.raises(ValueError, match="No law"):
        fit_error_law([10, 10], [0.1, 0.1])
    with pytest.raises(ValueError, match="needs no number"):
        ErrorLaw(0.0, 1.0).needed(0.0)
    with pytest.raises(ValueError, match="say no error"):
        subsampled_errors(lambda rows: 0.0, 10, [6], source="a")
