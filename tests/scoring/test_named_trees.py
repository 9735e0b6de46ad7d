"""Score trees by name and year: which leaves each has, what pruning does to means, and the panel."""

from __future__ import annotations

import math
import subprocess
import sys
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_brainscore.scoring.tree import (
    Aggregate,
    Leaf,
    ScoreTreeError,
    aggregate,
    build_tree,
    named_tree,
    panel_tree,
    published_tree,
    tree_of,
)
from pytest_brainscore.trees import TREES, UnknownTree, default_tree, known_tree, leaves_of, panel, places

# Leaves and direct children as the reference of 2026 states them.
COUNTS_2026 = {
    "average_vision": (99, 2),
    "neural_vision": (56, 4),
    "V1": (28, 7),
    "Marques2020": (22, 7),
    "V2": (5, 5),
    "V4": (10, 10),
    "IT": (13, 13),
    "behavior_vision": (43, 8),
    "engineering_vision": (25, 5),
}
ADDED = {
    "Allen2022_fmri_surface.V1-ridge": 1,
    "Allen2022_fmri_surface.V2-ridge": 1,
    "Allen2022_fmri_surface.V4-ridge": 1,
    "Allen2022_fmri_surface.IT-ridge": 1,
    "Allen2022_fmri_surface.V1-rdm": 1,
    "Allen2022_fmri_surface.V2-rdm": 1,
    "Allen2022_fmri_surface.V4-rdm": 1,
    "Allen2022_fmri_surface.IT-rdm": 1,
    "Hebart2023_fmri.V1-ridgecv": 3,
    "Hebart2023_fmri.V2-ridgecv": 3,
    "Hebart2023_fmri.V4-ridgecv": 3,
    "Hebart2023_fmri.IT-ridgecv": 3,
    "Papale2025.V1-ridgecv": 3,
    "Papale2025.V4-ridgecv": 3,
    "Papale2025.IT-ridgecv": 3,
    "Gifford2022.IT-ridgecv": 3,
    "MajajHong2015public.V4-reverse_pls": 4,
    "MajajHong2015public.IT-reverse_pls": 4,
}
NEW_VERSIONS = {
    "FreemanZiemba2013.V1-pls": (2, 3),
    "FreemanZiemba2013.V2-pls": (2, 3),
    "SanghaviJozwik2020.V4-pls": (1, 2),
    "Sanghavi2020.V4-pls": (1, 2),
    "SanghaviMurty2020.V4-pls": (1, 2),
    "MajajHong2015.V4-pls": (3, 4),
    "SanghaviJozwik2020.IT-pls": (1, 2),
    "Sanghavi2020.IT-pls": (1, 2),
    "SanghaviMurty2020.IT-pls": (1, 2),
    "MajajHong2015.IT-pls": (3, 4),
}
PANEL = {
    "Rajalingham2018-i2n": 2,
    "Geirhos2021silhouette-error_consistency": 1,
    "Allen2022_fmri_surface.V2-ridge": 1,
    "Sanghavi2020.IT-pls": 2,
    "MajajHong2015public.IT-reverse_pls": 4,
    "tong.Coggan2024_fMRI.V1-rdm": 1,
    "Marques2020_FreemanZiemba2013-abs_texture_modulation_index": 1,
    "Kar2019-ost": 2,
    "Geirhos2021eidolonI-error_consistency": 1,
    "Allen2022_fmri_surface.V4-ridge": 1,
    "MajajHong2015.IT-pls": 4,
    "tong.Coggan2024_behavior-ConditionWiseAccuracySimilarity": 1,
    "Bracci2019.anteriorVTC-rdm": 1,
    "MajajHong2015public.V4-reverse_pls": 4,
    "Marques2020_FreemanZiemba2013-max_texture": 1,
}


def versions(name: str) -> dict[str, int]:
    return {leaf.identifier: leaf.version for leaf in leaves_of(name)}


def number(value: float | None) -> float:
    assert value is not None
    return value


# --- which leaves ---


def test_the_trees_have_their_numbers_of_leaves() -> None:
    assert {name: len(leaves_of(name)) for name in TREES} == {
        "published": 106,
        "2026": 124,
        "2024": 81,
        "2023": 51,
        "2022": 34,
    }


def test_the_tree_of_2026_is_the_published_one_with_18_leaves_more_and_ten_newer_versions() -> None:
    old, new = versions("published"), versions("2026")
    assert {name: new[name] for name in new.keys() - old.keys()} == ADDED
    assert {name: (old[name], new[name]) for name in old if old[name] != new[name]} == NEW_VERSIONS


def test_the_parents_of_2026_have_the_stated_numbers_of_leaves_and_children() -> None:
    tree, found = named_tree("2026"), aggregate({}, tree=named_tree("2026"))
    counts = {name: (found[name].leaves, len(tree.children[name])) for name in COUNTS_2026}
    assert counts == COUNTS_2026
    assert tree.children.keys() == published_tree().children.keys()


