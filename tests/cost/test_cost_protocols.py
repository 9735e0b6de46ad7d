"""Every benchmark of this package says what it shows and what it computes."""

from __future__ import annotations

import pytest

from pytest_brainscore.benchmarks.benchmark import Benchmark, resolve
from pytest_brainscore.benchmarks.marques2020 import stimuli
from pytest_brainscore.benchmarks.registry import Registry
from pytest_brainscore.cost import protocols
from pytest_brainscore.cost.machine import Rates
from pytest_brainscore.cost.protocols import workload_of
from pytest_brainscore.trees import TREES

RATES = Rates(products=1e10, decompositions=1e9, stream=1e10, sorting=1e8)
UNITS = 5000


@pytest.fixture(scope="module")
def shipped() -> dict[tuple[str, int], Benchmark]:
    return {(each.identifier, each.version): each for tree in TREES for each in Registry(tree=tree).shipped}


def test_every_protocol_of_the_package_is_in_the_table(shipped: dict[tuple[str, int], Benchmark]) -> None:
    used = {str(each.protocol).removeprefix("pytest_brainscore.benchmarks.") for each in shipped.values()}
    assert used <= set(protocols._TABLE)


def test_every_row_of_the_table_is_a_function() -> None:
    for name in protocols._TABLE:
        assert callable(resolve(f"pytest_brainscore.benchmarks.{name}")), name


def test_what_is_shown_and_computed_is_known_without_the_data(
    shipped: dict[tuple[str, int], Benchmark], monkeypatch: pytest.MonkeyPatch
) -> None:
    """But for what the catalogue does not say, which is named."""
    monkeypatch.setenv("BRAINSCORE_DATA", "")
    unknown = {}
    for (name, _), benchmark in shipped.items():
        workload = workload_of(benchmark)
        assert workload.shown, name
        if workload.unknown:
            unknown[name] = workload.unknown
            continue
        assert all(each.stimuli.count for each in workload.shown), name
        assert workload.work(UNITS).seconds(RATES) > 0, name
    assert {name: why for name, why in unknown.items() if why == "what its protocol computes"} == {}
    assert set(unknown.values()) <= {
        "the number of neurons",
        "the number of stimuli",
        "whether the model has a time course",
    }
    assert len(unknown) < len(shipped) / 4


def test_mapping_shows_the_gratings_of_the_study(shipped: dict[tuple[str, int], Benchmark]) -> None:
    workload = workload_of(shipped["Marques2020_Cavanaugh2002-surround_diameter", 1])
    counts = {each.stimuli.name: each.stimuli.count for each in workload.shown}
    assert counts["Marques2020_receptive_field"] == len(stimuli.receptive_field_gratings()) == 3528
    assert counts["Marques2020_orientation"] == 1152
    assert counts["Marques2020_size"] == 2304


def test_benchmarks_with_the_same_stimuli_share_answers(shipped: dict[tuple[str, int], Benchmark]) -> None:
    one, other = (
        workload_of(shipped[f"Marques2020_{name}", 1])
        for name in ("Cavanaugh2002-surround_diameter", "DeValois1982-peak_sf")
    )
    assert {each.key for each in one.shown} - {each.key for each in other.shown} == {
        key for key in (each.key for each in one.shown) if "Marques2020_size" in key
    }


def test_a_protocol_of_ones_own_is_not_guessed() -> None:
    mine = Benchmark(identifier="x", region="IT", metric="half", protocol=lambda benchmark, model, data: None)  # type: ignore[arg-type,return-value]
    assert workload_of(mine).unknown == "what its protocol shows and computes"
    shown = Benchmark(identifier="y", region="IT", metric="half", protocol="my.module:score", stimulus_set="hvm-public")
    workload = workload_of(shown)
    assert [each.stimuli.count for each in workload.shown] == [3200]
    assert workload.unknown == "what its protocol computes"
