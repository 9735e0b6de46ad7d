"""What counts of the code of a benchmark: what it computes, not how it is written."""

from __future__ import annotations

import functools
import importlib
import importlib.util
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.stats

from pytest_brainscore.benchmarks.code_digest import code_digest

PROTOCOL = '''
import math
import os

import numpy as np

SCALE = 0.5
FOLDER = os.path.abspath("data")
CACHE = {}


class Weights:
    power = 2


def helper(value, times=3):
    return value * times


def score(benchmark, model, data):
    """Score it."""
    CACHE[benchmark] = 1
    return helper(math.sqrt(SCALE)) + Weights.power + np.mean([len(FOLDER)])  # of all
'''
_numbers = count()


@pytest.fixture
def digest(tmp_path: Path) -> Callable[..., str]:
    """Return a function that changes the protocol, and returns the digest of its function ``score``."""

    def digest(before: str = "", after: str = "", name: str = "score") -> str:
        assert before in PROTOCOL
        path = tmp_path / f"module{next(_numbers)}.py"
        path.write_text(PROTOCOL.replace(before, after) if before else PROTOCOL + after)
        specification = importlib.util.spec_from_file_location(path.stem, path)
        assert specification is not None
        assert specification.loader is not None
        module = importlib.util.module_from_spec(specification)
        sys.modules[path.stem] = module
        specification.loader.exec_module(module)
        return code_digest(getattr(module, name))

    return digest


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('"""Score it."""', '"""Score it, in other words."""'),
        ("  # of all", ""),
        ("helper(math.sqrt(SCALE)) + Weights", "helper(math.sqrt(SCALE))   +   Weights"),
        ('abspath("data")', 'abspath("elsewhere")'),
        ("CACHE = {}", "CACHE = {'full': 1}"),
        ("", "\n\ndef unrelated():\n    return 1\n"),
    ],
    ids=["docstring", "comment", "formatting", "path", "what runs fill", "another function"],
)
def test_these_do_not_count(digest: Callable[..., str], before: str, after: str) -> None:
    assert digest(before, after) == digest()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("+ Weights", "- Weights"),
        ("value * times", "value / times"),
        ("times=3", "times=4"),
        ("SCALE = 0.5", "SCALE = 0.25"),
        ("power = 2", "power = 3"),
        ("math.sqrt", "math.exp"),
    ],
    ids=["body", "helper", "default", "constant", "class", "another library function"],
)
def test_these_count(digest: Callable[..., str], before: str, after: str) -> None:
    assert digest(before, after) != digest()


def test_lambdas_count_with_what_they_close_over(digest: Callable[..., str]) -> None:
    made = "\n\ndef make(factor):\n    return lambda benchmark, model, data: factor * {}\n\nscaled = make({})\n"
    assert digest("", made.format(2, 3), "scaled") == digest("", made.format(2, 3), "scaled")
    values = [(2, 3), (2, 4), (5, 3)]
    assert len({digest("", made.format(*each), "scaled") for each in values}) == len(values)


def test_partial_functions_and_arrays_count_with_their_values() -> None:
    def score(benchmark: object, model: object, data: object, weights: object = None) -> None: ...

    made = [functools.partial(score, weights=np.full(3, value)) for value in (0.0, 0.0, 1.0)]
    first, same, other = map(code_digest, made)
    assert first == same != other


