"""``brainscore compare`` with bootstrap values: intervals, p values, families, ties; oracles are scipy's tests."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import Result
from scipy.stats import binomtest, norm

from pytest_brainscore.scoring.comparison import Comparison
from tests.support.records import make_record
from tests.support.replicated import Answers, save_answers

Brainscore = Callable[..., Result]
Saved = Callable[..., Path]
IMAGES = 2000


def answers(seed: int, chance: float = 0.6) -> Answers:
    return np.random.default_rng(seed).random(IMAGES) < chance


def changed(right: Answers, better: int, worse: int) -> Answers:
    """Return answers of which so many became right, and so many wrong."""
    other = right.copy()
    other[np.flatnonzero(~right)[:better]] = True
    other[np.flatnonzero(right)[:worse]] = False
    return other


ONCE = answers(0)
BETTER = changed(ONCE, 90, 30)


@pytest.fixture
def folder(tmp_path: Path, bare_machine: None) -> Path:
    return tmp_path / "here"


def found(brainscore: Brainscore, *words: object) -> dict[str, list[dict[str, object]]]:
    result: dict[str, list[dict[str, object]]] = json.loads(brainscore("compare", *words, "--json").stdout)
    return result


def test_a_difference_has_the_p_value_of_mcnemar(brainscore: Brainscore, folder: Path) -> None:
    one = save_answers(folder / "a.json", {"net": {"texture-index": ONCE}})
    other = save_answers(folder / "b.json", {"net": {"texture-index": changed(ONCE, 60, 40)}})
    pair = found(brainscore, one, other)["benchmarks"][0]["paired"]
    assert isinstance(pair, dict)
    assert pair["difference"] == pytest.approx(0.01)
    assert pair["p"] == pytest.approx(binomtest(60, 100).pvalue, abs=0.015)
    assert pair["p"] == pytest.approx(2 * norm.sf(20 / np.sqrt(100 - 20**2 / IMAGES)), abs=0.01)
    error = np.sqrt(100 - 20**2 / IMAGES) / IMAGES
    assert pair["interval"] == pytest.approx([0.01 - 1.96 * error, 0.01 + 1.96 * error], abs=5e-4)


def test_the_table_says_interval_p_and_how_many_images(brainscore: Brainscore, folder: Path) -> None:
    one = save_answers(folder / "a.json", {"net": {"texture-index": ONCE}})
    other = save_answers(folder / "b.json", {"net": {"texture-index": BETTER}})
    result = brainscore("compare", one, other)
    assert result.exit_code == 0
    header, row = result.stdout.splitlines()[1:3]
    assert " ".join(header.split()) == "benchmark before after change 95 % interval p (Holm) of differs in"
    assert "+.030   [.019, .041]   <.001     2,000 stimuli  weights" in row
    assert "2,000 stimuli" in row
    assert any(line.startswith("lab.V1: net (") and "is better by .030" in line for line in result.stdout.splitlines())
    assert "1 of 1 leaf differs after Holm" in result.stdout


def test_a_model_is_the_same_as_itself(brainscore: Brainscore, folder: Path) -> None:
    paths = [save_answers(folder / f"{name}.json", {"net": {"texture-index": ONCE}}) for name in "ab"]
    result = brainscore("compare", *paths, "--all")
    assert "+.000   [.000, .000]   1.0" in result.stdout
    assert "are the same; 0 of 1 leaf differ after Holm" in result.stdout


def test_leaves_of_a_region_are_a_family(brainscore: Brainscore, folder: Path) -> None:
    leaves = {f"leaf-{place}": changed(ONCE, 55 + place, 34) for place in range(4)}
    one = save_answers(folder / "a.json", {"net": dict.fromkeys(leaves, ONCE)})
    other = save_answers(folder / "b.json", {"net": leaves})
    pairs = [each["paired"] for each in found(brainscore, one, other)["benchmarks"]]
    p = [each["p"] for each in pairs if isinstance(each, dict)]
    adjusted = [each["adjusted_p"] for each in pairs if isinstance(each, dict)]
    assert adjusted[3] == pytest.approx(4 * p[3])
    assert adjusted == sorted(adjusted, reverse=True)
    told = found(brainscore, one, other, "--adjust", "bh")["benchmarks"]
    assert [each["paired"]["adjusted_p"] for each in told] != adjusted  # type: ignore[index]
    assert "after Benjamini-Hochberg" in brainscore("compare", one, other, "--adjust", "bh").stdout


def test_parents_know_that_leaves_share_their_images(brainscore: Brainscore, folder: Path) -> None:
    one = save_answers(folder / "a.json", {"net": {"leaf-0": ONCE, "leaf-1": ONCE}})
    other = save_answers(folder / "b.json", {"net": {"leaf-0": BETTER, "leaf-1": BETTER}})
    told = found(brainscore, one, other)
    leaf, parents = told["benchmarks"][0]["paired"], told["parents"]
    assert isinstance(leaf, dict)
    assert [each["name"] for each in parents] == ["lab", "lab.V1"]
    for parent in parents:  # twice the same leaf is no more certain than once
        assert (parent["difference"], parent["error"]) == (
            pytest.approx(leaf["difference"]),
            pytest.approx(leaf["error"]),
        )
        assert parent["leaves"] == 2


def test_without_bootstrap_values_a_sentence_says_what_is_needed(brainscore: Brainscore, saved: Saved) -> None:
    other = saved("b.json", benchmarks=[make_record(score=0.45)])
    result = brainscore("compare", saved("a.json"), other)
    assert result.exit_code == 0
    assert "interval" not in result.stdout
    assert "Intervals of the differences need the bootstrap values of both runs" in result.stderr


@pytest.mark.parametrize("ingredient", ["stimuli", "seed", "protocol", "data_sha256"])
def test_scores_on_other_data_have_no_interval(brainscore: Brainscore, folder: Path, ingredient: str) -> None:
    one = save_answers(folder / "a.json", {"net": {"texture-index": ONCE, "other": ONCE}})
    values = {"net": {"texture-index": BETTER, "other": BETTER}}
    other = save_answers(
        folder / "b.json",
        values,
        fingerprint={"version": 1, ingredient: "0b", "stimuli": "5a"}
        | ({"stimuli": "6b"} if ingredient == "stimuli" else {}),
    )
    result = brainscore("compare", one, other)
    assert "interval" not in result.stdout
    assert result.exit_code == 0


def test_the_other_layer_and_preprocessing_of_a_model_are_compared(brainscore: Brainscore, folder: Path) -> None:
    one = save_answers(folder / "a.json", {"net": {"texture-index": ONCE}})
    fingerprint = {"version": 1, "stimuli": "5a", "layer": "b", "preprocessing.mean": 1, "visual_degrees": 9.0}
    other = save_answers(folder / "b.json", {"net": {"texture-index": BETTER}}, fingerprint=fingerprint)
    assert found(brainscore, one, other)["benchmarks"][0]["paired"] is not None


def test_several_models_of_a_report_are_ranked_with_letters(brainscore: Brainscore, folder: Path) -> None:
    models = {"worst": ONCE, "best": changed(ONCE, 200, 20), "near": changed(ONCE, 196, 18)}
    path = save_answers(folder / "a.json", {name: {"texture-index": each} for name, each in models.items()})
    result = brainscore("compare", path)
    assert result.exit_code == 0
    table = found(brainscore, path)["tables"][-1]
    assert table["name"] == "texture-index"
    letters = {each["model"]: each["letters"] for each in table["models"]}  # type: ignore[attr-defined]
    assert letters == {"best": "a", "near": "a", "worst": "b"}
    assert "Models that share a letter cannot be told apart" in result.stdout
    two = brainscore("compare", path, "--model", "worst", "--model", "best")
    assert "best is better by .090" in two.stdout


def test_one_model_of_each_of_two_reports_is_named(brainscore: Brainscore, folder: Path) -> None:
    one = save_answers(folder / "a.json", {"x": {"leaf": ONCE}, "y": {"leaf": answers(1)}})
    other = save_answers(folder / "b.json", {"x": {"leaf": answers(2)}, "z": {"leaf": BETTER}})
    assert brainscore("compare", one, other, "--model", "x", "--model", "z").stdout.startswith(
        f"x ({one}) and z ({other})"
    )
    ranked = brainscore("compare", one, other, "--together").stdout
    assert f"x ({one})" in ranked
    assert " y " in ranked


def test_one_report_of_one_model_needs_another(brainscore: Brainscore, saved: Saved) -> None:
    result = brainscore("compare", saved("a.json"))
    assert result.exit_code == 2
    assert "give another report" in result.stderr


def test_bootstrap_values_of_another_run_are_left_out(brainscore: Brainscore, folder: Path) -> None:
    one = save_answers(folder / "a.json", {"net": {"texture-index": ONCE}})
    other = save_answers(folder / "b.json", {"net": {"texture-index": BETTER}})
    (folder / "b.replicates.npz").write_bytes((folder / "a.replicates.npz").read_bytes())
    result = brainscore("compare", one, other)
    assert result.exit_code == 0
    assert "b.replicates.npz is not the file" in result.stderr
    assert "interval" not in result.stdout


def test_the_page_has_a_forest_plot(brainscore: Brainscore, folder: Path) -> None:
    one = save_answers(folder / "a.json", {"net": {"texture-index": ONCE}})
    other = save_answers(folder / "b.json", {"new": {"texture-index": BETTER}})
    assert brainscore("compare", one, other, "--to", f"html:{folder / 'page.html'}").exit_code == 0
    page = (folder / "page.html").read_text()
    assert "new minus net" in page
    assert "data:image/svg+xml" in page


def test_the_page_has_tables_of_differences_and_of_pairs_with_letters(brainscore: Brainscore, folder: Path) -> None:
    models = {"worst": ONCE, "best": changed(ONCE, 200, 20), "near": changed(ONCE, 196, 18)}
    path = save_answers(folder / "a.json", {name: {"texture-index": each} for name, each in models.items()})
    pages = []
    for chosen in ([], ["--model", "worst", "--model", "best"]):
        brainscore("compare", path, *chosen, "--to", f"html:{folder / 'page.html'}")
        pages.append((folder / "page.html").read_text(encoding="utf-8"))
    several, two = pages
    assert "cannot be told apart (all pairs of models, Holm)" in several
    for model, letter in (("best", "a"), ("near", "a"), ("worst", "b")):
        assert re.search(rf'<th scope="row">{model}</th><td>[^<]*</td><td>[^<]*</td><td>{letter}</td>', several)
    assert '<th scope="row">worst − best</th><td>-.090</td>' in several
    assert '<th scope="row">texture-index</th><td>+.090</td>' in two
    assert "2,000 stimuli" in two


def test_a_red_report_makes_the_comparison_red(brainscore: Brainscore, folder: Path) -> None:
    one = save_answers(folder / "a.json", {"net": {"texture-index": ONCE}})
    fallen = Comparison(verdict="regressed", baseline=0.7, delta=-0.1, tolerance=0.0)
    other = save_answers(folder / "b.json", {"net": {"texture-index": BETTER}}, comparison=fallen)
    assert brainscore("compare", one, other).exit_code == 1
    assert brainscore("compare", other, one).exit_code == 0
