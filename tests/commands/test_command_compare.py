"""``brainscore compare``: which scores differ between two reports, and in which ingredients."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from click.testing import Result

from pytest_brainscore.report.record import Environment
from tests.support.records import make_record, make_report

Brainscore = Callable[..., Result]
Saved = Callable[..., Path]


def test_equal_reports_are_said_to_be_equal(brainscore: Brainscore, saved: Saved) -> None:
    result = brainscore("compare", saved("a.json"), saved("b.json"))
    assert result.exit_code == 0
    assert result.stdout.splitlines()[1:] == ["All scores and all their ingredients are equal."]


def test_what_differs_is_shown_with_the_ingredients(brainscore: Brainscore, saved: Saved) -> None:
    trained = make_record(score=0.45, fingerprint={"version": 1, "weights": "ffff", "visual_degrees": 8.0, "seed": 1})
    same = make_record(identifier="same")
    before, after = saved("a.json", benchmarks=[make_record(), same]), saved("b.json", benchmarks=[trained, same])
    lines = brainscore("compare", before, after).stdout.splitlines()
    assert lines[0] == f"net ({before}) and net ({after})"
    assert lines[1].split("  ")[-1] == "differs in"
    assert " ".join(lines[2].split()) == "texture-index .500 ± .010 .450 ± .010 -.050 seed, weights"
    assert lines[3] == "1 more benchmark is equal (--all shows them)."
    assert "same " in brainscore("compare", before, after, "--all").stdout


def test_the_same_score_of_other_ingredients_is_shown(brainscore: Brainscore, saved: Saved) -> None:
    other = make_record(fingerprint={"version": 2, "weights": "0a1b", "visual_degrees": 8.0})
    output = brainscore("compare", saved("a.json"), saved("b.json", benchmarks=[other])).stdout
    assert output.splitlines()[-1].split()[-2:] == ["+.000", "version"]


def test_what_is_unavailable_in_both_is_no_difference_and_in_one_it_is(brainscore: Brainscore, saved: Saved) -> None:
    away = make_record(status="unavailable", score=None, fingerprint={}, comparison=None)
    both = brainscore("compare", saved("a.json", benchmarks=[away]), saved("b.json", benchmarks=[away])).stdout
    assert "are equal" in both
    one = brainscore("compare", saved("a.json", benchmarks=[away]), saved("b.json")).stdout
    assert one.splitlines()[-1].split()[:2] == ["texture-index", "unavailable"]


def test_other_versions_of_packages_are_told(brainscore: Brainscore, saved: Saved) -> None:
    environment = Environment(python="3.11.7", platform="Linux", cores=2, packages={"numpy": "2.1.0"}, git=None)
    after = saved("b.json", report=make_report(environment=environment))
    assert "  numpy: 2.0.0 and 2.1.0\n" in brainscore("compare", saved("a.json"), after).stdout


def test_a_model_that_is_not_there_is_one_sentence(brainscore: Brainscore, saved: Saved) -> None:
    result = brainscore("compare", saved("a.json"), saved("b.json"), "--model", "other")
    assert (result.exit_code, result.stderr) == (1, "Error: The first report has no model 'other'; it has net.\n")


def test_two_reports_are_needed(brainscore: Brainscore, saved: Saved) -> None:
    assert brainscore("compare", saved("a.json")).exit_code == 2
