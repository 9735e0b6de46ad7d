"""Which leaves are scored: all of the suite that can be, as far as the budget goes; the same in every snapshot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.benchmarks.registry import Registry, using
from pytest_brainscore.benchmarks.selector import choose
from pytest_brainscore.errors import BenchmarkError

if TYPE_CHECKING:
    from pytest_brainscore.data.stimuli.showing import Screen

HOPELESS: Final = 2.0
"""A leaf is not begun where it is expected to take so many times as long as there is time for: a rough guess."""


@dataclass(frozen=True)
class Suite:
    """What is to be scored."""

    words: tuple[str, ...]
    """As given, by the names of benchmarks where files were named."""
    leaves: tuple[Benchmark, ...]
    """That can be scored here."""
    unavailable: Mapping[str, str]
    """The others, and why they cannot."""
    tree: str
    order: tuple[str, ...]
    """Identifiers of all benchmarks in the order of the score tree."""
    parents: tuple[str, ...]
    """Whose mean is that of leaves of the suite only, or which the suite names."""

    def what_cannot_be_scored(self) -> str:
        """Return in a sentence which leaves are unavailable, and why; empty where none is."""
        if not self.unavailable:
            return ""
        by_reason: dict[str, list[str]] = {}
        for name, reason in self.unavailable.items():
            by_reason.setdefault(reason, []).append(name)
        told = (f"{', '.join(names)}: {reason.rstrip('.')}" for reason, names in by_reason.items())
        whole = len(self.leaves) + len(self.unavailable)
        return f"{len(self.leaves)} of {whole} leaves of the suite can be scored here. Not {'; '.join(told)}."


def suite_of(given: str | Benchmark | Iterable[str | Benchmark], tree: str | None, screen: Screen) -> Suite:
    """Return what words and benchmarks stand for.

    Parameters
    ----------
    given
        Words as for ``--brainscore-benchmark``, joined by commas or several, and benchmarks.
    tree
        Name of the score tree; that of ``BRAINSCORE_TREE``, or else the published one, where None.
    screen
        Which pixels placed stimuli have.

    Raises
    ------
    BenchmarkError
        A word finds nothing, or nothing of the suite can be scored on this machine.

    """
    several = [given] if isinstance(given, str | Benchmark) else [*given]
    texts = [word.strip() for each in several if isinstance(each, str) for word in each.split(",") if word.strip()]
    held = [each for each in several if isinstance(each, Benchmark)]
    if not texts and not held:
        raise BenchmarkError('The suite of BrainScoreCallback is empty; give a leaf or a parent, such as suite="V1".')
    known = Registry(Path.cwd(), tree=tree)
    with using(known):
        words = known.named(texts)
        chosen = [*(choose(words) if words else ()), *(known.mark(each, "the training script") for each in held)]
        everything = [*known.leaves, *known.own]
        order = tuple(each.identifier for each in known.leaves)
    wanted = list({(each.identifier, each.version): replace(each, screen=screen) for each in chosen}.values())
    reasons = {each.identifier: reason for each in wanted if (reason := each.unavailable()) is not None}
    leaves = tuple(each for each in wanted if each.identifier not in reasons)
    if not leaves:
        name = ", ".join([*texts, *(each.identifier for each in held)])
        first, reason = next(iter(reasons.items()))
        raise BenchmarkError(f"Nothing of the suite {name} can be scored on this machine: {first}: {reason}")
    mine = {each.identifier for each in wanted}
    outside = {parent for each in everything if each.identifier not in mine for parent in each.parents}
    above = dict.fromkeys(parent for each in wanted for parent in each.parents)
    parents = tuple(each for each in above if each not in outside or each in words)
    named = (*words, *(each.identifier for each in held))
    return Suite(named, _cheap_first(leaves), reasons, known.tree, order, parents)


def monitored(node: str | None, suite: Suite) -> str:
    """Return the leaf or parent by which snapshots are ranked.

    Parameters
    ----------
    node
        As given; the first word of the suite, where that is one, else its first parent or leaf, where None.
    suite
        What is scored.

    Raises
    ------
    BenchmarkError
        It is none of the suite, so that nothing would ever be the best.

    """
    nodes = [*suite.parents, *(each.identifier for each in suite.leaves)]
    if node is None:
        words = [word.partition("@")[0] for word in suite.words]
        return next((word for word in words if word in nodes), nodes[0])
    if node not in nodes:
        raise BenchmarkError(f"monitor={node!r} is nothing that this suite scores; give one of {', '.join(nodes)}.")
    return node


def _cheap_first(leaves: Sequence[Benchmark]) -> tuple[Benchmark, ...]:
    """Return leaves with those that share stimuli next to each other, which share responses, too."""
    costs: dict[str, float] = {}
    for each in leaves:
        costs[_shared(each)] = max(costs.get(_shared(each), 0.0), each.cost)
    return tuple(sorted(leaves, key=lambda each: (costs[_shared(each)], _shared(each))))


def _shared(benchmark: Benchmark) -> str:
    return benchmark.stimulus_set or benchmark.identifier


@dataclass
class Plan:
    """What is scored in each snapshot, and what it takes."""

    leaves: list[Benchmark]
    """In their order: once the first snapshot was scored, those that fit into the budget."""
    budget: float | None
    seconds: dict[str, float] = field(default_factory=dict)
    """What each leaf has taken, by identifier."""
    left_out: dict[str, str] = field(default_factory=dict)
    """Leaves that do not fit, and why."""

    def known_before(self, seconds: Mapping[str, float]) -> None:
        """Take what leaves took in a run before, and leave out what it left out or what does not fit any more."""
        total = 0.0
        for each in self.leaves:
            taken = seconds.get(each.identifier)
            if taken is None:
                self.leave_out(each.identifier, "it was not scored before this training was resumed")
            elif self.budget is not None and total + taken > self.budget:
                self.leave_out(each.identifier, f"it takes about {taken:.0f} s")
            else:
                total += taken
                self.seconds[each.identifier] = taken
        self.settle()

    def why_not_now(self, benchmark: Benchmark, left: float) -> str | None:
        """Return why a leaf is not begun when so much time is left; None where it is."""
        if left <= 0:
            return "nothing of the budget was left for it"
        expected = self._expected(benchmark)
        if expected is not None and expected > HOPELESS * left:
            return f"it is expected to take {expected:.0f} s, with {left:.0f} s left of the budget"
        return None

    def _expected(self, benchmark: Benchmark) -> float | None:
        """Return what a leaf will take, from what others took; None for the first, and for those that share stimuli."""
        done = [each for each in self.leaves if each.identifier in self.seconds]
        if not done or _shared(benchmark) in {_shared(each) for each in done}:
            return self.seconds.get(benchmark.identifier)
        costs: dict[str, float] = {_shared(each): each.cost for each in done}
        return benchmark.cost * sum(self.seconds.values()) / max(sum(costs.values()), 1e-9)

    def leave_out(self, identifier: str, reason: str) -> None:
        """Leave a leaf out of all snapshots from now on."""
        self.left_out[identifier] = reason

    def settle(self) -> None:
        """Keep to the leaves that are not left out, once the first snapshot was scored."""
        self.leaves = [each for each in self.leaves if each.identifier not in self.left_out]

    def told(self) -> str:
        """Return in a sentence what the budget leaves out; empty where it leaves out nothing."""
        if not self.left_out:
            return ""
        scored = ", ".join(each.identifier for each in self.leaves) or "nothing"
        out = "; ".join(f"{identifier}: {reason}" for identifier, reason in self.left_out.items())
        return f"In the budget of {self.budget:g} s are {scored}. Left out are {out}."
