"""When results are looked up and kept, by the mode of ``--brainscore-cache``; nothing here loads a network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import msgspec
import pytest

from pytest_brainscore.benchmarks import load_benchmark
from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.sources.specification import ModelSpecification, parse_specification
from pytest_brainscore.report.parts.unfinished import Earlier
from pytest_brainscore.report.record import ModelRecord
from pytest_brainscore.running.command_line.options import RunOptions
from pytest_brainscore.running.results import memory
from pytest_brainscore.running.results.memory import ResultMemory
from tests.support.records import make_record

LEAF = load_benchmark("Marques2020_DeValois1982-pref_or")
BY_FILES, BY_CODE = parse_specification("squeezenet1_1"), parse_specification("net.py:build")
Mode = Literal["use", "refresh", "only", "off"]


class Networks:
    """Stands for the networks that are loaded: which one it is, and how often it was asked for."""

    def __init__(self) -> None:
        self.current, self.loaded = "one", 0

    def load(self) -> object:
        self.loaded += 1
        if self.current == "broken":
            raise ModelError("no such network")
        return self.current


@pytest.fixture
def networks(brainscore_home: object, monkeypatch: pytest.MonkeyPatch) -> Networks:
    monkeypatch.setattr(memory, "network_ingredients", lambda model, _: None if model == "odd" else {"network": model})
    monkeypatch.setattr(memory, "model_ingredients", lambda model, _: {"model": model.text})
    return Networks()


@pytest.fixture
def run(networks: Networks) -> Callable[..., bool]:
    """Return a function that runs a leaf as a process does, and tells whether its result was known."""

    def one(mode: Mode, model: ModelSpecification = BY_FILES, again: bool = False, **changes: Any) -> bool:
        options: Any = object.__new__(RunOptions)
        for name, value in {"cache": mode, "weights": None, "commitments": None}.items():
            object.__setattr__(options, name, value)
        results = ResultMemory(options)
        if again:
            results.look_up(model, LEAF, networks.load)
        known: Earlier | None = results.look_up(model, LEAF, networks.load)
        if known is None:
            record = msgspec.to_builtins(make_record(**{"identifier": LEAF.identifier, "seconds": 7.0, **changes}))
            described = msgspec.to_builtins(ModelRecord(identifier="net", specification=model.text))
            results.keep(model, LEAF, networks.load, record, described, (b"replicates", None))
            return False
        assert known.record.cached
        assert known.record.computed
        assert (known.record.seconds, known.part.replicates, known.part.attribution) == (7.0, b"replicates", None)
        return True

    return one


@pytest.mark.parametrize("model", [BY_FILES, BY_CODE])
def test_modes(run: Callable[..., bool], model: ModelSpecification) -> None:
    assert not run("off", model)
    assert not run("only", model), "which keeps nothing"
    assert not run("use", model), "and neither did off"
    assert run("use", model)
    assert run("only", model)
    assert not run("off", model)
    assert not run("refresh", model)
    assert run("use", model)


def test_only_loads_nothing_where_files_say_which_network_it_is(run: Callable[..., bool], networks: Networks) -> None:
    for model, loads in ((BY_FILES, 0), (BY_CODE, 1)):
        run("refresh", model)
        networks.loaded = 0
        assert run("only", model)
        assert networks.loaded == loads
        assert run("use", model)
        assert networks.loaded == loads + 1


@pytest.mark.parametrize("model", [BY_FILES, BY_CODE])
def test_another_network_of_the_name_has_no_result(
    run: Callable[..., bool], networks: Networks, model: ModelSpecification
) -> None:
    run("use", model)
    networks.current = "two"
    assert not run("use", model)
    assert run("use", model)
    networks.current = "one"
    assert run("use", model) is (model is BY_CODE), "of those that code makes, both are kept"


@pytest.mark.parametrize("current", ["odd", "broken"])
def test_what_nobody_knows_is_computed(run: Callable[..., bool], networks: Networks, current: str) -> None:
    networks.current = current
    assert not any(run("use", model) for model in (BY_FILES, BY_CODE) for _ in range(2))


@pytest.mark.parametrize("status", ["nan", "failed", "crashed", "unavailable"])
def test_only_scores_are_kept(run: Callable[..., bool], status: str) -> None:
    run("use", status=status, score=None, reason="so")
    assert not run("use")


def test_what_is_repeated_is_computed(run: Callable[..., bool]) -> None:
    run("use")
    assert not run("use", again=True)
    assert run("only", again=True)
