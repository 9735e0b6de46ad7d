"""All benchmarks: one module per paper, and whatever installed packages and the project bring beside them.

Importing this package and listing the benchmarks is light (no numpy, no torch), so that test collection is instant.
"""

from __future__ import annotations

import difflib
from dataclasses import replace

from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.benchmarks.registry import registry
from pytest_brainscore.benchmarks.shipped import all_benchmarks
from pytest_brainscore.data.stimuli.showing import SCREENS, Screen
from pytest_brainscore.errors import BenchmarkError

__all__ = ["all_benchmarks", "every_version", "load_benchmark"]


def every_version() -> tuple[Benchmark, ...]:
    """Return all that can be loaded by name: :func:`all_benchmarks`, other versions and variants, those of one's own.

    The first benchmark of an identifier is its default version. Benchmarks on data that the user brings are listed as
    far as the user's folder has them.

    Raises
    ------
    BenchmarkError
        A definition of the project cannot be read, or two have one name.

    """
    return registry().everything


def load_benchmark(identifier: str, *, screen: Screen = "published") -> Benchmark:
    """Return one benchmark; called with a model, it returns the :class:`~pytest_brainscore.scoring.score.Score`.

    Parameters
    ----------
    identifier
        Published identifier, for example ``Marques2020_DeValois1982-pref_or``, or ``IDENTIFIER@VERSION``; without a
        version, that of the score tree (``BRAINSCORE_TREE``, or else ``published``). Also one of
        an installed package (entry point ``pytest_brainscore.benchmarks``) or of a file in ``fixtures/benchmarks`` of
        the current folder, and ``path/to/file.toml``, ``path/to/file.py:NAME`` or ``package.module:NAME``.
    screen
        How stimuli of other visual degrees than the model's are shown. ``published``: as the published system does,
        which writes them to files of their own format, so that JPEG images are compressed twice. ``lossless``: their
        pixels are kept; such scores are compared with no others.

    Raises
    ------
    BenchmarkError
        When there is no benchmark of that name or version; the message names those that come near. When there is no
        such `screen`.

    """
    if screen not in SCREENS:
        raise BenchmarkError(f"There is no screen {screen!r}; use one of {', '.join(SCREENS)}.")
    found = _named(identifier)
    return found if found.screen == screen else replace(found, screen=screen)


def _named(identifier: str) -> Benchmark:
    known = registry()
    names = known.named([identifier])
    if names != (identifier,):
        if len(names) != 1:
            raise BenchmarkError(f"{identifier} has {len(names)} benchmarks ({', '.join(names)}); name one of them.")
        identifier = names[0]
    name, _, version = identifier.partition("@")
    # What others bring is looked for only where it may be meant.
    named = [each for each in known.shipped if each.identifier == name]
    named = named or [each for each in (*known.own, *known.marked) if each.identifier == name]
    if not named:
        near = difflib.get_close_matches(name, [benchmark.identifier for benchmark in known.everything])
        advice = f"did you mean {' or '.join(near)}?" if near else "see all_benchmarks() for those there are."
        raise BenchmarkError(f"There is no benchmark {name!r}; {' '.join([advice, *known.notes])}")
    if not version:
        return named[0]
    for benchmark in named:
        if version == str(benchmark.version):
            return benchmark
    versions = ", ".join(f"{benchmark.identifier}@{benchmark.version}" for benchmark in named)
    raise BenchmarkError(f"There is no version {version!r} of the benchmark {name}; use {versions}.")
