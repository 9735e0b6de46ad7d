"""``--brainscore-plan``: what has been collected is planned, and not run. Hooks of pytest, which is not imported."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pytest_brainscore.errors import BrainScoreError

if TYPE_CHECKING:
    from pytest_brainscore.models.interface import BrainModel
    from pytest_brainscore.models.sources.specification import ModelSpecification

FAILED = 1
"""Exit status where something cannot fit."""


class Planner:
    """Takes the place of running tests.

    Parameters
    ----------
    load
        Returns a model as the run will load it.
    workers
        What ``-n`` says.
    stored
        Whether answers are stored.
    settings
        Returns what tells plans of two models apart, see `kept.settings_of`.
    refuse
        Makes an error of pytest from a sentence.

    """

    def __init__(
        self,
        load: Callable[[ModelSpecification], BrainModel],
        workers: int,
        *,
        stored: bool,
        settings: Callable[[ModelSpecification], str],
        refuse: Callable[[str], BaseException],
    ) -> None:
        self._load = load
        self._workers = workers
        self._stored = stored
        self._settings = settings
        self._refuse = refuse
        self._cannot_fit = False

    def pytest_runtestloop(self, session: Any) -> bool:
        """Show the plan, and run nothing."""
        from pytest_brainscore.running.command_line.selection import trial_of
        from pytest_brainscore.running.planned.kept import keep
        from pytest_brainscore.running.planned.making import make_plan
        from pytest_brainscore.running.planned.table import plan_lines

        trials = [trial for item in session.items if (trial := trial_of(item)) is not None]
        if not trials:
            return True
        try:
            plan = make_plan(trials, self._load, self._workers, stored=self._stored)
        except BrainScoreError as error:
            raise self._refuse(str(error)) from error
        keep(plan, {each.model.identifier: self._settings(each.model) for each in trials})
        self._cannot_fit = bool(plan.problems)
        reporter = session.config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None:
            reporter.ensure_newline()
            reporter.section("brainscore plan")
            for line in plan_lines(plan):
                reporter.write_line(line, **({"red": True} if line.startswith("cannot fit") else {}))
        return True

    def pytest_sessionfinish(self, session: Any) -> None:
        """Set the exit status: nothing was run, which is what was asked for."""
        if session.exitstatus in (0, 5):
            session.exitstatus = FAILED if self._cannot_fit else 0
