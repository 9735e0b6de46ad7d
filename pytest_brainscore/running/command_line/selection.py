"""Which benchmarks meet which models, under which test ids, in which order, and what may not be selected together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.benchmarks.selector import choose, matches
from pytest_brainscore.data.stimuli.showing import Screen
from pytest_brainscore.errors import BrainScoreError
from pytest_brainscore.models.sources.specification import ModelSpecification

if TYPE_CHECKING:
    import pytest

HOW_TO_MARK = 'write @pytest.mark.brainscore("V1")'


@dataclass(frozen=True)
class Trial:
    """One benchmark for one model: the content of one test."""

    model: ModelSpecification
    benchmark: Benchmark

    @property
    def id(self) -> str:
        """The bracketed part of the test id, the same on every worker."""
        return f"{self.model.identifier}-{self.benchmark.identifier}"

    @property
    def identity(self) -> dict[str, Any]:
        """The fields of a record that say what was scored, as plain values."""
        benchmark = self.benchmark
        return {
            "model": self.model.identifier,
            "identifier": benchmark.identifier,
            "version": benchmark.version,
            "parent": benchmark.parent,
            "parents": list(benchmark.parents),
            "region": benchmark.region,
            "citation": benchmark.citation,
        }


@dataclass(frozen=True)
class Selection:
    """The tests that one process has collected and that survived ``-k``, ``--deselect`` and the like."""

    leaves: dict[str, dict[str, Any]]
    """By test id, what a test scores (see :attr:`Trial.identity`); tests that score nothing are absent."""
    refused: str | None = None
    """Why this selection cannot be run, in one sentence."""


def trials(
    models: Sequence[ModelSpecification], node: str, selectors: Sequence[str] = (), screen: Screen = "published"
) -> list[Trial]:
    """Return every model with every chosen benchmark that `node` stands for, in tree order.

    Parameters
    ----------
    models
        The models under test.
    node
        What the mark of a test names: the words of ``--brainscore-benchmark``, usually a parent of the score tree.
    selectors
        What ``--brainscore-benchmark`` names; only these are chosen, all that `node` stands for where there are none.
    screen
        Which pixels placed stimuli have.

    Raises
    ------
    BenchmarkError
        When `node`, without selectors, or a selector chooses nothing at all.

    """
    chosen = [replace(benchmark, screen=screen) for benchmark in choose(selectors or (node,))]
    return [Trial(model, benchmark) for model in models for benchmark in chosen if matches(node, benchmark)]


def slow_first(trials: Iterable[Trial]) -> list[Trial]:
    """Order trials: model by model, slow stimulus sets first, benchmarks of one stimulus set next to each other.

    Slow first, because a worker that meets the slowest benchmark last keeps all others waiting. Neighbours share
    activations, so the worker that made them uses them again.
    """
    ordered = list(trials)
    position = {trial.model.identifier: index for index, trial in reversed(list(enumerate(ordered)))}
    cost: dict[str, float] = {}
    for trial in ordered:
        shared = trial.benchmark.stimulus_set
        cost[shared] = max(cost.get(shared, 0.0), trial.benchmark.cost)

    def key(trial: Trial) -> tuple[int, float, str]:
        shared = trial.benchmark.stimulus_set
        return position[trial.model.identifier], -cost[shared], shared

    return sorted(ordered, key=key)


def trial_of(item: pytest.Item) -> Trial | None:
    """Return what a test scores, or None for any other test and for a suite without benchmarks."""
    callspec = getattr(item, "callspec", None)
    trial = callspec.params.get("brain_benchmark") if callspec else None
    return trial if isinstance(trial, Trial) else None


def problem_of_mark(mark: pytest.Mark) -> str | None:
    """Return in one sentence what is wrong with a mark ``brainscore``, or None; without arguments it names no node."""
    if not mark.args and not mark.kwargs:
        return None
    if mark.kwargs or len(mark.args) != 1 or not isinstance(mark.args[0], str):
        given = [*map(repr, mark.args), *(f"{name}={value!r}" for name, value in mark.kwargs.items())]
        return f"The mark brainscore({', '.join(given)}) does not name one node as a text; {HOW_TO_MARK}."
    return _problem_of_node(mark.args[0])


@cache
def _problem_of_node(node: str) -> str | None:
    try:
        choose([node])
    except BrainScoreError as error:
        return str(error)
    return None


def selection(items: Sequence[pytest.Item]) -> Selection:
    """Return what the collected tests score, and whether they can be run together."""
    leaves: dict[str, dict[str, Any]] = {}
    first: dict[tuple[str, str], pytest.Item] = {}
    refused: str | None = None
    for item in items:
        mark = item.get_closest_marker("brainscore")
        problem = problem_of_mark(mark) if mark is not None else None
        trial = trial_of(item)
        if trial is not None:
            before = first.setdefault((trial.model.identifier, trial.benchmark.identifier), item)
            if before is not item and problem is None and not _repeats(item, before):
                problem = (
                    f"{before.nodeid} and {item.nodeid} would both record {trial.benchmark.identifier} of "
                    f"{trial.model.identifier}, and a report has one score of each; leave one out, for example with "
                    "--deselect."
                )
            leaves[item.nodeid] = trial.identity
        if problem is not None and refused is None:
            refused = problem if trial is not None else f"{item.nodeid}: {problem}"
    return Selection(leaves, refused)


def _repeats(item: pytest.Item, other: pytest.Item) -> bool:
    """Tell whether a plug-in made one test several, to run it again and again.

    Such plug-ins (pytest-repeat, flake-finder) do it with a parameter that the test does not ask for. By convention its
    name starts with an underscore.
    """
    return item.nodeid != other.nodeid and _test(item) == _test(other)


def _test(item: pytest.Item) -> tuple[str, dict[str, int]]:
    indices: dict[str, int] = item.callspec.indices  # type: ignore[attr-defined]
    return item.nodeid.partition("[")[0], {name: at for name, at in indices.items() if not name.startswith("_")}
