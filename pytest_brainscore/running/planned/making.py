"""From what is to be scored to the plan of a run."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Final

from pytest_brainscore.models.freed_memory import keep_freed_memory
from pytest_brainscore.running.command_line.selection import Trial, slow_first

if TYPE_CHECKING:
    from pytest_brainscore.cost.planning import Plan
    from pytest_brainscore.models.interface import BrainModel
    from pytest_brainscore.models.sources.specification import ModelSpecification

_LIBRARIES: Final = (
    "pytest_brainscore.benchmarks.shared.neural_predictivity",
    "pytest_brainscore.benchmarks.shared.representational_similarity",
    "pytest_brainscore.benchmarks.shared.behavior",
    "pytest_brainscore.data.loading",
)
"""What a process that scores has in memory besides the network."""
SESSION: Final = 0.35
"""Share of the time for libraries and weights that pytest itself takes besides: collecting, looking for assertions to
rewrite in what is imported, writing reports. A share: both are importing, and slower machines are so for both."""


def make_plan(
    trials: Sequence[Trial],
    load: Callable[[ModelSpecification], BrainModel],
    workers: int,
    *,
    stored: bool = True,
) -> Plan:
    """Return what scoring some trials costs on this machine.

    Parameters
    ----------
    trials
        What is to be scored.
    load
        Returns a model as the run will load it.
    workers
        Processes that score, as ``-n`` has it.
    stored
        Whether answers are stored.

    Raises
    ------
    BrainScoreError
        A model cannot be loaded or run.

    """
    from pytest_brainscore.cost.fitting import whole
    from pytest_brainscore.cost.machine import capacity, measure
    from pytest_brainscore.cost.passes import model_cost
    from pytest_brainscore.cost.planning import leaf_plans

    has = capacity()  # before this process takes what a worker would
    keep_freed_memory()
    for name in _LIBRARIES:
        import_module(name)
    ordered = slow_first(trials)
    specifications = list(dict.fromkeys(each.model for each in ordered))
    costs, leaves = [], []
    rates = None
    began = 0.0
    for specification in specifications:
        mine = [each.benchmark for each in ordered if each.model == specification]
        model = load(specification)
        asked = list(dict.fromkeys(each.region for each in mine))
        cost = model_cost(model, asked, (time.process_time() - began) * (1 + SESSION))
        rates = rates or measure()
        costs.append(cost)
        leaves += leaf_plans(model, cost, mine, rates, stored=stored)
        began = time.process_time()
    return whole(leaves, costs, has, workers, stored=stored)
