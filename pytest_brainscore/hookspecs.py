"""Hooks that a project or another plugin may implement, in its ``conftest.py`` for example."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

    from pytest_brainscore.benchmarks.benchmark import Benchmark


def pytest_brainscore_benchmarks(config: pytest.Config) -> Iterable[Benchmark]:
    """Return benchmarks of your own.

    They run with ``pytest --model NAME`` beside the published ones, are named like these in
    ``--brainscore-benchmark``, ``--brainscore-require`` and marks, and stand in all reports below the parents that they
    name, which are counted into no published parent.

    Called once in every process that scores or lists benchmarks, before collection, and only if the run needs it: not
    without ``--model``. So import what is heavy in the protocols, not where the hook is defined. An error that is
    raised here stops the run. Like every hook of the beginning of a run, it is heard in a ``conftest.py`` in the folder
    where pytest is started, or in one of those that the command line names, and not in one further down.

    Parameters
    ----------
    config
        Of the run.

    Returns
    -------
    Iterable[Benchmark]
        Benchmarks whose identifiers and versions nothing else has.

    Examples
    --------
    In ``conftest.py``::

        from pytest_brainscore import Benchmark, Score

        def score(benchmark, model, data):
            ...
            return Score(value=..., error=..., raw=..., ceiling=..., normalisation="r/c", n={"stimuli": ...})

        def pytest_brainscore_benchmarks(config):
            return [Benchmark(identifier="mylab-V4", region="V4", metric="pls", protocol=score)]

    """
    raise NotImplementedError