def test_it_is_the_same_in_another_process(digest: Callable[..., str], tmp_path: Path) -> None:
    here = digest()
    module = sorted(tmp_path.glob("module*.py"))[-1].stem
    code = (
        f"from pytest_brainscore.benchmarks.code_digest import code_digest; import {module}; "
        f"{module}.CACHE[1] = 2; print(code_digest({module}.score))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert run.stdout.strip() == here


LAZY = """
import functools

import numpy as np
from numpy import float32

NAMES = np.array(["a", None], dtype=object)
_table = None


def table():
    global _table
    if _table is None:
        _table = float32(3)
    return _table


class Protocol:
    scale = 2

    def __init__(self, power):
        self.power = power
        self._weights = None

    @property
    def weights(self):
        if self._weights is None:
            self._weights = np.ones(3)
        return self._weights

    @functools.cached_property
    def folder(self):
        return "data"

    @staticmethod
    def offset():
        return constant()

    def __call__(self, benchmark, model, data):
        return table() + self.weights.sum() ** self.power + len(self.folder) + self.offset() + len(NAMES)


def constant():
    return 5


score = Protocol(2)
"""


def test_what_is_filled_while_it_runs_does_not_count() -> None:
    # Otherwise a score would depend on what its process had scored before.
    namespace: dict[str, Any] = {"__name__": "lazy"}
    exec(LAZY, namespace)
    before = code_digest(namespace["score"])
    namespace["score"](None, None, None)
    assert namespace["_table"] is not None
    assert code_digest(namespace["score"]) == before
    namespace["score"].power = 3
    assert code_digest(namespace["score"]) != before


def test_what_a_static_method_calls_counts() -> None:
    one: dict[str, Any] = {"__name__": "lazy"}
    other: dict[str, Any] = {"__name__": "lazy"}
    exec(LAZY, one)
    exec(LAZY.replace("return 5", "return 6"), other)
    assert code_digest(one["score"]) != code_digest(other["score"])


def test_arrays_of_objects_count_with_their_values() -> None:
    values = [np.array(["a", None, text], dtype=object) for text in ("b" * 40, "".join(["b"] * 40), "c")]
    first, same, other = map(code_digest, values)
    assert first == same != other


@pytest.mark.parametrize("function", [np.corrcoef, np.add, np.linalg.norm, scipy.stats.spearmanr])
def test_functions_of_other_libraries_have_a_digest(function: Callable[..., Any]) -> None:
    assert code_digest(function) == code_digest(function)


@dataclass(frozen=True)
class Settings:
    power: int


class Side(Enum):
    LEFT = 1
    RIGHT = 2


@pytest.mark.parametrize(
    ("one", "other"),
    [(Settings(1), Settings(2)), (Side.LEFT, Side.RIGHT), (re.compile("a"), re.compile("b"))],
    ids=["frozen dataclass", "enum", "pattern"],
)
def test_constants_that_are_objects_count_with_their_values(one: object, other: object) -> None:
    assert code_digest(lambda: one) != code_digest(lambda: other)


@pytest.mark.parametrize(
    "importing",
    [
        "import tools_lab.tools\n\ndef score(benchmark, model, data):\n    return tools_lab.tools.mean(data)\n",
        "from tools_lab import tools\n\ndef score(benchmark, model, data):\n    return tools.mean(data)\n",
        "def score(benchmark, model, data):\n    from tools_lab.tools import mean\n\n    return mean(data)\n",
        "def score(benchmark, model, data):\n    import tools_lab.tools as tools\n\n    return tools.mean(data)\n",
    ],
    ids=["dotted module", "module", "import within", "module within"],
)
def test_what_is_called_in_modules_beside_it_counts(
    importing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def digest(factor: int, other: int = 0) -> str:
        folder = tmp_path / f"{next(_numbers)}"
        (folder / "tools_lab").mkdir(parents=True)
        (folder / "tools_lab" / "tools.py").write_text(
            f"FACTOR = {factor}\n\ndef mean(data):\n    return FACTOR * 2\n\ndef more():\n    return {other}\n"
        )
        (folder / "of_a_lab.py").write_text(importing)
        for name in ("of_a_lab", "tools_lab", "tools_lab.tools"):
            monkeypatch.delitem(sys.modules, name, raising=False)
        with monkeypatch.context() as patch:
            patch.syspath_prepend(folder)
            return code_digest(importlib.import_module("of_a_lab").score)

    assert digest(1) == digest(1, other=3) != digest(2)


def test_what_is_built_in_is_no_code_of_the_project(capsys: pytest.CaptureFixture[str]) -> None:
    def protocol() -> None:
        sys.stdout.flush()

    captured = code_digest(protocol)
    with capsys.disabled():
        assert code_digest(protocol) == captured
