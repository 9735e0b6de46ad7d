"""The definition of a benchmark of one's own: short, and checked where it is written."""

from __future__ import annotations

import math
import subprocess
import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from pytest_brainscore import Benchmark, Score
from pytest_brainscore.benchmarks import all_benchmarks
from pytest_brainscore.errors import BenchmarkError
from tests.support.table_models import TableModel


def half(benchmark: Benchmark, model: object, data: object) -> Score:
    return Score(value=0.5, error=0.01, raw=0.5, ceiling=1.0, normalisation="r/c", n={"stimuli": 1})


def define(**changes: Any) -> Benchmark:
    fields: dict[str, Any] = {"identifier": "mylab", "region": "V4", "metric": "half", "protocol": half}
    return Benchmark(**fields | changes)


def test_four_fields_are_enough() -> None:
    benchmark = define()
    assert benchmark.parents == ("own_benchmarks",)
    assert benchmark.needs == ()
    assert benchmark.unavailable() is None
    assert benchmark(TableModel({}, degrees=8.0)).value == 0.5


def test_parents_may_be_a_list() -> None:
    assert define(parents=["mylab-root", "mylab.V4"]).parents == ("mylab-root", "mylab.V4")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"identifier": "my lab"}, "The identifier 'my lab' of a benchmark is no name"),
        ({"identifier": "mylab@2"}, "is no name"),
        ({"identifier": ""}, "is no name"),
        ({"identifier": "../mylab"}, "is no name"),
        ({"identifier": None}, "is no name"),
        ({"version": "1"}, "has version='1'; write a whole number"),
        ({"version": 0}, "has version=0"),
        ({"version": True}, "has version=True"),
        ({"parents": ()}, r"has parents=\(\); name its place"),
        ({"parents": "mylab"}, "has parents='mylab'; name its place"),
        ({"parents": ("my/lab",)}, "name its place"),
        ({"parents": ("root", "root")}, "one place only"),
        ({"parents": ("mylab",)}, "one place only"),
        ({"region": None}, "has region=None; write a text"),
        ({"visual_degrees": 0}, "has visual_degrees=0"),
        ({"visual_degrees": float("nan")}, "has visual_degrees=nan"),
        ({"visual_degrees": "8"}, "has visual_degrees='8'"),
        ({"number_of_trials": 0}, "has number_of_trials=0"),
        ({"cost": -1}, "has cost=-1"),
        ({"ceiling": "high"}, "has ceiling='high'"),
        ({"screen": "sharp"}, "choose one of published, lossless"),
        ({"protocol": 3}, "has protocol=3; give a function"),
        ({"protocol": "mylab.score"}, "has protocol='mylab.score'; give a function"),
        ({"protocol": lambda benchmark, model: None}, r"with 3 arguments; let it take \(benchmark, model, data\)"),
        ({"protocol": lambda model: None}, "cannot be called with 3 arguments"),
        ({"protocol": lambda *, benchmark, model, data: None}, "cannot be called with 3 arguments"),
        ({"data": lambda: None}, r"with 1 arguments; let it take \(benchmark\)"),
        ({"data": 3}, "has data=3"),
        ({"availability": "here"}, "has availability='here'"),
    ],
)
def test_a_fault_is_told_in_one_sentence_with_its_field(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(BenchmarkError, match=told) as caught:
        define(**changes)
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("returned", "what"), [(0.5, "a float"), (None, "nothing")])
def test_a_protocol_returns_a_score(returned: object, what: str) -> None:
    with pytest.raises(BenchmarkError, match=f"protocol of mylab returned {what}; return a pytest_brainscore.Score"):
        define(protocol=lambda benchmark, model, data: returned)(TableModel({}, degrees=8.0))


def test_a_protocol_that_is_named_and_not_there_is_told() -> None:
    with pytest.raises(BenchmarkError, match="There is no nothing in the module math"):
        define(protocol="math:nothing")(TableModel({}, degrees=8.0))


def test_a_protocol_in_no_module_is_told() -> None:
    with pytest.raises(BenchmarkError, match=r"There is no module nowhere; correct the 'nowhere\.of:mine'"):
        define(protocol="nowhere.of:mine")(TableModel({}, degrees=8.0))


@pytest.mark.parametrize("protocol", [lambda *given: half(*given), lambda a, b, c=None, *, d=1: half(a, b, c)])
def test_protocols_may_take_more(protocol: Any) -> None:
    assert define(protocol=protocol)(TableModel({}, degrees=8.0)).value == 0.5


def test_no_data_are_none() -> None:
    handed: list[object] = []

    def protocol(benchmark: Benchmark, model: object, data: object) -> Score:
        handed.append(data)
        return half(benchmark, model, data)

    benchmark = define(protocol=protocol, data=None, stimulus_set="a set that is in no catalogue")
    assert benchmark(TableModel({}, degrees=8.0)).value == 0.5
    assert handed == [None]
    assert benchmark.needs == ()


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("value", "high", "value is a str; give one number"),
        ("value", "0.5", "value is a str"),
        ("value", None, "value is nothing"),
        ("raw", np.array([0.5]), "raw is a ndarray"),
        ("ceiling", [1.0], "ceiling is a list"),
    ],
)
def test_what_is_no_number_in_a_score_is_told(field: str, value: Any, told: str) -> None:
    def protocol(benchmark: Benchmark, model: object, data: object) -> Score:
        return replace(half(benchmark, model, data), **{field: value})

    with pytest.raises(BenchmarkError, match=f"The protocol of mylab returned a Score whose {told}"):
        define(protocol=protocol)(TableModel({}, degrees=8.0))


@pytest.mark.parametrize("value", [np.float32(0.5), np.array(0.5), 1, True, math.nan])
def test_numbers_of_any_kind_are_numbers(value: Any) -> None:
    def protocol(benchmark: Benchmark, model: object, data: object) -> Score:
        changes: dict[str, Any] = {"value": value, "error": None}
        return replace(half(benchmark, model, data), **changes)

    assert define(protocol=protocol)(TableModel({}, degrees=8.0)).value is value


def test_an_availability_that_does_not_tell_is_told() -> None:
    with pytest.raises(BenchmarkError, match="availability of mylab returned a bool; return a Readiness"):
        define(availability=lambda benchmark: True).readiness()
    with pytest.raises(BenchmarkError, match="availability of mylab cannot be told, it raised ZeroDivisionError"):
        define(availability=lambda benchmark: 1 / 0).readiness()


def test_the_code_of_ones_own_is_an_ingredient_and_that_of_this_package_none() -> None:
    model = TableModel({}, degrees=8.0)
    assert set(define()(model).provenance) == {"definition"}
    assert define()(model).provenance != define(number_of_trials=2)(model).provenance
    assert all(each.definition is None for each in all_benchmarks()[:3])


def test_defining_one_is_light() -> None:
    code = (
        "import sys; from pytest_brainscore import Benchmark, Score; "
        "Benchmark(identifier='a', region='V4', metric='m', protocol=print); print(*sys.modules)"
    )
    modules = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"numpy", "torch", "pandas", "xarray"} & set(modules)
