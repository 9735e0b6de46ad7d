"""Choosing benchmarks by words."""

from __future__ import annotations

import re

import pytest

from pytest_brainscore.benchmarks import all_benchmarks, every_version, load_benchmark
from pytest_brainscore.benchmarks.selector import choose, matches, select
from pytest_brainscore.errors import BenchmarkError

LEAF = "Marques2020_DeValois1982-pref_or"


@pytest.mark.parametrize(
    "selector",
    [LEAF, f"{LEAF}@1", "V1", "average_vision", "Marques2020", "V1-orientation", "Marques2020_*-pref_or", "*_or", "V?"],
)
def test_an_identifier_a_version_a_parent_or_a_pattern_over_any_of_them_matches(selector: str) -> None:
    assert matches(selector, load_benchmark(LEAF))


@pytest.mark.parametrize("selector", ["", LEAF[:-1], LEAF.lower(), f"{LEAF}@2", "v1", "V", "V2", "macaque"])
def test_anything_else_does_not(selector: str) -> None:
    assert not matches(selector, load_benchmark(LEAF))


def test_without_words_everything_is_selected() -> None:
    assert select([], all_benchmarks()) == all_benchmarks()


def test_the_order_is_that_of_the_benchmarks_and_each_comes_once() -> None:
    chosen = select(["engineering_vision", "V1", "V1-orientation"], all_benchmarks())
    expected = [each for each in all_benchmarks() if {"V1", "engineering_vision"} & set(each.parents)]
    assert list(chosen) == expected


def test_a_word_that_selects_nothing_is_refused_although_others_select_something() -> None:
    with pytest.raises(BenchmarkError, match=r"matches 'behaviour_vision'; did you mean .*behavior_vision"):
        select(["V1", "behaviour_vision"], all_benchmarks())
    with pytest.raises(BenchmarkError, match=r"matches 'qqqq'; see brainscore list for those there are\."):
        select(["qqqq"], all_benchmarks())


@pytest.mark.parametrize(
    ("family", "pattern"), [("MajajHong2015", "'MajajHong2015*'"), ("Cavanaugh2002", "'*Cavanaugh2002*'")]
)
def test_the_pattern_of_a_family_of_benchmarks_is_offered(family: str, pattern: str) -> None:
    with pytest.raises(BenchmarkError, match=f"did you mean {re.escape(pattern)}"):
        select([family], all_benchmarks())
    assert select([pattern.strip("'")], all_benchmarks())


def test_choosing_without_words_gives_the_published_leaves() -> None:
    assert choose([]) == all_benchmarks()


def test_a_parent_chooses_published_leaves_in_their_default_version() -> None:
    assert choose(["V1"]) == select(["V1"], all_benchmarks())
    assert len({each.identifier for each in choose(["IT"])}) == len(choose(["IT"]))


def test_an_identifier_finds_what_is_outside_the_tree_and_a_version_another_one() -> None:
    published = {(each.identifier, each.version) for each in all_benchmarks()}
    further = [each for each in every_version() if (each.identifier, each.version) not in published]
    assert further
    for benchmark in further:
        word = f"{benchmark.identifier}@{benchmark.version}"
        assert [f"{each.identifier}@{each.version}" for each in choose([word])] == [word]


def test_two_versions_of_a_benchmark_cannot_be_chosen_at_once() -> None:
    default = {each.identifier: each.version for each in all_benchmarks()}
    other = next(each for each in every_version() if default.get(each.identifier, each.version) != each.version)
    with pytest.raises(BenchmarkError, match=f"2 versions of {other.identifier} are chosen; score one at a time"):
        choose([other.identifier, f"{other.identifier}@{other.version}"])
