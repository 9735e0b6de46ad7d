"""Definitions of the neural benchmarks: versions, normalisations, regions, needs, suites."""

from __future__ import annotations

import pytest

from pytest_brainscore.benchmarks import all_benchmarks, every_version, load_benchmark
from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.data.catalogue import file_set
from pytest_brainscore.resources import resource_folder

NEURAL = [each for each in all_benchmarks() if "neural_vision" in each.parents]
OTHERS = [each for each in every_version() if each.region in ("V1", "V2", "V4", "IT") and each not in NEURAL]


def test_all_38_neural_leaves_are_there() -> None:
    regions = [each.parents[2] for each in NEURAL]
    assert {region: regions.count(region) for region in regions} == {"V1": 24, "V2": 2, "V4": 5, "IT": 7}


@pytest.mark.parametrize("benchmark", [*NEURAL, *OTHERS], ids=lambda each: f"{each.identifier}@{each.version}")
def test_whatever_a_benchmark_needs_is_in_the_catalogue(benchmark: Benchmark) -> None:
    for kind, identifier in benchmark.needs:
        assert file_set(kind, identifier).identifier == identifier


@pytest.mark.parametrize(
    ("identifier", "page", "current"),
    [
        ("FreemanZiemba2013.V1-pls", 2, 3),
        ("FreemanZiemba2013.V2-pls", 2, 3),
        ("MajajHong2015.V4-pls", 3, 4),
        ("MajajHong2015.IT-pls", 3, 4),
        ("Sanghavi2020.V4-pls", 1, 2),
        ("SanghaviJozwik2020.IT-pls", 1, 2),
        ("SanghaviMurty2020.V4-pls", 1, 2),
    ],
)
def test_the_page_divides_r_by_c_and_squares_and_the_current_version_divides_r_squared(
    identifier: str, page: int, current: int
) -> None:
    assert load_benchmark(identifier).version == page
    assert load_benchmark(f"{identifier}@{page}").normalisation == "(r/c)^2"
    assert load_benchmark(f"{identifier}@{current}").normalisation == "r^2/c"


@pytest.mark.parametrize(
    ("public", "stimuli", "version", "normalisation"),
    [
        ("FreemanZiemba2013public.V1-pls", "FreemanZiemba2013.aperture-public", 1, "r^2/c"),
        ("FreemanZiemba2013public.V2-pls", "FreemanZiemba2013.aperture-public", 1, "r^2/c"),
        ("MajajHong2015public.V4-pls", "hvm-public", 4, "r^2/c"),
        ("MajajHong2015public.IT-pls", "hvm-public", 4, "r^2/c"),
        ("MajajHong2015public.IT-pls@3", "hvm-public", 3, "(r/c)^2"),
    ],
)
def test_public_variants_can_be_loaded_and_are_no_leaves(
    public: str, stimuli: str, version: int, normalisation: str
) -> None:
    benchmark = load_benchmark(public)
    assert (benchmark.stimulus_set, benchmark.version) == (stimuli, version)
    assert benchmark.normalisation == normalisation
    assert all(file_set(*need).access == "public" for need in benchmark.needs)
    assert benchmark.parents[0] == "public_variants"
    assert benchmark not in all_benchmarks()


@pytest.mark.parametrize(
    ("identifier", "degrees", "trials", "ceiling"),
    [
        ("FreemanZiemba2013.V1-pls", 4, 20, 0.873345),
        ("MajajHong2015.V4-pls", 8, 50, 0.89503),
        ("Sanghavi2020.IT-pls", 8, 28, 0.868293),
        ("SanghaviJozwik2020.V4-pls", 8, 37, 0.9630336),
        ("SanghaviMurty2020.IT-pls", 5, 50, 0.875714),
        ("Kar2019-ost", 8, 44, 0.79),
        ("tong.Coggan2024_fMRI.V2-rdm", 9, 1, 0.44933851),
        ("Bracci2019.anteriorVTC-rdm", 8, 1, None),
    ],
)
def test_constants_are_the_published_ones(identifier: str, degrees: float, trials: int, ceiling: float | None) -> None:
    benchmark = load_benchmark(identifier)
    assert (benchmark.visual_degrees, benchmark.number_of_trials, benchmark.ceiling) == (degrees, trials, ceiling)


@pytest.mark.parametrize("region", ["v1", "v2", "v4", "it"])
def test_every_region_has_a_suite(region: str) -> None:
    text = (resource_folder("suites") / "neural" / f"test_{region}.py").read_text()
    assert f'brainscore("{region.upper()}")' in text
