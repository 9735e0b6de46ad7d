"""The registry of benchmarks of one process of a run: with what the hooks of the project and of plugins return."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.benchmarks.registry import Registry
from pytest_brainscore.benchmarks.sources import benchmarks_of
from pytest_brainscore.errors import BenchmarkError, BrainScoreError
from pytest_brainscore.models.sources.user_code import place
from pytest_brainscore.running.command_line.folders import project_folder
from pytest_brainscore.running.command_line.options import tree_of_run

if TYPE_CHECKING:
    import pytest

HOOK = "pytest_brainscore_benchmarks"


def registry_of(config: pytest.Config) -> Registry:
    """Return the benchmarks of a project; what its hooks return is asked for when it is needed.

    Raises
    ------
    UnknownTree
        There is no score tree of the name that is given.

    """
    return Registry(project_folder(config), lambda: _hooked(config), tree_of_run(config))


def _hooked(config: pytest.Config) -> Iterator[Benchmark]:
    """Yield what each implementation of the hook returns.

    Raises
    ------
    BenchmarkError
        One raises, or returns something else than benchmarks.

    """
    manager = config.pluginmanager
    implementing = [each.plugin for each in getattr(config.hook, HOOK).get_hookimpls()]
    for plugin in implementing:  # one by one, to know whose it is; the first registered is the last in the list
        name = getattr(plugin, "__file__", None) or manager.get_name(plugin) or type(plugin).__name__
        source = f"the hook {HOOK} of {name}"
        call = manager.subset_hook_caller(HOOK, [other for other in implementing if other is not plugin])
        try:
            returned = call(config=config)
        except BrainScoreError as error:
            raise BenchmarkError(f"{source[0].upper()}{source[1:]} cannot be used: {error}") from error
        except Exception as error:  # the project's code
            raise BenchmarkError(f"{source[0].upper()}{source[1:]} raised {place(error)}; mend it there.") from error
        for value in returned:
            yield from benchmarks_of(value, source)
