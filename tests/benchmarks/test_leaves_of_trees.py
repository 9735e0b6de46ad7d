"""Every leaf of every score tree is a benchmark, at its place and in its version; words choose within the tree."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from pytest_brainscore.benchmarks import all_benchmarks, load_benchmark
from pytest_brainscore.benchmarks.registry import Registry, using
from pytest_brainscore.benchmarks.selector import choose, matches
from pytest_brainscore.benchmarks.shipped import benchmarks_of_tree, further_benchmarks, panel_benchmarks
from pytest_brainscore.errors import BenchmarkError
from pytest_brainscore.scoring.tree import published_tree, tree_of
from pytest_brainscore.trees import TREES, leaves_of, panel


@pytest.fixture
def in_2026() -> Iterator[Registry]:
    """Choose from the tree of 2026."""
    with using(Registry(tree="2026")) as registry:
        yield registry


@pytest.fixture
def in_2022() -> Iterator[Registry]:
    """Choose from the tree of 2022."""
    with using(Registry(tree="2022")) as registry:
        yield registry


@pytest.mark.parametrize("name", TREES)
def test_every_leaf_of_a_tree_has_a_benchmark_at_its_place(name: str) -> None:
    benchmarks = [(each.identifier, each.version, each.parents) for each in benchmarks_of_tree(name)]
    assert benchmarks == list(map(tuple, leaves_of(name)))


def test_the_published_tree_is_what_it_was() -> None:
    assert benchmarks_of_tree("published") is all_benchmarks()


def test_the_panel_has_its_fifteen_benchmarks() -> None:
    assert [(each.identifier, each.version) for each in panel_benchmarks()] == [leaf[:2] for leaf in panel()]


@pytest.mark.parametrize("name", TREES)
def test_without_words_the_leaves_of_the_tree_run(name: str) -> None:
    with using(Registry(tree=name)):
        assert choose([]) == benchmarks_of_tree(name)


@pytest.mark.usefixtures("in_2026")
def test_the_default_version_is_that_of_the_tree() -> None:
    assert load_benchmark("MajajHong2015.IT-pls").version == 4
    assert load_benchmark("MajajHong2015.IT-pls@3").version == 3
    assert [each.version for each in choose(["Sanghavi2020.V4-pls"])] == [2]


def test_the_default_version_is_the_published_one_where_no_tree_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BRAINSCORE_TREE", raising=False)
    assert load_benchmark("MajajHong2015.IT-pls").version == 3
    monkeypatch.setenv("BRAINSCORE_TREE", "2026")
    assert load_benchmark("MajajHong2015.IT-pls").version == 4


@pytest.mark.parametrize(("word", "count"), [("V1", 28), ("V2", 5), ("V4", 10), ("IT", 13), ("behavior_vision", 43)])
@pytest.mark.usefixtures("in_2026")
def test_a_parent_chooses_the_leaves_that_the_tree_has_below_it(word: str, count: int) -> None:
    assert len(choose([word])) == count


@pytest.mark.usefixtures("in_2026")
def test_a_pattern_chooses_within_the_tree_and_only_then_outside() -> None:
    assert len(choose(["Allen2022*"])) == 8
    assert {each.identifier for each in choose(["Allen2022_fmri.*"])} & {
        leaf.identifier for leaf in leaves_of("2026")
    } == set()


@pytest.mark.usefixtures("in_2022")
def test_a_parent_of_another_tree_is_refused_and_an_identifier_found() -> None:
    with pytest.raises(BenchmarkError, match=r"The score tree 2022 has no benchmark below Baker2022; name a tree"):
        choose(["Baker2022"])
    assert choose(["engineering_vision"], lenient=True) == ()
    assert len(choose(["Baker2022inverted-accuracy_delta"])) == 1


@pytest.mark.parametrize("name", TREES)
def test_the_panel_is_the_same_in_every_tree(name: str) -> None:
    with using(Registry(tree=name)):
        chosen = choose(["panel"])
        assert {(each.identifier, each.version) for each in chosen} == {leaf[:2] for leaf in panel()}
        assert all(matches("panel", each) for each in chosen)


def test_two_versions_of_a_leaf_of_the_panel_cannot_be_chosen_at_once() -> None:
    with using(Registry(tree="published")), pytest.raises(BenchmarkError, match=r"2 versions of .* are chosen"):
        choose(["panel", "IT"])
    with using(Registry(tree="2026")):
        assert len(choose(["panel", "IT"])) == 13 + 15 - 5


@pytest.mark.parametrize("name", TREES)
def test_what_is_outside_a_tree_never_counts_in_its_means(name: str) -> None:
    everything = (*all_benchmarks(), *further_benchmarks())
    tree = tree_of(everything, name)
    counted = [leaf for leaf in tree.leaves.values() if leaf.parents[0] in published_tree().roots]
    assert counted == list(leaves_of(name))


def test_the_tree_of_2026_is_at_hand_without_anything_heavy() -> None:
    program = (
        "import sys; from pytest_brainscore.benchmarks.shipped import benchmarks_of_tree; "
        "[each.readiness() for each in benchmarks_of_tree('2026')]; "
        "print(sorted({'numpy', 'pandas', 'scipy', 'torch', 'xarray', 'msgspec'} & set(sys.modules)))"
    )
    printed = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout
    assert printed.strip() == "[]"
