"""The list of benchmarks, and how one is found by name."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from pytest_brainscore.benchmarks import all_benchmarks, every_version, load_benchmark
from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.data.catalogue import FileSetKind
from pytest_brainscore.data.retrieval.readiness import Readiness
from pytest_brainscore.errors import BenchmarkError, BrainScoreError, ModelError
from pytest_brainscore.models.interface import BrainModel
from pytest_brainscore.scoring.score import Score
from pytest_brainscore.scoring.tree import tree_of
from pytest_brainscore.trees import TREES, leaves_of
from tests.support.table_subjects import NeverAsked

EMBEDDED = [
    "Marques2020_DeValois1982-pref_or",
    "Marques2020_DeValois1982-peak_sf",
    "Marques2020_Schiller1976-sf_selective",
    "Marques2020_Schiller1976-sf_bandwidth",
    "Marques2020_Cavanaugh2002-grating_summation_field",
    "Marques2020_Cavanaugh2002-surround_diameter",
    "Marques2020_Cavanaugh2002-surround_suppression_index",
]


def test_identifiers_are_unique_and_made_for_file_names() -> None:
    identifiers = [benchmark.identifier for benchmark in all_benchmarks()]
    assert len(set(identifiers)) == len(identifiers)
    assert not any(set(identifier) & set("/\\ @[]") for identifier in identifiers)


def test_marques2020_has_its_22_leaves_in_seven_groups_in_tree_order() -> None:
    leaves = [benchmark for benchmark in all_benchmarks() if "Marques2020" in benchmark.parents]
    assert {benchmark.parents[:-1] for benchmark in leaves} == {
        ("average_vision", "neural_vision", "V1", "Marques2020")
    }
    groups = [benchmark.parent for benchmark in leaves]
    sizes = [(group, groups.count(group)) for group in dict.fromkeys(groups)]
    assert sizes == [
        ("V1-orientation", 7),
        ("V1-spatial_frequency", 3),
        ("V1-response_selectivity", 4),
        ("V1-receptive_field_size", 2),
        ("V1-surround_modulation", 1),
        ("V1-texture_modulation", 2),
        ("V1-response_magnitude", 3),
    ]
    assert groups == sorted(groups, key=list(dict.fromkeys(groups)).index)
    assert all((leaf.version, leaf.region, leaf.number_of_trials) == (1, "V1", 20) for leaf in leaves)


@pytest.fixture
def nothing_at_hand(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Take away network, data folder and cache."""
    monkeypatch.setenv("BRAINSCORE_OFFLINE", "1")
    monkeypatch.setenv("BRAINSCORE_HOME", str(tmp_path))
    monkeypatch.delenv("BRAINSCORE_DATA", raising=False)


@pytest.mark.usefixtures("nothing_at_hand")
def test_seven_marques2020_benchmarks_are_available_without_any_download() -> None:
    available = [each.identifier for each in all_benchmarks() if each.unavailable() is None]
    assert [identifier for identifier in available if identifier.startswith("Marques2020_")] == EMBEDDED
    assert not any(load_benchmark(identifier).needs for identifier in EMBEDDED)


@pytest.mark.usefixtures("nothing_at_hand")
def test_an_unavailable_benchmark_says_in_one_sentence_which_recordings_are_missing() -> None:
    reason = load_benchmark("Marques2020_Ringach2002-max_dc").unavailable()
    assert reason is not None
    assert "Ringach2002" in reason
    assert reason.endswith(".")
    assert reason.count(". ") == 0


def test_load_benchmark_finds_a_name_with_and_without_version() -> None:
    identifier = "Marques2020_DeValois1982-pref_or"
    assert load_benchmark(identifier).identifier == identifier
    assert load_benchmark(f"{identifier}@1") is load_benchmark(identifier)


def test_a_name_without_version_means_the_default_version_of_the_published_page() -> None:
    versions = {each.identifier: each.version for each in all_benchmarks()}
    for identifier, version in versions.items():
        assert load_benchmark(identifier).version == version
    assert load_benchmark("MajajHong2015.IT-pls").version == 3
    assert load_benchmark("MajajHong2015.IT-pls@4").normalisation == "r^2/c"


