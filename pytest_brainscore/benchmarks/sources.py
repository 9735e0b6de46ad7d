"""Where benchmarks come from that are not of this package: TOML files, Python files and modules, installed packages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Final, NoReturn

from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.errors import BenchmarkError, BrainScoreError
from pytest_brainscore.models.sources.user_code import import_file, import_package, place

GROUP: Final = "pytest_brainscore.benchmarks"
"""Entry points of installed packages: each loads to a benchmark, several, or a function that returns them."""
_WHAT: Final = "a Benchmark, several in a list, or a function that returns them"
TOML: Final = ".toml"
_CODE: Final = re.compile(r"(?P<file>.+\.py):(?P<name>\w+)|(?P<module>[^\W\d]\w*(\.[^\W\d]\w*)*):(?P<member>\w+)")


def names_a_place(word: str) -> bool:
    """Tell whether a word names a file or a module in place of a benchmark; no benchmark has such a name."""
    return word.endswith((TOML, ".py")) or ":" in word


def named_by(word: str) -> tuple[Benchmark, ...]:
    """Return the benchmarks at a place.

    Parameters
    ----------
    word
        ``path/to/file.toml``, ``path/to/file.py:NAME`` or ``package.module:NAME``, where NAME is a benchmark, several,
        or a function that returns them.

    Raises
    ------
    BenchmarkError
        There is no such place, it cannot be read, or what is there is no benchmark.

    """
    if word.endswith(TOML):
        path = Path(word).expanduser().absolute()
        if not path.is_file():
            raise BenchmarkError(f"There is no file {path} of a benchmark; correct the path.")
        return _read(path)
    match = _CODE.fullmatch(word)
    if match is None:
        raise BenchmarkError(
            f"{word!r} names no benchmark; write path/to/file.toml, path/to/file.py:NAME or package.module:NAME."
        )
    name = match["name"] or match["member"]
    try:
        module = import_file(Path(match["file"]), "benchmark") if match["file"] else import_package(match["module"])
    except BrainScoreError as error:
        raise BenchmarkError(str(error)) from error
    source = (match["file"] and str(Path(match["file"]).expanduser().resolve())) or match["module"]
    if not hasattr(module, name):
        raise BenchmarkError(f"There is no {name} in {source}; define it as {_WHAT}.")
    return benchmarks_of(getattr(module, name), source)


def in_files(folder: Path) -> tuple[Benchmark, ...]:
    """Return the benchmarks of all TOML files in a folder, in the order of their paths; none without the folder."""
    return tuple(each for path in sorted(folder.rglob(f"*{TOML}")) for each in _read(path))


def in_packages() -> tuple[tuple[Benchmark, ...], list[str]]:
    """Return the benchmarks of installed packages, and why some are not there.

    In place of what a broken package has, there is a benchmark that says why when it is scored.
    """
    found: list[Benchmark] = []
    notes: list[str] = []
    for point in sorted(entry_points(group=GROUP), key=lambda each: (_package(each), each.name, each.value)):
        source = f"the package {_package(point)} (entry point {point.name} = {point.value})"
        try:
            found += benchmarks_of(point.load(), source)
        except (Exception, SystemExit) as error:  # somebody's code
            told = f"{error}" if isinstance(error, BrainScoreError) else f"it raised {_place(error)}"
            notes.append(
                f"{source[0].upper()}{source[1:]} cannot be loaded ({told.rstrip('.')}); mend or uninstall it."
            )
            name = re.sub(r"[^A-Za-z0-9._-]", "_", f"{_package(point)}.{point.name}")
            missing = Benchmark(identifier=name, region="", metric="", protocol=_unset, source=source)
            found.append(broken(missing, notes[-1]))
    return tuple(found), notes


def benchmarks_of(value: object, source: str) -> tuple[Benchmark, ...]:
    """Return the benchmarks that a name stands for, with where they were defined.

    Raises
    ------
    BenchmarkError
        It stands for something else, or the function raises.

    """
    try:
        if callable(value) and not isinstance(value, Benchmark | type):
            value = value()
        listed: list[object] = list(value) if isinstance(value, Iterable) and not isinstance(value, str) else [value]
    except BrainScoreError:
        raise
    except Exception as error:  # somebody's code
        raise BenchmarkError(f"What gives benchmarks in {source} raised {place(error)}; mend it there.") from error
    found: list[Benchmark] = []
    for each in listed:
        if not isinstance(each, Benchmark):
            raise BenchmarkError(f"{source} gives {_kind(each)} where a benchmark is expected; give {_WHAT}.")
        found.append(each if each.source else replace(each, source=source))
    return tuple(found)


def broken(benchmark: Benchmark, reason: str) -> Benchmark:
    """Return a benchmark that fails with a sentence, in place of one that cannot be used."""
    return Benchmark(
        identifier=benchmark.identifier,
        version=benchmark.version,
        region=benchmark.region,
        metric=benchmark.metric,
        protocol=_unset,
        availability=Broken(reason),
        cost=0.0,
        source=benchmark.source,
    )


@dataclass(frozen=True)
class Broken:
    """Takes the place of what would tell whether the data of a broken benchmark are at hand."""

    reason: str

    def __call__(self, benchmark: Benchmark) -> NoReturn:
        """Say why there is no benchmark."""
        raise BenchmarkError(self.reason)


def _unset(benchmark: Benchmark, model: object, data: object) -> NoReturn:
    benchmark.readiness()
    raise BenchmarkError(f"{benchmark.identifier} cannot be scored.")


def _read(path: Path) -> tuple[Benchmark, ...]:
    from pytest_brainscore.benchmarks.own.toml_folder import read_benchmarks

    return tuple(each if each.source else replace(each, source=str(path)) for each in read_benchmarks(path))


def _package(point: EntryPoint) -> str:
    return point.dist.name if point.dist is not None else "unknown"


def _place(error: BaseException) -> str:
    return place(error) if isinstance(error, Exception) else f"{type(error).__name__}: {error}"


def _kind(value: object) -> str:
    return "nothing" if value is None else f"a {type(value).__name__}"
