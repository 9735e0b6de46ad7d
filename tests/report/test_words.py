"""Sentences about differences."""

from __future__ import annotations

import pytest

from pytest_brainscore.inference.differences import Difference
from pytest_brainscore.report.paired.words import count_in_words, in_words, number


@pytest.mark.parametrize(
    ("difference", "sentence"),
    [
        (Difference(0.021, 0.008, 0.035, 0.0215, 0.007, 0.003, 0.95), "V4: B is better by .021 [.008, .035]"),
        (Difference(-0.021, -0.035, -0.008, -0.0215, 0.007, 0.003, 0.95), "V4: A is better by .021 [.008, .035]"),
        (Difference(0.01, -0.01, 0.03, 0.01, 0.01, 0.3, 0.95), "V4: A and B cannot be told apart (.010 [-.010, .030])"),
        (Difference(0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.95), "V4: A and B are the same"),
        (Difference(0.1, *(float("nan"),) * 5, 0.95), "V4: A and B cannot be compared"),
    ],
)
def test_a_difference_in_words(difference: Difference, sentence: str) -> None:
    assert in_words("V4", ("A", "B"), difference) == sentence


def test_the_adjusted_p_decides() -> None:
    found = in_words("V4", ("A", "B"), Difference(0.021, 0.008, 0.035, 0.0215, 0.007, 0.003, 0.95), p=0.07)
    assert found == "V4: A and B cannot be told apart (.021 [.008, .035])"


def test_how_many_differ() -> None:
    assert count_in_words([0.01, 0.2, 0.04, float("nan")]) == "2 of 3 leaves differ after Holm"
    assert count_in_words([0.01]) == "1 of 1 leaf differs after Holm"


@pytest.mark.parametrize(
    ("value", "text"), [(-0.0001, "0"), (0.5, ".500"), (-0.25, "-.250"), (1.2, "1.200"), (10.5, "10.500")]
)
def test_numbers_are_written_as_scores(value: float, text: str) -> None:
    assert number(value) == text