def test_every_identifier_has_each_version_once() -> None:
    everything = [(each.identifier, each.version) for each in every_version()]
    assert len(set(everything)) == len(everything)
    assert everything[: len(all_benchmarks())] == [(each.identifier, each.version) for each in all_benchmarks()]


def test_benchmarks_outside_the_published_tree_stand_below_other_roots_or_at_their_place_in_another_tree() -> None:
    published = {each.identifier for each in all_benchmarks()}
    roots = {each.parents[0] for each in all_benchmarks()}
    placed = published | {leaf.identifier for name in TREES for leaf in leaves_of(name)}
    for benchmark in every_version():
        if benchmark.identifier in placed:
            assert benchmark.parents[0] in roots
        elif benchmark.parents[0] in roots:  # at the place that it would have: in no mean until a tree has it
            assert benchmark.identifier not in tree_of([benchmark]).leaves


def test_generated_stimuli_are_not_needed_from_the_catalogue() -> None:
    assert load_benchmark("Marques2020_Ringach2002-max_dc").needs == (("assembly", "Ringach2002"),)
    assert load_benchmark("Marques2020_FreemanZiemba2013-max_noise").needs == (
        ("stimulus_set", "FreemanZiemba2013_properties"),
        ("assembly", "FreemanZiemba2013_V1_properties"),
    )
    assert load_benchmark("Marques2020_DeValois1982-pref_or").needs == ()


def test_a_benchmark_needs_of_the_catalogue_what_it_names_unless_its_data_come_from_elsewhere() -> None:
    catalogue = load_benchmark("MajajHong2015public.IT-pls")
    assert catalogue.needs == (("stimulus_set", "hvm-public"), ("assembly", "MajajHong2015.public"))
    assert replace(catalogue, data=lambda _: "mine").needs == ()
    assert replace(catalogue, availability=lambda _: Readiness("ready", None)).needs == ()
    some: tuple[tuple[FileSetKind, str], ...] = (("stimulus_set", "hvm-public"),)
    assert replace(catalogue, data=lambda _: "mine", reads=some).needs == some
    assert replace(catalogue, data=lambda _: "mine").readiness() == Readiness("ready", None)


def test_data_are_loaded_once_and_handed_to_the_protocol() -> None:
    loaded: list[str] = []

    def load(benchmark: Benchmark) -> str:
        loaded.append(benchmark.identifier)
        return "mine"

    def protocol(benchmark: Benchmark, model: BrainModel, data: str) -> Score:
        return Score(value=0.5, error=0.1, raw=0.5, ceiling=1, normalisation="r", n={}, provenance={"data": data})

    benchmark = replace(load_benchmark("Kar2019-ost"), data=load, protocol=protocol)
    assert benchmark(NeverAsked()).provenance["data"] == "mine"
    assert loaded == ["Kar2019-ost"]


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("Marques2020_DeValois1982-prefor", "did you mean Marques2020_DeValois1982-pref_or"),
        ("nothing like it", "see all_benchmarks()"),
        ("", "see all_benchmarks()"),
        ("Marques2020_DeValois1982-pref_or@7", "use Marques2020_DeValois1982-pref_or@1."),
        ("Marques2020_DeValois1982-pref_or@latest", "use Marques2020_DeValois1982-pref_or@1."),
    ],
)
def test_an_unknown_benchmark_is_refused_with_advice(asked: str, answer: str) -> None:
    with pytest.raises(BenchmarkError) as refused:
        load_benchmark(asked)
    assert answer in str(refused.value)
    assert isinstance(refused.value, BrainScoreError)


def test_listing_benchmarks_and_asking_for_availability_imports_nothing_heavy() -> None:
    program = (
        "import sys; from pytest_brainscore.benchmarks import all_benchmarks; "
        "[each.unavailable() for each in all_benchmarks()]; "
        "print(sorted({'numpy', 'pandas', 'scipy', 'torch', 'xarray', 'msgspec'} & set(sys.modules)))"
    )
    printed = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout
    assert printed.strip() == "[]"


def test_what_is_no_model_is_refused_in_one_sentence() -> None:
    benchmark = load_benchmark("Marques2020_Cavanaugh2002-surround_diameter")
    with pytest.raises(ModelError, match=r"was given a function, which cannot look at stimuli; give what load_model\("):
        benchmark(lambda images: images)  # type: ignore[arg-type]
