"""Checking the definition of a benchmark when it is made: a fault is told where it can be mended."""

from __future__ import annotations

import inspect
import math
import re
from typing import TYPE_CHECKING, Any, Final

from pytest_brainscore.data.stimuli.showing import SCREENS
from pytest_brainscore.errors import BenchmarkError

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.benchmark import Benchmark

NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
"""Identifiers and parents: they stand in test ids, file names, tables and shell patterns."""
_REFERENCE: Final = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*")
_TEXTS: Final = (
    "region",
    "metric",
    "normalisation",
    "stimulus_set",
    "fitting_stimulus_set",
    "assembly",
    "citation",
    "source",
)


_HANDED: Final = {"protocol": ("benchmark", "model", "data"), "data": ("benchmark",), "availability": ("benchmark",)}
"""What functions of a benchmark are called with."""


def check_definition(benchmark: Benchmark) -> None:
    """Check every field of a benchmark.

    Raises
    ------
    BenchmarkError
        For the first field that cannot be what it is; the sentence names it.

    """
    name = benchmark.identifier
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise BenchmarkError(
            f"The identifier {name!r} of a benchmark is no name; write letters, digits, dots, dashes and underscores, "
            'beginning with a letter or digit, for example "mylab2024.V4-pls".'
        )

    def refuse(field: str, advice: str) -> BenchmarkError:
        return BenchmarkError(f"The benchmark {name} has {field}={getattr(benchmark, field)!r}; {advice}.")

    if not _is_whole(benchmark.version, 1):
        raise refuse("version", "write a whole number from 1, and raise it when scores mean something else")
    parents: Any = benchmark.parents
    if not isinstance(parents, tuple) or not parents or not all(_is_name(parent) for parent in parents):
        raise refuse("parents", 'name its place in the score tree from the root, for example ("mylab", "mylab.V4")')
    if len({*parents, name}) <= len(parents):
        raise refuse("parents", "a name can have one place only; use each once, and another than the identifier")
    for field in _TEXTS:
        if not isinstance(getattr(benchmark, field), str):
            raise refuse(field, "write a text")
    if benchmark.screen not in SCREENS:
        raise refuse("screen", f"choose one of {', '.join(SCREENS)}")
    if not _is_number(benchmark.visual_degrees) or benchmark.visual_degrees <= 0:
        raise refuse("visual_degrees", "write the width of the stimuli in degrees, more than 0")
    if not _is_whole(benchmark.number_of_trials, 1):
        raise refuse("number_of_trials", "write how often each stimulus was shown, at least 1")
    if not _is_number(benchmark.cost) or benchmark.cost < 0:
        raise refuse("cost", "write roughly how many seconds it takes, at least 0")
    if benchmark.ceiling is not None and not _is_number(benchmark.ceiling):
        raise refuse("ceiling", "write a number, or None where none is stated")
    for field in ("protocol", "data", "availability"):
        value = getattr(benchmark, field)
        if value is None and field != "protocol":
            continue
        if not (_REFERENCE.fullmatch(value) if isinstance(value, str) else callable(value)):
            raise refuse(field, 'give a function, or name it as "package.module:function"')
        words = _HANDED[field]
        if not isinstance(value, str) and not _takes(value, len(words)):
            raise refuse(field, f"which cannot be called with {len(words)} arguments; let it take ({', '.join(words)})")


def _takes(function: Any, count: int) -> bool:
    """Tell whether a function can be called with so many arguments; also where nobody can say."""
    try:
        inspect.signature(function).bind(*range(count))
    except ValueError:  # some functions that are not written in Python
        return True
    except TypeError:
        return False
    return True


def _is_name(value: object) -> bool:
    return isinstance(value, str) and NAME.fullmatch(value) is not None


def _is_whole(value: object, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def _is_number(value: object) -> bool:
    if isinstance(value, bool):
        return False
    try:
        return math.isfinite(value)  # type: ignore[arg-type]  # numbers of numpy, too
    except TypeError:
        return False
