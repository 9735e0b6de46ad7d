"""Definitions of the behavioral benchmarks: as on the published page."""

from __future__ import annotations

import csv

import pytest

from pytest_brainscore.benchmarks import (
    baker2022,
    bmd2024,
    coggan2024_behavior,
    ferguson2024,
    hebart2023,
    load_benchmark,
    maniquet2024,
    rajalingham2018,
)
from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.resources import resource_folder

FAMILIES = (rajalingham2018, baker2022, maniquet2024, ferguson2024, hebart2023, bmd2024, coggan2024_behavior)
BENCHMARKS: list[Benchmark] = [benchmark for family in FAMILIES for benchmark in family.BENCHMARKS]


def test_versions_places_and_order_are_those_of_the_published_tree() -> None:
    with (resource_folder("fixtures/tree") / "leaves.csv").open(newline="") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    published = [
        (row["identifier"], int(row["version"]), row["parents"])
        for row in rows
        if "behavior_vision" in row["parents"] and "Geirhos2021" not in row["parents"]
    ]
    defined = [(each.identifier, each.version, "/".join(each.parents)) for each in BENCHMARKS]
    assert defined == published
    assert len(defined) == 26


@pytest.mark.parametrize("benchmark", BENCHMARKS, ids=lambda each: each.identifier)
def test_every_benchmark_is_complete_and_found_by_name(benchmark: Benchmark) -> None:
    assert load_benchmark(benchmark.identifier) is benchmark
    assert benchmark.region in {"label", "probabilities", "odd_one_out"}
    assert bool(benchmark.fitting_stimulus_set) == (benchmark.region == "probabilities")
    assert benchmark.stimulus_set
    assert benchmark.assembly
    assert benchmark.cost > 0
    assert isinstance(benchmark.protocol, str)
    module, _, function = benchmark.protocol.partition(":")
    assert hasattr(__import__(module, fromlist=["protocol"]), function)


def test_the_public_variant_of_rajalingham2018_is_outside_the_tree() -> None:
    public = load_benchmark("Rajalingham2018public-i2n")
    assert public not in BENCHMARKS
    assert public.stimulus_set == public.fitting_stimulus_set == "objectome.public"
    assert public.version == 2
