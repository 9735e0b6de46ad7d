"""Distributions over neurons: published counts, and the ceilings that follow from them."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from pytest_brainscore.benchmarks import all_benchmarks, load_benchmark
from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.benchmarks.marques2020 import neuronal_property, targets
from pytest_brainscore.benchmarks.marques2020.protocol import property_ceiling
from pytest_brainscore.benchmarks.marques2020.targets import property_target
from pytest_brainscore.errors import DataUnavailable
from pytest_brainscore.resources import resource_folder

EMBEDDED = [
    benchmark
    for benchmark in all_benchmarks()
    if benchmark.identifier.startswith("Marques2020_") and not benchmark.needs
]
NEURONS = {"DeValois1982a": 385, "DeValois1982b": 363, "Schiller1976c": 87, "Cavanaugh2002a": 190}
COUNTS = {
    "preferred_orientation": [110, 83, 100, 92],
    "peak_spatial_frequency": [3, 10, 15, 31, 57, 62, 67, 63, 31, 15, 5, 4],
    "spatial_frequency_selective": [14, 73],
    "spatial_frequency_bandwidth": [0, 3, 4, 16, 22, 16, 9, 3, 0, 0],
    "surround_suppression_index": [66, 44, 38, 23, 16, 3, 0, 0, 0, 0],
    "grating_summation_field": [0, 9, 30, 55, 42, 10, 2, 0],
    "surround_diameter": [0, 0, 2, 20, 33, 49, 40, 4],
}


@pytest.mark.parametrize("benchmark", EMBEDDED, ids=lambda each: each.identifier)
def test_embedded_distribution_has_the_published_counts_and_neurons(benchmark: Benchmark) -> None:
    target = property_target(benchmark)
    counts = COUNTS[neuronal_property(benchmark)]
    assert np.histogram(target.values, target.bins)[0].tolist() == counts
    assert len(target.values) == NEURONS[benchmark.assembly]
    undefined = len(target.values) - sum(counts)
    assert np.isnan(target.values[:undefined]).all()
    assert not np.isnan(target.values[undefined:]).any()


@pytest.mark.parametrize("benchmark", EMBEDDED, ids=lambda each: each.identifier)
def test_embedded_ceiling_is_the_published_one(benchmark: Benchmark) -> None:
    assert benchmark.ceiling is not None
    assert property_ceiling(property_target(benchmark)).value == pytest.approx(benchmark.ceiling, abs=0.006)


@pytest.mark.parametrize(
    ("leaf", "edges"),
    [
        ("DeValois1982-pref_or", [-22.5, 22.5, 67.5, 112.5, 157.5]),
        ("DeValois1982-peak_sf", [0.35, 0.5, 0.7, 1, 1.4, 2, 2.8, 4, 5.6, 8, 11.2, 16, 22.4]),
        ("Schiller1976-sf_selective", [0, 0.5, 1]),
        ("Schiller1976-sf_bandwidth", np.linspace(0, 100, 11)),
        ("Cavanaugh2002-surround_suppression_index", np.linspace(0, 2, 11)),
        ("Cavanaugh2002-grating_summation_field", 2.0 ** np.arange(-4, 5)),
        ("Cavanaugh2002-surround_diameter", 2.0 ** np.arange(-4, 5)),
    ],
)
def test_bins_are_those_of_the_published_recordings(leaf: str, edges: list[float]) -> None:
    assert np.array_equal(property_target(load_benchmark(f"Marques2020_{leaf}")).bins, edges)


def test_digests_of_the_distributions_differ_and_stay() -> None:
    digests = [property_target(benchmark).sha256 for benchmark in EMBEDDED]
    assert len(set(digests)) == len(digests)
    assert digests == [property_target(benchmark).sha256 for benchmark in EMBEDDED]


@pytest.mark.parametrize(
    "file", sorted(resource_folder("fixtures/marques2020").glob("*.toml")), ids=lambda path: path.stem
)
def test_files_of_counts_are_complete(file: Path) -> None:
    document = tomllib.loads(file.read_text(encoding="utf-8"))
    for histogram in (value for value in document.values() if isinstance(value, dict)):
        everything = {**document, **histogram}
        assert {"source", "doi", "assembly", "neurons", "bins", "undefined", "counts"} <= everything.keys()
        total = sum(sum(population) for population in histogram["counts"].values())
        assert total + histogram["undefined"] == everything["neurons"]
        bins = (
            len(histogram["bins"].get("edges", [])) - 1 if "edges" in histogram["bins"] else histogram["bins"]["number"]
        )
        assert {len(population) for population in histogram["counts"].values()} == {bins}


def test_source_names_the_paper() -> None:
    assert "Cavanaugh" in property_target(EMBEDDED[-1]).source
    assert "Thorell" in property_target(load_benchmark("Marques2020_DeValois1982-peak_sf")).source


@pytest.mark.parametrize("lacking", ["max_dc", "bins"])
def test_recordings_without_the_property_or_its_bins_are_refused(
    lacking: str, monkeypatch: pytest.MonkeyPatch, property_assemblies: dict[str, xr.DataArray]
) -> None:
    assembly = property_assemblies["Ringach2002"]
    if lacking == "bins":
        assembly = assembly.assign_attrs({})
        del assembly.attrs["max_dc_bins"]
    else:
        assembly = assembly.sel(neuronal_property=["bandwidth"])
    monkeypatch.setattr(targets, "load_assembly", lambda _: assembly)
    with pytest.raises(DataUnavailable, match="Ringach2002 do not have the property max_dc once, with its bins"):
        property_target(load_benchmark("Marques2020_Ringach2002-max_dc"))


def test_loaded_recordings_give_the_values_and_bins_of_the_asked_property(
    monkeypatch: pytest.MonkeyPatch, property_assemblies: dict[str, xr.DataArray]
) -> None:
    monkeypatch.setattr(targets, "load_assembly", property_assemblies.__getitem__)
    target = property_target(load_benchmark("Marques2020_Ringach2002-or_bandwidth"))
    assembly = property_assemblies["Ringach2002"]
    assert np.array_equal(target.values, assembly.sel(neuronal_property="bandwidth").values)
    assert np.array_equal(target.bins, np.linspace(0, 90, 18))
    assert target.source == "Ringach2002"


def test_every_benchmark_has_a_property_in_its_recordings(property_assemblies: dict[str, xr.DataArray]) -> None:
    for benchmark in all_benchmarks():
        if benchmark.assembly in property_assemblies:
            assert neuronal_property(benchmark) in property_assemblies[benchmark.assembly].neuronal_property
