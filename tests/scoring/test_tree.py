"""The score tree: its leaves, the published scores of all parents, and the laws of the aggregation."""

from __future__ import annotations

import csv
import math
import subprocess
import sys
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_brainscore.benchmarks import all_benchmarks
from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.resources import resource_folder
from pytest_brainscore.scoring.tree import Leaf, ScoreTreeError, aggregate, build_tree, published_tree, tree_of

TREE = published_tree()
IDENTIFIERS: Final = list(TREE.leaves)

# Leaves below each parent as the published page states them; direct children as the means imply them.
COUNTS = {
    "average_vision": (81, 2),
    "neural_vision": (38, 4),
    "V1": (24, 3),
    "Marques2020": (22, 7),
    "V1-orientation": (7, 7),
    "V1-spatial_frequency": (3, 3),
    "V1-response_selectivity": (4, 4),
    "V1-receptive_field_size": (2, 2),
    "V1-surround_modulation": (1, 1),
    "V1-texture_modulation": (2, 2),
    "V1-response_magnitude": (3, 3),
    "V2": (2, 2),
    "V4": (5, 5),
    "IT": (7, 7),
    "behavior_vision": (43, 8),
    "Geirhos2021-error_consistency": (17, 17),
    "Baker2022": (3, 3),
    "Maniquet2024": (2, 2),
    "Ferguson2024": (14, 14),
    "BMD2024": (4, 4),
    "engineering_vision": (25, 5),
    "ImageNet-C-top1": (4, 4),
    "Geirhos2021-top1": (17, 17),
    "Hermann2020": (2, 2),
}
HALF_A_DIGIT = 0.0005
"""The published scores are rounded to three decimals."""


