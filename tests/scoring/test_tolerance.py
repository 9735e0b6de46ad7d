"""How far a score may move: words of the command line, and what they allow."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_brainscore.errors import BaselineError
from pytest_brainscore.scoring.tolerance import Tolerance, Tolerances, parse_tolerances


def test_without_words_a_score_may_move_by_half_a_hundredth() -> None:
    assert parse_tolerances([]) == Tolerances()
    assert parse_tolerances([]).allowed("any", 0.3) == 0.005


@pytest.mark.parametrize("word", [".01", "abs:.01", " abs:1e-2 "])
def test_an_absolute_tolerance_ignores_the_error(word: str) -> None:
    assert parse_tolerances([word]).allowed("any", 0.3) == 0.01


def test_sem_counts_in_errors_of_the_baseline() -> None:
    assert parse_tolerances(["sem:2"]).allowed("any", 0.03) == pytest.approx(0.06)
    assert parse_tolerances(["sem:2"]).allowed("any", 0.0) == 0


@pytest.mark.parametrize("error", [None, math.nan])
def test_sem_without_an_error_is_the_absolute_default(error: float | None) -> None:
    assert parse_tolerances(["abs:.5", "sem:2"]).allowed("any", error) == 0.005


def test_among_words_without_a_pattern_the_last_holds() -> None:
    assert parse_tolerances(["abs:.1", ".2"]).default == Tolerance("abs", 0.2)


def test_a_pattern_is_an_exception_wherever_it_stands() -> None:
    for words in (["V4-*=.1", ".2"], [".2", "V4-*=.1"]):
        tolerances = parse_tolerances(words)
        assert tolerances.allowed("V4-pls", 0) == 0.1
        assert tolerances.allowed("IT-pls", 0) == 0.2


def test_among_matching_patterns_the_last_decides() -> None:
    tolerances = parse_tolerances(["V4-*=.1", "*-pls=sem:3", "nothing=0"])
    assert tolerances.allowed("V4-pls", 0.01) == pytest.approx(0.03)
    assert tolerances.allowed("V4-rdm", 0.01) == 0.1


def test_patterns_distinguish_case_on_every_system() -> None:
    assert parse_tolerances(["v4-*=.1"]).allowed("V4-pls", 0) == 0.005


@pytest.mark.parametrize(
    "word",
    [
        "",
        "much",
        "abs:",
        "sem:",
        "sem:much",
        "rel:.1",
        "-1",
        "sem:-1",
        "nan",
        "abs:nan",
        "inf",
        "sem:1e999",
        "V4=",
        "=.1",
    ],
)
def test_what_cannot_be_read_is_refused_in_one_sentence_with_an_example(word: str) -> None:
    with pytest.raises(BaselineError, match=r"^The tolerance '.*' cannot be read; .*abs:\.005.*\.$") as refused:
        parse_tolerances([".1", word])
    assert f"'{word}'" in str(refused.value)


@given(st.floats(min_value=0, max_value=1e300), st.none() | st.floats(min_value=0, max_value=10) | st.just(math.nan))
def test_what_is_allowed_is_a_number_and_never_negative(amount: float, error: float | None) -> None:
    for kind in ("abs", "sem"):
        assert parse_tolerances([f"{kind}:{amount!r}"]).allowed("any", error) >= 0
