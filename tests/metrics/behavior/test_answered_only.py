"""Error consistency and accuracy distance on the stimuli that both observers answered: golden values of Kato2026."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from pytest_brainscore.metrics.behavior.accuracy_distance import accuracy_distance, accuracy_distance_ceiling
from pytest_brainscore.metrics.behavior.error_consistency import error_consistency, error_consistency_ceiling

TRUTH = np.array(["d", "c", "h"] * 3)
A, B, C = (np.array(answers.split(".")) for answers in ("d.c.h.c.d.d.d.d.h", "c.c.h.c.d.c.h.c.c", "d.c.h.d.c.h.d.c.h"))
NAN = float("nan")


def without(answers: NDArray[np.str_], *stimuli: int) -> NDArray[np.str_]:
    return np.where(np.isin(np.arange(9), stimuli), "", answers)


def compared(metric: Any, ceiling: Any, model: NDArray[np.str_], people: list[NDArray[np.str_]]) -> tuple[Any, Any]:
    """Return the comparison with people, and theirs with one another; who does not answer says nothing."""
    answers = np.stack(people)
    right, answered = answers == TRUTH, answers != ""
    own = metric(model == TRUTH, right, answered=model != "", subjects_answered=answered)
    return own, ceiling(right, answered=answered)


CASES = {
    "everybody answers": (
        *(A, [A, B, C]),
        *((0.380952380952, 0.441600880738), [1, 0.1428571429, 0], (0.047619047619, 0.067343502970)),
        *((0.740740740741, 0.188852574578), [1, 0.6666666667, 0.5555555556], (0.518518518519, 0.138579903214)),
    ),
    "the model does not": (
        *(without(A, 0, 4), [A, B, C]),
        *((0.386666666667, 0.438583578757), [1, 0.16, 0], (0.047619047619, 0.067343502970)),
        *((0.773809523810, 0.175771703098), [1, 0.75, 0.5714285714], (0.518518518519, 0.138579903214)),
    ),
    "people do not": (
        *(A, [without(A, 1), without(B, 2, 3), C]),
        *((0.307692307692, 0.490541704352), [1, -0.0769230769, 0], (0.111111111111, 0.157134840264)),
        *((0.718518518519, 0.199862778715), [1, 0.6, 0.5555555556], (0.461904761905, 0.131103808552)),
    ),
    "all are right": (
        *(TRUTH, [TRUTH, B, C]),
        *((0, 0), [NAN, 0, NAN], (0, 0)),
        *((0.666666666667, 0.471404520791), [1, 0, 1], (0.444444444444, 0.415739709642)),
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_golden_values(case: Any) -> None:
    model, people, kappa, kappas, kappa_ceiling, distance, distances, distance_ceiling = case
    own, others = compared(error_consistency, error_consistency_ceiling, model, people)
    np.testing.assert_allclose((own.value, own.deviation), kappa, rtol=0, atol=1e-11)
    np.testing.assert_allclose(own.kappas[0], kappas, rtol=0, atol=1e-9)
    np.testing.assert_allclose((others.value, others.deviation), kappa_ceiling, rtol=0, atol=1e-11)
    own, others = compared(accuracy_distance, accuracy_distance_ceiling, model, people)
    np.testing.assert_allclose((own.value, own.deviation), distance, rtol=0, atol=1e-11)
    np.testing.assert_allclose(own.similarities[0], distances, rtol=0, atol=1e-9)
    np.testing.assert_allclose((others.value, others.deviation), distance_ceiling, rtol=0, atol=1e-11)


def test_golden_pairs_of_people() -> None:
    people = np.stack([TRUTH, B, C]) == TRUTH
    np.testing.assert_array_equal(error_consistency_ceiling(people).kappas, [[0, NAN, 0]])
    found = accuracy_distance_ceiling(people).similarities
    np.testing.assert_allclose(found, [[0, 1, 1 / 3]], rtol=0, atol=1e-12)


def test_whoever_answered_nothing_in_common_is_left_out() -> None:
    model = without(A, 0, 1, 2, 3, 4)
    people = [without(A, 5, 6, 7, 8), B, C]
    for metric, ceiling in (
        (error_consistency, error_consistency_ceiling),
        (accuracy_distance, accuracy_distance_ceiling),
    ):
        with_all, _ = compared(metric, ceiling, model, people)
        with_two, _ = compared(metric, ceiling, model, people[1:])
        assert with_all.value == with_two.value


def test_nobody_with_anything_in_common_is_no_number() -> None:
    nothing = np.zeros(9, bool)
    right = np.stack([A, B, C]) == TRUTH
    assert np.isnan(error_consistency(A == TRUTH, right, answered=nothing).value)
    assert np.isnan(accuracy_distance(A == TRUTH, right, answered=nothing).value)


def test_all_answered_is_as_nothing_said() -> None:
    right = np.stack([A, B, C]) == TRUTH
    said = error_consistency(A == TRUTH, right, answered=np.ones(9, bool), subjects_answered=np.ones((3, 9), bool))
    np.testing.assert_array_equal(said.kappas, error_consistency(A == TRUTH, right).kappas)


@pytest.mark.parametrize("answered", [np.ones(8, bool), np.ones(9, int)], ids=["too few", "numbers"])
def test_what_is_no_mask_is_refused(answered: NDArray[Any]) -> None:
    with pytest.raises(ValueError, match="give"):
        error_consistency(A == TRUTH, np.stack([A, B]) == TRUTH, answered=answered)
    with pytest.raises(ValueError, match="does not fit"):
        accuracy_distance_ceiling(np.stack([A, B]) == TRUTH, answered=np.ones((3, 9), bool))