def test_every_added_leaf_hangs_directly_below_its_region() -> None:
    for leaf in leaves_of("2026"):
        if leaf.identifier in ADDED:
            region = leaf.identifier.split(".")[1].split("-")[0]
            assert leaf.parents == ("average_vision", "neural_vision", region)


@pytest.mark.parametrize(
    ("name", "families"),
    [
        ("2022", {"FreemanZiemba2013": 2, "MajajHong2015": 2, "Kar2019": 1, "Rajalingham2018": 1, "Marques2020": 22}),
        ("2023", {"Geirhos2021": 17}),
        ("2024", {"Bracci2019": 1, "Baker2022": 3, "Maniquet2024": 2, "Ferguson2024": 14, "Hebart2023": 1, "BMD": 4}),
    ],
)
def test_the_years_before_have_the_families_that_had_come_by_then(name: str, families: dict[str, int]) -> None:
    found = versions(name)
    for family, count in families.items():
        assert sum(identifier.startswith(family) for identifier in found) == count
    assert all(found[identifier] == versions("2026")[identifier] for identifier in found)
    later = TREES[TREES.index(name) - 1]
    assert found.keys() < versions(later).keys()


def test_years_before_2026_have_brain_leaves_only() -> None:
    assert {named_tree(name).roots for name in ("2022", "2023", "2024")} == {("average_vision",)}
    assert named_tree("2026").roots == ("average_vision", "engineering_vision")


def test_parents_without_leaves_vanish() -> None:
    gone = {name: published_tree().children.keys() - named_tree(name).children.keys() for name in TREES}
    engineering = {"engineering_vision", "ImageNet-C-top1", "Geirhos2021-top1", "Hermann2020"}
    behavior = {"Baker2022", "Maniquet2024", "Ferguson2024", "BMD2024"}
    assert gone == {
        "published": set(),
        "2026": set(),
        "2024": engineering,
        "2023": engineering | behavior,
        "2022": engineering | behavior | {"Geirhos2021-error_consistency"},
    }


@pytest.mark.parametrize("name", ["2021-Q1", "2021"])
def test_the_tree_of_2021_is_refused_with_the_reason(name: str) -> None:
    with pytest.raises(UnknownTree, match=r"not determinable: the site states 11, and 12 are known .* use one of pub"):
        leaves_of(name)


def test_an_unknown_tree_is_answered_with_those_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnknownTree, match=r"is '2027', and .*; use one of published, 2026, 2024, 2023, 2022\."):
        known_tree("2027")
    monkeypatch.setenv("BRAINSCORE_TREE", "2025")
    with pytest.raises(UnknownTree, match=r"environment variable BRAINSCORE_TREE is '2025'"):
        default_tree()


def test_the_environment_names_the_tree_that_counts_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BRAINSCORE_TREE", raising=False)
    assert default_tree() == "published"
    monkeypatch.setenv("BRAINSCORE_TREE", "2026")
    assert default_tree() == "2026"


@pytest.mark.parametrize("name", TREES)
def test_what_one_has_beside_a_tree_does_not_change_it(name: str) -> None:
    own = Leaf("mine", 1, ("mylab",))
    mixed = tree_of([own, *named_tree("2026").leaves.values(), *published_tree().leaves.values()], name)
    assert mixed.name == name
    assert {k: v for k, v in mixed.leaves.items() if k != "mine"} == dict(named_tree(name).leaves)
    assert mixed.children["mylab"] == ("mine",)


