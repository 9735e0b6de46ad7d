"""What counts of the code of a benchmark: what it computes, not how it is written."""

from __future__ import annotations

import functools
import importlib.util
import subprocess
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path

import numpy as np
import pytest

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
