"""The reference population: ranks, best and median, and what it says where it knows nothing."""

from __future__ import annotations

import math
import statistics
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_brainscore.scoring.population import Population, Result, population_of, published_population
from pytest_brainscore.scoring.tree import published_tree


def population(*scores: float | None) -> Population:
    """Return a population with scores on version 1 of one benchmark."""
    return population_of((Result(f"net{index}", "bench", 1, score) for index, score in enumerate(scores)), "nets")


def test_the_rank_is_one_more_than_the_number_of_better_models() -> None:
    peers = population(0.2, 0.4, 0.6).peers("bench", 1, 0.5)
    assert peers is not None
    assert (peers.rank, peers.models) == (2, 4)
    assert (peers.best, peers.median) == (0.6, 0.4)


def test_ties_share_a_rank() -> None:
    peers = population(0.5, 0.5, 0.1).peers("bench", 1, 0.5)
    assert peers is not None
    assert peers.rank == 1


def test_a_model_is_not_compared_with_itself() -> None:
    peers = population(0.9, 0.1).peers("bench", 1, 0.5, model="net0")
    assert peers is not None
    assert (peers.rank, peers.models, peers.best) == (1, 2, 0.1)
    assert population(0.9).peers("bench", 1, 0.5, model="net0") is None
    assert population(0.9).own("bench", 1, "net0") == 0.9
    assert population(0.9).own("bench", 1, "net1") is None


@pytest.mark.parametrize("score", [None, math.nan, math.inf])
def test_without_a_score_there_is_no_rank_but_the_others_are_known(score: float | None) -> None:
    peers = population(0.2, 0.4).peers("bench", 1, score)
    assert peers is not None
    assert peers.rank is None
    assert peers.models == 2
    assert peers.median == pytest.approx(0.3)


def test_nothing_is_said_of_another_benchmark_or_version() -> None:
    assert population(0.2).peers("another", 1, 0.5) is None
    assert population(0.2).peers("bench", 2, 0.5) is None
    assert population().peers("bench", 1, 0.5) is None


@pytest.mark.parametrize("missing", [None, math.nan])
def test_a_missing_number_is_never_taken_for_0(missing: float | None) -> None:
    assert population(missing).peers("bench", 1, 0.5) is None
    peers = population(0.4, missing).peers("bench", 1, 0.5)
    assert peers is not None
    assert (peers.best, peers.median, peers.models) == (0.4, 0.4, 2)


def test_scores_are_cut_to_the_range_of_the_site_before_they_are_ranked() -> None:
    peers = population(1.2, -0.5).peers("bench", 1, 1.1)
    assert peers is not None
    assert (peers.rank, peers.best, peers.median) == (1, 1.0, 0.5)


def test_a_later_result_of_a_model_replaces_an_earlier_one() -> None:
    twice = population_of([Result("net", "bench", 1, 0.2), Result("net", "bench", 1, 0.3)], "nets")
    assert twice.scores == {("bench", 1): {"net": 0.3}}


@given(st.lists(st.floats(0, 1), min_size=1), st.floats(0, 1))
def test_ranks_count_the_better_and_marks_are_those_of_the_others(scores: list[float], score: float) -> None:
    peers = population(*scores).peers("bench", 1, score)
    assert peers is not None
    assert peers.rank == 1 + sum(other > score for other in scores)
    assert 1 <= peers.rank <= peers.models == len(scores) + 1
    assert peers.best == max(scores)
    assert peers.median == statistics.median(scores)


# --- the published scores ---


def test_published_benchmarks_are_leaves_of_the_tree_in_its_version() -> None:
    leaves = published_tree().leaves
    assert all(leaves[identifier].version == version for identifier, version in published_population().scores)


def test_published_numbers_of_models() -> None:
    counts = {key[0]: len(models) for key, models in published_population().scores.items() if len(models) > 2}
    assert counts == {
        "FreemanZiemba2013.V1-pls": 79,
        "FreemanZiemba2013.V2-pls": 79,
        "MajajHong2015.V4-pls": 79,
        "MajajHong2015.IT-pls": 77,
        "Rajalingham2018-i2n": 77,
        "ImageNet-top1": 76,
    }


def test_published_scores_are_normalised() -> None:
    """AlexNet: (r/c)^2 of raw .40278, .41620, .68303, .59607 and the ceilings of the time."""
    published = published_population()
    assert published.own("FreemanZiemba2013.V1-pls", 2, "alexnet") == pytest.approx(0.21255, abs=1e-4)
    assert published.own("FreemanZiemba2013.V2-pls", 2, "alexnet") == pytest.approx(0.25461, abs=1e-4)
    assert published.own("MajajHong2015.V4-pls", 3, "alexnet") == pytest.approx(0.58237, abs=1e-4)
    assert published.own("MajajHong2015.IT-pls", 3, "alexnet") == pytest.approx(0.52604, abs=1e-4)


def test_the_model_page_of_squeezenet1_1_counts_and_replaces_the_older_table() -> None:
    published = published_population()
    own = {key: models["squeezenet1_1"] for key, models in published.scores.items() if "squeezenet1_1" in models}
    assert len(own) == 55
    assert own["FreemanZiemba2013.V1-pls", 2] == 0.265
    assert published.own("Kar2019-ost", 2, "squeezenet1_1") is None


def test_loading_the_population_is_light() -> None:
    code = (
        "import sys; from pytest_brainscore.scoring.population import published_population; published_population();"
        "print({'numpy', 'torch', 'pandas', 'xarray', 'scipy', 'msgspec', 'pytest'} & set(sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"
