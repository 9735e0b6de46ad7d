"""Which benchmarks meet which models, under which test ids, in which order, and what may not be selected together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.benchmarks.registry import registry
from pytest_brainscore.benchmarks.selector import choose, matches, of_another_tree, select
from pytest_brainscore.data.stimuli.showing import Screen
from pytest_brainscore.errors import BenchmarkError, BrainScoreError
from pytest_brainscore.models.sources.specification import ModelSpecification
from pytest_brainscore.report.making.identity import identity_of
from pytest_brainscore.trees import QUICK

if TYPE_CHECKING:
    import pytest

    from pytest_brainscore.running.command_line.options import RunOptions

HOW_TO_MARK = 'write @pytest.mark.brainscore("V1"), or put a Benchmark there'


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
        return identity_of(self.model.identifier, self.benchmark)


@dataclass(frozen=True)
class Selection:
    """The tests that one process has collected and that survived ``-k``, ``--deselect`` and the like."""

    leaves: dict[str, dict[str, Any]]
    """By test id, what a test scores (see :attr:`Trial.identity`); tests that score nothing are absent."""
    refused: str | None = None
    """Why this selection cannot be run, in one sentence."""
    shard: dict[str, Any] | None = None
    """Which part of a run this is, as its report has it; None for a whole one."""


def trials(
    models: Sequence[ModelSpecification],
    nodes: Sequence[str | Benchmark],
    selectors: Sequence[str] = (),
    screen: Screen = "published",
) -> list[Trial]:
    """Return every model with every chosen benchmark that `nodes` stand for, in tree order.

    Parameters
    ----------
    models
        The models under test.
    nodes
        What the mark of a test names: the words of ``--brainscore-benchmark``, usually a parent of the score tree. And
        what it holds: benchmarks, as the registry knows them.
    selectors
        What ``--brainscore-benchmark`` names; only these are chosen, all that `nodes` stand for where there are none.
    screen
        Which pixels placed stimuli have.

    Raises
    ------
    BenchmarkError
        When a node, without selectors, or the selectors choose nothing at all.

    """
    words = [node for node in nodes if isinstance(node, str)]
    held = [node for node in nodes if isinstance(node, Benchmark)]
    found: list[Benchmark] = []
    if words:
        # A word of the options may be meant for what another file's mark holds: that is seen once all are collected.
        # And a suite may name a parent that another score tree has.
        chosen = choose(selectors, lenient=True) if selectors else choose(words, lenient=True)
        found = [each for each in chosen if any(matches(word, each) for word in words)]
        if not selectors:  # the suite of quick benchmarks is always there, and runs where they are asked for
            found = [each for each in found if each.parents[0] != QUICK]
    found += [each for each in held if not selectors or any(matches(word, each) for word in selectors)]
    kept = {(each.identifier, each.version): replace(each, screen=screen) for each in found}
    return [Trial(model, benchmark) for model in models for benchmark in kept.values()]


def slow_first(trials: Iterable[Trial]) -> list[Trial]:
    """Order trials: model by model, slow stimulus sets first, benchmarks of one stimulus set next to each other.

    Slow first, because a worker that meets the slowest benchmark last keeps all others waiting. Neighbours share
    activations, so the worker that made them uses them again.
    """
    ordered = list(trials)
    position = {trial.model.identifier: index for index, trial in reversed(list(enumerate(ordered)))}
    cost: dict[str, float] = {}
    for trial in ordered:
        stimuli = shared(trial.benchmark)
        cost[stimuli] = max(cost.get(stimuli, 0.0), trial.benchmark.cost)

    def key(trial: Trial) -> tuple[int, float, str]:
        stimuli = shared(trial.benchmark)
        return position[trial.model.identifier], -cost[stimuli], stimuli

    return sorted(ordered, key=key)


def shared(benchmark: Benchmark) -> str:
    """Return what other benchmarks may share with this one: its stimulus set, where that has a name."""
    return benchmark.stimulus_set or benchmark.identifier


def trial_of(item: pytest.Item) -> Trial | None:
    """Return what a test scores, or None for any other test and for a suite without benchmarks."""
    callspec = getattr(item, "callspec", None)
    trial = callspec.params.get("brain_benchmark") if callspec else None
    return trial if isinstance(trial, Trial) else None


def is_empty(item: pytest.Item, options: RunOptions) -> bool:
    """Tell whether a test that names nodes has no benchmark of them to score, through no fault of its mark."""
    mark = item.get_closest_marker("brainscore")
    if mark is None or not (mark.args or mark.kwargs) or trial_of(item) is not None or _marked_too_late(item, mark):
        return False
    return bool(options.benchmarks) or problem_of_mark(mark, str(item.path)) is None


def nodes_of_mark(mark: pytest.Mark, where: str) -> tuple[str | Benchmark, ...]:
    """Return what a mark ``brainscore`` names and holds: words, and benchmarks as the registry knows them.

    Parameters
    ----------
    mark
        With arguments.
    where
        File of the test, for benchmarks that do not say where they were defined.

    Raises
    ------
    BenchmarkError
        The mark has other arguments, a word finds nothing, or a benchmark has the name of another.

    """
    given = [each for value in mark.args for each in (value if isinstance(value, list | tuple) else (value,))]
    if mark.kwargs or not given or not all(isinstance(each, str | Benchmark) for each in given):
        shown = [*map(repr, mark.args), *(f"{name}={value!r}" for name, value in mark.kwargs.items())]
        raise BenchmarkError(
            f"The mark brainscore({', '.join(shown)}) names no node as a text and holds no Benchmark; {HOW_TO_MARK}."
        )
    for word in given:
        if isinstance(word, str) and not of_another_tree(word):
            choose([word])
    return tuple(each if isinstance(each, str) else registry().mark(each, where) for each in given)


def problem_of_mark(mark: pytest.Mark, where: str) -> str | None:
    """Return in one sentence what is wrong with a mark ``brainscore``, or None; without arguments it names no node."""
    if not mark.args and not mark.kwargs:
        return None
    try:
        nodes_of_mark(mark, where)
    except BrainScoreError as error:
        return str(error)
    return None


def problem_of_words(options: RunOptions) -> str | None:
    """Return in one sentence which word of the options finds nothing, also in the marks of collected tests, or None."""
    if not (options.benchmarks or options.require):
        return None
    try:
        chosen = choose(options.benchmarks, marked=True)
        select(options.require, chosen if options.benchmarks else (*chosen, *registry().marked))
    except BrainScoreError as error:
        return str(error)
    return None


def selection(items: Sequence[pytest.Item], options: RunOptions, shard: dict[str, Any] | None = None) -> Selection:
    """Return what the collected tests score, all of them or those of a shard, and whether they can be run together."""
    problems: dict[object, str | None] = {}  # a test of many benchmarks has one mark, and most marks are alike
    leaves: dict[str, dict[str, Any]] = {}
    first: dict[tuple[str, str], pytest.Item] = {}
    refused = problem_of_words(options)
    for item in items:
        mark = item.get_closest_marker("brainscore")
        problem = None
        if mark is not None:
            words = not mark.kwargs and all(isinstance(each, str) for each in mark.args)
            key = mark.args if words else id(mark)
            if key not in problems:
                problems[key] = problem_of_mark(mark, str(item.path))
            problem = problems[key]
            if _marked_too_late(item, mark):
                problem = "the mark brainscore was added once the test was collected; write it in the test file."
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
    return Selection(leaves, refused, shard)


def _marked_too_late(item: pytest.Item, mark: pytest.Mark) -> bool:
    """Tell whether a hook has added a mark when the benchmarks of the test were chosen already."""
    asks = "brain_benchmark" in getattr(item, "fixturenames", ())
    return bool(mark.args) and asks and not hasattr(item, "callspec")


def _repeats(item: pytest.Item, other: pytest.Item) -> bool:
    """Tell whether a plug-in made one test several, to run it again and again.

    Such plug-ins (pytest-repeat, flake-finder) do it with a parameter that the test does not ask for. By convention its
    name starts with an underscore.
    """
    return item.nodeid != other.nodeid and _test(item) == _test(other)


def _test(item: pytest.Item) -> tuple[str, dict[str, int]]:
    indices: dict[str, int] = item.callspec.indices  # type: ignore[attr-defined]
    return item.nodeid.partition("[")[0], {name: at for name, at in indices.items() if not name.startswith("_")}