def published() -> dict[str, str]:
    """Return the scores of the published page of squeezenet1_1, as printed."""
    text = (resource_folder("fixtures/tree") / "published" / "squeezenet1_1.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    return {row["identifier"]: row["score"] for row in rows}


def published_leaves(shift: float = 0.0) -> dict[str, float | None]:
    """Return the published scores of the leaves, each changed by `shift`."""
    scores = {name: score for name, score in published().items() if name in TREE.leaves}
    return {name: math.nan if score == "X" else float(score) + shift for name, score in scores.items()}


PUBLISHED_PARENTS = {name: float(score) for name, score in published().items() if name in TREE.children}


def number(value: float | None) -> float:
    """Return a number that must be there."""
    assert value is not None
    return value


def rounded(value: float | None) -> float:
    """Round to three decimals, half up; the decimal digits of the mean count, not the last bits of its float64."""
    digits = Decimal(f"{number(value):.9f}")
    return float(digits.quantize(Decimal("0.001"), ROUND_HALF_UP))


# --- the tree ---


def test_there_are_106_leaves_below_two_roots() -> None:
    assert len(TREE.leaves) == 106
    assert TREE.roots == ("average_vision", "engineering_vision")


def test_every_parent_has_the_published_number_of_leaves_and_children() -> None:
    found = aggregate({})
    assert {name: (found[name].leaves, len(TREE.children[name])) for name in TREE.children} == COUNTS


def test_parents_come_before_those_below_them() -> None:
    order = list(aggregate({}))
    for leaf in TREE.leaves.values():
        places = [order.index(parent) for parent in leaf.parents]
        assert places == sorted(places)


@pytest.mark.parametrize("benchmark", all_benchmarks(), ids=lambda benchmark: benchmark.identifier)
def test_every_benchmark_stands_in_the_tree_at_its_place_and_version(benchmark: Benchmark) -> None:
    leaf = TREE.leaves[benchmark.identifier]
    assert (leaf.version, leaf.parents) == (benchmark.version, benchmark.parents)


def test_benchmarks_are_listed_in_the_order_of_the_tree() -> None:
    names = [benchmark.identifier for benchmark in all_benchmarks()]
    assert names == [name for name in IDENTIFIERS if name in names]


@pytest.mark.parametrize(
    ("leaves", "message"),
    [
        ([Leaf("a", 1, ())], "The leaf a of the score tree has no parent"),
        ([Leaf("a", 1, ("r",)), Leaf("a", 2, ("r",))], "The leaf a is twice"),
        ([Leaf("a", 1, ("r", "p")), Leaf("b", 1, ("s", "p"))], "p of b has two places .* below r and below s"),
        ([Leaf("a", 1, ("r", "p")), Leaf("b", 1, ("p",))], "p of b has two places .* below r and below nothing"),
        ([Leaf("a", 1, ("r",)), Leaf("b", 1, ("r", "a"))], "a is both a leaf and a parent"),
    ],
)
def test_a_tree_that_contradicts_itself_is_refused(leaves: list[Leaf], message: str) -> None:
    with pytest.raises(ScoreTreeError, match=message):
        build_tree(leaves)


def test_loading_the_tree_is_light() -> None:
    code = (
        "import sys; from pytest_brainscore.scoring.tree import published_tree; published_tree();"
        "print({'numpy', 'torch', 'pandas', 'xarray', 'scipy', 'pytest'} & set(sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"


# --- the published page ---


def test_the_page_shows_15_parents_and_56_leaves_of_the_tree() -> None:
    names = published().keys()
    assert len(PUBLISHED_PARENTS) == 15
    assert len(names & TREE.leaves.keys()) == 56
    assert names <= TREE.leaves.keys() | TREE.children.keys()


def test_it_stores_the_version_that_the_tree_has() -> None:
    text = (resource_folder("fixtures/tree") / "published" / "squeezenet1_1.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(line for line in text.splitlines() if not line.startswith("#")):
        leaf = TREE.leaves.get(row["identifier"])
        assert row["version"] == (str(leaf.version) if leaf else "")


@pytest.mark.parametrize("parent", [name for name in PUBLISHED_PARENTS if name != "average_vision"])
def test_published_parent_follows_from_its_leaves_to_three_decimals(parent: str) -> None:
    assert rounded(aggregate(published_leaves())[parent].site_comparable) == PUBLISHED_PARENTS[parent]


@pytest.mark.parametrize("parent", PUBLISHED_PARENTS)
def test_published_parent_is_within_the_rounding_of_its_leaves(parent: str) -> None:
    """The interval that the rounded leaves leave for the mean meets the one that the rounded mean leaves."""
    lowest = number(aggregate(published_leaves(-HALF_A_DIGIT))[parent].site_comparable)
    highest = number(aggregate(published_leaves(+HALF_A_DIGIT))[parent].site_comparable)
    assert lowest <= PUBLISHED_PARENTS[parent] + HALF_A_DIGIT
    assert highest >= PUBLISHED_PARENTS[parent] - HALF_A_DIGIT


def test_published_average_follows_from_the_published_children_to_three_decimals() -> None:
    """From the rounded leaves it is .13246, one less in the last digit; .1325 is the mean of the published children."""
    assert number(aggregate(published_leaves())["average_vision"].site_comparable) == pytest.approx(0.13246, abs=5e-6)
    root = build_tree([Leaf(name, 1, ("average_vision",)) for name in TREE.children["average_vision"]])
    children = {name: PUBLISHED_PARENTS[name] for name in root.leaves}
    assert rounded(aggregate(children, tree=root)["average_vision"].site_comparable) == 0.133


def test_parents_that_the_page_does_not_draw_are_blank() -> None:
    found = aggregate(published_leaves())
    blank = {name for name, parent in found.items() if parent.site_comparable is None}
    assert blank == TREE.children.keys() - PUBLISHED_PARENTS.keys()


def test_published_coverage() -> None:
    """Of the 31 leaves below average_vision that the page shows, one is an X."""
    found = aggregate(published_leaves())
    assert (found["average_vision"].scored, found["engineering_vision"].scored) == (30, 25)


# --- rules ---

SMALL = build_tree(
    [
        Leaf("a", 1, ("root", "left")),
        Leaf("b", 1, ("root", "left")),
        Leaf("c", 1, ("root", "right")),
        Leaf("d", 1, ("root",)),
    ]
)


def test_everything_has_a_number() -> None:
    root = aggregate({"a": 0.2, "b": 0.4, "c": 0.6, "d": 0.9}, tree=SMALL)["root"]
    assert root.site_comparable == root.mean_of_what_ran == pytest.approx((0.3 + 0.6 + 0.9) / 3)
    assert (root.scored, root.leaves) == (4, 4)


@pytest.mark.parametrize("missing", [None, math.nan, math.inf, -math.inf])
def test_a_leaf_without_number_counts_as_0_for_the_site_and_is_left_out_of_what_ran(missing: float | None) -> None:
    found = aggregate({"a": 0.2, "b": missing, "d": 0.9}, tree=SMALL)
    assert found["left"].site_comparable == pytest.approx(0.1)
    assert found["left"].mean_of_what_ran == pytest.approx(0.2)
    assert found["root"].site_comparable == pytest.approx((0.1 + 0.0 + 0.9) / 3)
    assert found["root"].mean_of_what_ran == pytest.approx((0.2 + 0.9) / 2)
    assert (found["root"].scored, found["root"].leaves) == (2, 4)


def test_nothing_has_run() -> None:
    for scores in ({}, dict.fromkeys("abcd")):
        for parent in aggregate(scores, tree=SMALL).values():
            assert parent.site_comparable is None
            assert parent.mean_of_what_ran is None
            assert parent.site_comparable_error is None
            assert parent.scored == 0


def test_a_parent_whose_leaves_all_ran_without_number_is_x_and_counts_as_0_above() -> None:
    found = aggregate({"a": math.nan, "b": None, "d": 0.9}, {"a": 0.1, "d": 0.3}, tree=SMALL)
    assert math.isnan(number(found["left"].site_comparable))
    assert math.isnan(number(found["left"].mean_of_what_ran))
    assert found["left"].site_comparable_error is None
    assert found["root"].site_comparable == pytest.approx(0.3)
    assert found["root"].mean_of_what_ran == pytest.approx(0.9)
    assert found["root"].site_comparable_error == pytest.approx(0.1)


def test_x_goes_up_when_there_is_no_number_at_all() -> None:
    found = aggregate({"a": math.nan}, tree=SMALL)
    assert math.isnan(number(found["root"].site_comparable))
    assert found["right"].site_comparable is None


def test_a_score_of_0_is_a_number() -> None:
    right = aggregate({"c": 0.0}, tree=SMALL)["right"]
    assert (right.site_comparable, right.mean_of_what_ran, right.scored) == (0.0, 0.0, 1)


def test_scores_are_cut_to_the_unit_interval() -> None:
    found = aggregate({"a": 1.4, "b": -0.2, "c": 1.0, "d": 0.0}, tree=SMALL)
    assert found["left"].site_comparable == 0.5
    assert found["root"].site_comparable == pytest.approx((0.5 + 1.0 + 0.0) / 3)


def test_independent_errors_go_through_the_weights_of_the_scores() -> None:
    errors = {"a": 0.03, "b": 0.04, "c": 0.1, "d": 0.2}
    found = aggregate({"a": 0.2, "b": 0.4, "c": 0.6, "d": 0.9}, errors, tree=SMALL)
    assert found["left"].site_comparable_error == pytest.approx(0.05 / 2)
    assert found["root"].site_comparable_error == pytest.approx(math.sqrt(0.025**2 + 0.1**2 + 0.2**2) / 3)
    assert found["root"].mean_of_what_ran_error == found["root"].site_comparable_error


def test_errors_of_a_partial_run_follow_the_two_means() -> None:
    found = aggregate({"a": 0.2, "d": 0.9}, {"a": 0.04, "b": 9.0, "d": 0.3}, tree=SMALL)
    assert found["root"].site_comparable_error == pytest.approx(math.hypot(0.04 / 2, 0.3) / 3)
    assert found["root"].mean_of_what_ran_error == pytest.approx(math.hypot(0.04, 0.3) / 2)


@pytest.mark.parametrize("unknown", [None, math.nan, math.inf])
def test_an_unknown_error_is_not_taken_for_none(unknown: float | None) -> None:
    found = aggregate({"a": 0.2, "c": 0.6}, {"a": unknown, "c": 0.1}, tree=SMALL)
    assert found["left"].site_comparable_error is None
    assert found["root"].site_comparable_error is None
    assert found["right"].site_comparable_error == pytest.approx(0.1)


def test_scores_outside_the_tree_are_refused() -> None:
    with pytest.raises(ScoreTreeError, match="nowhere is not a leaf of the score tree"):
        aggregate({"nowhere": 0.5})
    with pytest.raises(ScoreTreeError, match="V1 is not a leaf"):
        aggregate({"V1": 0.5})
    with pytest.raises(ScoreTreeError, match="V1 is not a leaf"):
        aggregate({}, {"V1": 0.5})


def test_negative_errors_are_refused() -> None:
    with pytest.raises(ScoreTreeError, match=r"The error -0.1 of c is negative"):
        aggregate({"c": 0.5}, {"c": -0.1}, tree=SMALL)


# --- laws ---

NUMBERS = st.floats(min_value=-0.5, max_value=1.5)
SCORES = st.dictionaries(st.sampled_from(IDENTIFIERS), st.none() | st.just(math.nan) | NUMBERS, max_size=40)
ROUNDING = 1e-12


@given(SCORES)
def test_scores_stay_within_0_and_1_and_the_site_number_is_never_the_higher(scores: dict[str, float | None]) -> None:
    for parent in aggregate(scores).values():
        if parent.scored:
            site, ran = number(parent.site_comparable), number(parent.mean_of_what_ran)
            assert 0 <= site <= ran + ROUNDING
            assert ran <= 1 + ROUNDING
        assert parent.scored <= parent.leaves


@given(SCORES, st.randoms(use_true_random=False))
def test_the_order_of_scores_and_of_leaves_does_not_matter(scores: dict[str, float | None], random: Random) -> None:
    leaves, items = list(TREE.leaves.values()), list(scores.items())
    random.shuffle(leaves)
    random.shuffle(items)
    one, other = aggregate(scores), aggregate(dict(items), tree=build_tree(leaves))
    # As text: a NaN is equal to itself in a dataclass of Python 3.12, and not in one of 3.13.
    assert {name: repr(one[name]) for name in one} == {name: repr(other[name]) for name in other}


@given(SCORES, st.sampled_from([name for name in TREE.children if len(TREE.children[name]) > 1]))
def test_one_more_leaf_without_number_never_raises_the_site_number(
    scores: dict[str, float | None], parent: str
) -> None:
    place = next(leaf.parents for leaf in TREE.leaves.values() if parent in leaf.parents)
    added = Leaf("another", 1, place[: place.index(parent) + 1])
    before, after = aggregate(scores), aggregate(scores, tree=build_tree([*TREE.leaves.values(), added]))
    for name, node in before.items():
        if node.scored:
            assert number(after[name].site_comparable) <= number(node.site_comparable)
            assert after[name].mean_of_what_ran == node.mean_of_what_ran
        assert after[name].leaves == node.leaves + (name in added.parents)


@given(SCORES, st.sampled_from(IDENTIFIERS), NUMBERS)
def test_one_more_number_never_lowers_the_site_number(scores: dict[str, float | None], leaf: str, score: float) -> None:
    before, after = aggregate(scores | {leaf: None}), aggregate(scores | {leaf: score})
    for name, node in before.items():
        if node.scored:
            assert number(after[name].site_comparable) >= number(node.site_comparable)


CONTRADICTING: Final = (
    Leaf("a", 1, ("x", "y")),
    Leaf("b", 1, ("y",)),
    Leaf("c", 1, ("x", "z")),
    Leaf("c", 2, ("x",)),
    Leaf("y", 1, ("x",)),
)


class TestBenchmarksOfOnesOwn:
    """The tree of a run: the published one, and beside it what its benchmarks name."""

    def test_without_any_it_is_the_published_tree(self) -> None:
        assert tree_of([]) is published_tree()
        assert tree_of(published_tree().leaves.values()) is published_tree()

    def test_they_have_a_mean_and_no_published_one_changes(self) -> None:
        own = [Leaf("mine-a", 1, ("mylab", "mylab.V4")), Leaf("mine-b", 1, ("mylab", "mylab.IT"))]
        published = dict.fromkeys(published_tree().leaves, 0.5)
        with_own = aggregate(published | {"mine-a": 1.0, "mine-b": 0.5}, tree=tree_of(own))
        without = aggregate(published)
        assert {name: with_own[name] for name in without} == without
        assert with_own["mylab"].mean_of_what_ran == 0.75
        assert with_own.keys() - without.keys() == {"mylab", "mylab.V4", "mylab.IT"}

    @pytest.mark.parametrize(
        "leaf",
        [
            Leaf("mine", 1, ("average_vision", "V9")),
            Leaf("mine", 1, ("mylab", "V1")),
            Leaf("mine", 1, ()),
            Leaf("V1", 1, ("mylab",)),
            Leaf("ImageNet-top1", 7, ("mylab",)),
            Leaf("mine", 1, ("ImageNet-top1",)),
        ],
        ids=str,
    )
    def test_what_would_change_the_published_tree_has_no_place(self, leaf: Leaf) -> None:
        assert tree_of([leaf]) is published_tree()

    @given(st.permutations(CONTRADICTING))
    def test_of_contradicting_ones_the_same_are_left_out_in_any_order(self, leaves: list[Leaf]) -> None:
        tree = tree_of(leaves)
        assert {name for name in tree.leaves if name not in published_tree().leaves} == {"a", "c"}
        assert tree.leaves["c"] == Leaf("c", 2, ("x",))
