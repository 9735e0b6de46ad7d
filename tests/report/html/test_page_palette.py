"""The colours of scores: those that everybody can tell apart."""

from __future__ import annotations

import pytest

from pytest_brainscore.report.html.palette import colour_of_score

WHITE, NEARLY_BLACK = (255, 255, 255), (21, 24, 28)
"""The two backgrounds of the page."""


def channels(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[place : place + 2], 16) for place in (1, 3, 5))


def luminance(colour: tuple[int, ...]) -> float:
    """Return the relative luminance of WCAG 2.1."""
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in (each / 255 for each in colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("background", [WHITE, NEARLY_BLACK])
def test_bars_stand_out_from_both_backgrounds(background: tuple[int, ...]) -> None:
    assert min(contrast(channels(colour_of_score(step / 100)), background) for step in range(101)) >= 3


def test_low_and_high_scores_stay_apart_without_red_or_green_receptors() -> None:
    """Protanopes and deuteranopes tell colours apart by lightness and by blue against yellow."""
    low, middle, high = (channels(colour_of_score(score)) for score in (0.0, 0.5, 1.0))
    yellowness = [(red + green) / 2 - blue for red, green, blue in (low, middle, high)]
    assert yellowness[0] > yellowness[1] + 40 > yellowness[2] + 80


@pytest.mark.parametrize("score", [-1.0, 2.0])
def test_scores_outside_the_range_have_the_colour_of_its_end(score: float) -> None:
    assert colour_of_score(score) == colour_of_score(min(max(score, 0.0), 1.0))