def test_trees_are_read_without_anything_heavy() -> None:
    code = (
        "import sys; from pytest_brainscore.trees import TREES, leaves_of, panel; [*map(leaves_of, TREES)]; panel();"
        "print({'numpy', 'torch', 'pandas', 'xarray', 'scipy', 'pytest'} & set(sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"


# --- the panel ---


def test_the_panel_has_fifteen_leaves_in_the_versions_of_2026() -> None:
    assert {leaf.identifier: leaf.version for leaf in panel()} == PANEL
    assert Counter(leaf.parents[1] for leaf in panel()) == {"neural_vision": 11, "behavior_vision": 4}


def test_the_score_of_the_panel_is_a_mean_of_means_over_the_leaves_it_has() -> None:
    """V1 has three leaves below two children, one of which has two below two of its own."""
    tree = panel_tree()
    assert tree.children["V1"] == ("Marques2020", "tong.Coggan2024_fMRI.V1-rdm")
    assert tree.children["V2"] == ("Allen2022_fmri_surface.V2-ridge",)
    scores = dict.fromkeys(tree.leaves, 0.0) | {
        "Marques2020_FreemanZiemba2013-max_texture": 0.8,
        "Allen2022_fmri_surface.V2-ridge": 0.6,
        "Rajalingham2018-i2n": 0.3,
    }
    found = aggregate(scores, tree=tree)
    # V1 is .2, V2 .6; the panel has nothing else in neural_vision, and three children in behavior_vision.
    assert number(found["V1"].site_comparable) == pytest.approx(0.2)
    assert number(found["neural_vision"].site_comparable) == pytest.approx((0.2 + 0.6) / 4)
    assert number(found["average_vision"].site_comparable) == pytest.approx((0.2 + 0.1) / 2)


# --- scored, failed, never attempted ---

TREE = build_tree(
    [Leaf("a1", 1, ("root", "a")), Leaf("a2", 1, ("root", "a")), Leaf("b1", 1, ("root", "b")), Leaf("c", 1, ("root",))]
)


def means(found: Aggregate) -> tuple[float | None, float | None, float | None]:
    return found.site_comparable, found.mean_of_what_was_attempted, found.mean_of_what_ran


def test_the_three_means_differ_in_what_they_take_for_0() -> None:
    found = aggregate({"a1": 0.8, "b1": math.nan}, tree=TREE)
    assert means(found["root"]) == pytest.approx((0.4 / 3, 0.8 / 2, 0.8))
    assert means(found["a"]) == pytest.approx((0.4, 0.8, 0.8))
    assert (found["root"].scored, found["root"].failed, found["root"].leaves) == (1, 1, 4)


def test_what_raised_failed_as_what_gave_no_number_did() -> None:
    raised = aggregate({"a1": 0.8}, tree=TREE, failed={"a2", "b1"})
    no_number = aggregate({"a1": 0.8, "a2": math.nan, "b1": math.nan}, tree=TREE)
    assert means(raised["root"]) == means(no_number["root"]) == pytest.approx((0.4 / 3, 0.4 / 2, 0.8))
    assert raised["root"].failed == no_number["root"].failed == 2


def test_nothing_attempted_is_blank_and_nothing_but_failures_has_no_number() -> None:
    found = aggregate({"a1": 0.8}, tree=TREE, failed={"b1"})
    assert found["b"].site_comparable is None  # as the site shows what has no entry
    assert math.isnan(number(found["b"].mean_of_what_was_attempted))
    assert aggregate({}, tree=TREE)["root"].mean_of_what_was_attempted is None


def test_errors_go_through_the_weights_of_each_mean() -> None:
    found = aggregate({"a1": 0.8, "c": 0.5, "b1": math.nan}, {"a1": 0.3, "c": 0.4}, TREE)["root"]
    assert found.mean_of_what_was_attempted_error == pytest.approx(0.5 / 3)
    assert found.mean_of_what_ran_error == pytest.approx(0.5 / 2)
    assert found.site_comparable_error == pytest.approx(math.hypot(0.15, 0.4) / 3)


def test_a_leaf_cannot_have_a_score_and_have_failed() -> None:
    with pytest.raises(ScoreTreeError, match="a1 has a score and is named among those that failed"):
        aggregate({"a1": 0.8}, tree=TREE, failed={"a1"})
    with pytest.raises(ScoreTreeError, match="nowhere is not a leaf of the score tree"):
        aggregate({}, tree=TREE, failed={"nowhere"})


STATES = st.one_of(st.none(), st.just(math.nan), st.floats(0, 1))


@given(st.fixed_dictionaries(dict.fromkeys(TREE.leaves, STATES)))
def test_the_mean_of_what_was_attempted_lies_between_the_others_and_is_that_of_the_pruned_tree(
    scores: dict[str, float | None],
) -> None:
    found = aggregate(scores, tree=TREE)["root"]
    attempted = [leaf for leaf in TREE.leaves if scores[leaf] is not None]
    if not found.scored:
        return
    site, mean, ran = map(number, means(found))
    assert site <= mean + 1e-12 <= ran + 1e-9
    pruned = build_tree(TREE.leaves[leaf] for leaf in attempted)
    in_pruned = aggregate({leaf: scores[leaf] for leaf in attempted}, tree=pruned)["root"]
    assert mean == pytest.approx(number(in_pruned.site_comparable), abs=1e-12)


@pytest.mark.parametrize("name", ["2022", "2023", "2024"])
def test_the_score_of_an_era_is_that_of_the_pruned_tree(name: str) -> None:
    """What counts is the leaves of the era alone, in smaller denominators."""
    scores = {leaf: (index % 7) / 7 for index, leaf in enumerate(named_tree("2026").leaves)}
    tree = named_tree(name)
    era = aggregate({leaf: scores[leaf] for leaf in tree.leaves}, tree=tree)
    attempted_only = aggregate({leaf: scores[leaf] for leaf in tree.leaves}, tree=named_tree("2026"))
    assert era["average_vision"].leaves == len(tree.leaves)
    assert era["V2"].leaves == {"2022": 1, "2023": 1, "2024": 2}[name]
    assert era["average_vision"].site_comparable == attempted_only["average_vision"].mean_of_what_ran


def test_names_of_places_are_those_of_all_trees() -> None:
    assert places() == published_tree().children.keys()
